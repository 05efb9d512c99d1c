"""Rights of a child that must not run as root: PostgreSQL refuses to.

No user is added to the system and no folder is opened for others. The child runs as `nobody`; where a folder
on the way is closed to `nobody` (a project under /root), it keeps one capability: to look into folders.
"""

import ctypes
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
# The narrower first; containers often have only the second.
_DAC_READ_SEARCH, _DAC_OVERRIDE = 2, 1


@dataclass(frozen=True, slots=True)
class Rights:
    """The user and group to become, and the capability to keep, if any."""

    uid: int
    gid: int
    capability: int | None = None

    def take(self) -> None:
        """Become that user, in a child between fork and exec. There is no way back."""
        libc = ctypes.CDLL(None, use_errno=True)
        if self.capability is not None:
            libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.capability is not None:
            _keep(libc, self.capability)


def unprivileged(*folders: Path) -> Rights | None:
    """The rights to run a server with that must reach `folders`; None if this process isn't root.

    Raises LookupError if the system has no user `nobody`, PermissionError if a folder can't be reached.
    """
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LookupError("running as root, and there is no user `nobody` for PostgreSQL to run as") from None
    closed = next((step for folder in folders if (step := _closed(folder, nobody.pw_uid))), None)
    if closed is None:
        return Rights(nobody.pw_uid, nobody.pw_gid)
    held = _held_capabilities()
    for capability in (_DAC_READ_SEARCH, _DAC_OVERRIDE):
        if held >> capability & 1:
            return Rights(nobody.pw_uid, nobody.pw_gid, capability)
    raise PermissionError(
        f"PostgreSQL can't run as root, and `nobody` can't pass {closed}. "
        "Put the project where other users may pass, or run as an ordinary user."
    )


def closed_to_servers(folder: Path) -> bool:
    """Whether a server that root starts, and that runs as `nobody`, could not enter `folder` without a capability."""
    try:
        return os.geteuid() == 0 and _closed(folder, pwd.getpwnam("nobody").pw_uid) is not None
    except KeyError:
        return False  # `unprivileged` says what is missing


def _closed(folder: Path, uid: int) -> Path | None:
    """The first folder on the way to `folder` that `uid` can't pass; the folder itself counts, if there."""
    for step in (*reversed(folder.absolute().parents), folder.absolute()):
        if not step.exists():
            return None
        status = step.stat()
        passable = stat.S_IXUSR if status.st_uid == uid else stat.S_IXOTH
        if not status.st_mode & passable:
            return step
    return None


def _held_capabilities() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), 0)


def _keep(libc: ctypes.CDLL, capability: int) -> None:
    """Keep `capability` through the change of user and through exec."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data) != 0 or (
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0
    ):
        raise OSError(ctypes.get_errno(), "can't keep the right to look into folders")
