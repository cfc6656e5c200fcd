"""A PostgreSQL server whose data is in a folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from embedded.accounts import Account, is_open_to_others, unprivileged_account
from embedded.folder import DataFolder
from embedded.launching import launch_command
from embedded.ports import HOST
from embedded.postgres_programs import find_programs, locale_options, major_version
from embedded.supervisor import ServerSpec
from matinee.errors import ConfigurationError, UnavailableError

USER = "matinee"
DATABASE = "matinee"
PASSWORD_SECRET = "postgres-password"
# Where the data goes when root's own folder is closed to the user PostgreSQL runs as.
SHARED_STATE = Path("/var/lib")
ELSEWHERE_LINK = "postgres-elsewhere"
INITDB_SECONDS = 120


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL cluster in a folder, reached by password on 127.0.0.1."""

    folder: DataFolder
    port: int

    @property
    def url(self) -> str:
        """The address of Matinee's database; holds the password."""
        return self.database_url(DATABASE)

    def database_url(self, name: str) -> str:
        """Return the address of the database called `name`; holds the password."""
        return f"postgresql://{USER}:{self._password}@{HOST}:{self.port}/{name}"

    def home(self) -> Path:
        """Return the folder that holds the cluster, one that PostgreSQL's user can reach."""
        link = self.folder.path / ELSEWHERE_LINK
        if link.is_symlink():
            return link.readlink()
        if unprivileged_account() is None or is_open_to_others(self.folder.path):
            return self.folder.path
        home = Path(tempfile.mkdtemp(prefix="matinee-", dir=SHARED_STATE))
        home.chmod(0o755)
        link.symlink_to(home)
        return home

    def spec(self) -> ServerSpec:
        """Make the cluster if there is none yet, and say how to start it."""
        account = unprivileged_account()
        home = self.home()
        programs = find_programs(home, account)
        cluster = home / "postgres"
        if not (cluster / "PG_VERSION").exists():
            self._initialise(programs, cluster, account)
        _refuse_other_version(programs, cluster)
        # We hold the folder's lock: the process that this file names is no PostgreSQL of ours.
        (cluster / "postmaster.pid").unlink(missing_ok=True)
        return ServerSpec(
            name="PostgreSQL",
            arguments=[
                *(programs / "postgres", "-D", cluster, "-p", str(self.port), "-h", HOST),
                *("-c", "unix_socket_directories="),
            ],
            ports=[self.port],
            log=self.folder.log("postgres"),
            is_ready=self._is_ready,
            account=account,
            stop_signal=signal.SIGINT,  # PostgreSQL's word for "now, but cleanly"
        )

    def ensure_database(self, name: str = DATABASE) -> None:
        """Create a database unless it exists."""
        connection = psycopg2.connect(self.database_url("postgres"), connect_timeout=5)
        try:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        finally:
            connection.close()

    @property
    def _password(self) -> str:
        return self.folder.secret(PASSWORD_SECRET)

    def _is_ready(self) -> bool:
        try:
            psycopg2.connect(self.database_url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ConfigurationError(
                    f"{self.folder.secret_path(PASSWORD_SECRET)} does not hold the password that "
                    f"PostgreSQL's data in {self.home()} was made with"
                ) from None
            return False
        return True

    def _initialise(self, programs: Path, cluster: Path, account: Account | None) -> None:
        """Run initdb in a folder beside the cluster's and give it the name when it is whole."""
        draft = cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=cluster.parent) as password:
            password.write(self._password)
            password.flush()
            if account:
                os.chown(draft, account.uid, account.gid)
                os.chown(password.name, account.uid, account.gid)
            command: list[str | Path] = [
                *(programs / "initdb", "--pgdata", draft, "--username", USER),
                *("--auth", "scram-sha-256", "--pwfile", password.name),
                *("--encoding", "UTF8", *locale_options(programs)),
            ]
            result = subprocess.run(
                launch_command(command, account),
                capture_output=True,
                text=True,
                timeout=INITDB_SECONDS,
                cwd="/",
            )
        if result.returncode != 0:
            raise UnavailableError(f"initdb could not make {cluster}: {result.stderr.strip()}")
        draft.rename(cluster)


def _refuse_other_version(programs: Path, cluster: Path) -> None:
    written_by = int((cluster / "PG_VERSION").read_text())
    ours = major_version(programs)
    if written_by != ours:
        raise ConfigurationError(
            f"{cluster} was written by PostgreSQL {written_by} and this is PostgreSQL {ours}: "
            "dump it with the old one, or move the folder away to start anew"
        )
