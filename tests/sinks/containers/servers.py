"""Databases that dumps are really loaded into, where a server answers."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A client of a database server on this machine."""

    name: str
    command: tuple[str, ...]
    database: str

    def run(self, sql: str | Path) -> str:
        """What a script prints, row by row. Raises AssertionError with what the server says of it."""
        text = sql.read_bytes() if isinstance(sql, Path) else sql.encode()
        done = subprocess.run([*self.command, self.database], input=text, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


_POSTGRES = ("psql", "-h", "127.0.0.1", "-U", "postgres", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d")
_MARIADB = ("mysql", "-h", "127.0.0.1", "-u", "root", "--batch", "--skip-column-names", "--raw")


def _answers(command: tuple[str, ...], database: str) -> bool:
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(
            [*command, database], input=b"SELECT 1;", capture_output=True, timeout=20, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _server(name: str) -> tuple[tuple[str, ...], str]:
    return (_POSTGRES, "postgres") if name == "postgresql" else (_MARIADB, "mysql")


def answers(name: str) -> bool:
    """Whether a server answers."""
    return _answers(*_server(name))


@contextmanager
def database(name: str) -> Iterator[Server]:
    """A database of its own, dropped in the end."""
    command, usual = _server(name)
    own = f"specdsl_test_{os.getpid()}"
    master = Server(name, command, usual)
    master.run(f"DROP DATABASE IF EXISTS {own};")
    master.run(f"CREATE DATABASE {own};")
    try:
        yield Server(name, command, own)
    finally:
        master.run(f"DROP DATABASE IF EXISTS {own};")
