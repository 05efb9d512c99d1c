"""A sealed file comes back whole with its key, and not at all otherwise."""

import io
from collections.abc import AsyncIterator

import pytest

from deploy.local.backup_seal import CHUNK, MAGIC, Key, SealError

SALT = bytes(16)
FRAME = 4 + CHUNK + 16


async def parts(text: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


async def sealed(text: bytes, name: str = "a.dump", key: Key | None = None) -> bytes:
    target = io.BytesIO()
    await (key or Key("correct horse battery", SALT)).seal(name, parts(text), target)
    return target.getvalue()


async def opened(text: bytes, name: str = "a.dump", key: Key | None = None) -> bytes:
    found = (key or Key("correct horse battery", SALT)).open(name, io.BytesIO(text))
    return b"".join([part async for part in found])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
async def test_what_was_sealed_comes_back(size: int) -> None:
    text = bytes(range(256)) * (size // 256 + 1)
    assert await opened(await sealed(text[:size])) == text[:size]


async def test_the_text_does_not_show_and_no_two_files_are_alike() -> None:
    text = b"position_key" * 100
    one, other = await sealed(text), await sealed(text)
    assert b"position" not in one
    assert one != other


@pytest.mark.parametrize("place", [0, 9, 20, 40, -1])
async def test_a_changed_byte_is_found(place: int) -> None:
    text = bytearray(await sealed(b"x" * 1000))
    text[place] ^= 1
    with pytest.raises(SealError):
        await opened(bytes(text))


async def test_another_key_salt_or_name_opens_nothing() -> None:
    text = await sealed(b"secret")
    for name, key in (
        ("a.dump", Key("wrong horse battery", SALT)),
        ("a.dump", Key("correct horse battery", bytes([1]) * 16)),
        ("b.dump", Key("correct horse battery", SALT)),
    ):
        with pytest.raises(SealError):
            await opened(text, name, key)


async def test_a_file_cut_at_a_chunk_or_with_chunks_exchanged_is_found() -> None:
    text = await sealed(bytes(3 * CHUNK))
    head = len(MAGIC) + 7
    assert len(text) > head + 2 * FRAME
    cut = text[: head + FRAME]
    exchanged = (
        text[:head]
        + text[head + FRAME : head + 2 * FRAME]
        + text[head : head + FRAME]
        + text[head + 2 * FRAME :]
    )
    for wrong in (cut, exchanged, text + b"\0", text[:head], b""):
        with pytest.raises(SealError):
            await opened(wrong)


def test_a_manifest_is_bound_to_its_key() -> None:
    key = Key("correct horse battery", SALT)
    mac = key.mac(b"{}")
    key.check(b"{}", mac)
    with pytest.raises(SealError):
        key.check(b"{ }", mac)
    with pytest.raises(SealError):
        Key("wrong horse battery", SALT).check(b"{}", mac)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 12"):
        Key("short", SALT)
