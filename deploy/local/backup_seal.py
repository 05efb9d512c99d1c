"""Seals a backup's files: AES-256-GCM in chunks, so that a file of any size is written and read as a stream.

The key is made of a passphrase by scrypt with the backup's own salt. A chunk's nonce is the file's prefix (7 random
bytes), the chunk's number (4 bytes) and whether it is the last (1 byte), and the file's name is authenticated with
every chunk: chunks can't be exchanged, repeated, left out or cut off, nor files take each other's name.
"""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"SHENGJI\x01"
CHUNK = 1 << 20
SHORTEST_PASSPHRASE = 12
_PREFIX, _LENGTH, _LAST = 7, 4, 1 << 31


class SealError(Exception):
    """The key is wrong, or the file is not what was written."""


class Key:
    """The key of one backup."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise ValueError(
                f"the backup key has {len(passphrase)} characters: give at least {SHORTEST_PASSPHRASE}, "
                "e.g. the output of `openssl rand -hex 32`"
            )
        made = hashlib.scrypt(passphrase.encode(), salt=salt, n=1 << 15, r=8, p=1, maxmem=1 << 26, dklen=64)
        self._cipher = AESGCM(made[:32])
        self._mac = made[32:]

    def mac(self, text: bytes) -> str:
        """Seals a text that stays readable (the manifest), hex."""
        return hmac.new(self._mac, text, hashlib.sha256).hexdigest()

    def check(self, text: bytes, mac: str) -> None:
        """Raises SealError if the text isn't the one that was sealed with this key."""
        if not hmac.compare_digest(self.mac(text), mac):
            raise SealError("the backup key is wrong, or the manifest was changed")

    async def seal(self, name: str, plain: AsyncIterator[bytes], target: BinaryIO) -> None:
        """Write `plain` sealed under `name`."""
        prefix = secrets.token_bytes(_PREFIX)
        target.write(MAGIC + prefix)
        number, held = 0, bytearray()
        async for part in plain:
            held += part
            while len(held) > CHUNK:
                self._frame(target, prefix, number, name, bytes(held[:CHUNK]), last=False)
                del held[:CHUNK]
                number += 1
        self._frame(target, prefix, number, name, bytes(held), last=True)

    async def open(self, name: str, sealed: BinaryIO) -> AsyncIterator[bytes]:
        """What was sealed under `name`, chunk by chunk. Raises SealError."""
        if sealed.read(len(MAGIC)) != MAGIC:
            raise SealError(f"{name} is not a sealed file")
        prefix, number = sealed.read(_PREFIX), 0
        while True:
            head = sealed.read(_LENGTH)
            if len(head) < _LENGTH:
                raise SealError(f"{name} ends in the middle")
            word = int.from_bytes(head, "big")
            last = bool(word & _LAST)
            text = sealed.read(word & ~_LAST)
            try:
                yield self._cipher.decrypt(_nonce(prefix, number, last), text, name.encode())
            except InvalidTag:
                raise SealError(f"{name}: the backup key is wrong, or the file was changed") from None
            if last:
                break
            number += 1
        if sealed.read(1):
            raise SealError(f"{name} has something behind its end")

    def _frame(
        self, target: BinaryIO, prefix: bytes, number: int, name: str, plain: bytes, *, last: bool
    ) -> None:
        text = self._cipher.encrypt(_nonce(prefix, number, last), plain, name.encode())
        target.write((len(text) | (_LAST if last else 0)).to_bytes(_LENGTH, "big") + text)


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])
