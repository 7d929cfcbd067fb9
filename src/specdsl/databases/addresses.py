"""Addresses of databases, as a command line gives them."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from specdsl.errors import UsageError
from specdsl.records import record

_SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
}
FILE_DATABASES = {
    ".duckdb": "duckdb",
    ".ddb": "duckdb",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
"""Which database a file is, by how its name ends."""

EXAMPLES = "postgresql://user@host/shop, mysql://user@host/shop, or the path of a .sqlite or .duckdb file"


VARIABLE = "SPECDSL_DATABASE_"
"""What the names of environment variables with addresses begin with."""


def variable(name: str) -> str:
    """The environment variable with the address of database ``name``."""
    return VARIABLE + re.sub(r"\W", "_", name).upper()


@record
class Address:
    """Where a database is. ``kind``: which module reads it; ``target``: what that connects to."""

    kind: str
    target: str

    @property
    def shown(self) -> str:
        """The address without what is secret in it."""
        return shown(self.target)


def shown(address: str) -> str:
    """An address without its password and its parameters, which may be one."""
    return re.sub(r"(?<=//)([^/@:]*):[^/@]*@", r"\1@", address).split("?", maxsplit=1)[0]


def parsed(name: str, written: str) -> Address:
    """The address of database ``name``. Raises UsageError for what is none."""
    scheme, colon, rest = written.partition(":")
    kind = _SCHEMES.get(scheme.lower()) if colon else None
    if kind in ("postgresql", "mysql"):
        try:
            parts = urlsplit(written)
            _ = parts.port
        except ValueError:
            parts = None
        if parts is None or not rest.startswith("//"):
            raise UsageError(f"the address of database `{name}` is malformed: {shown(written)}", EXAMPLES)
        return Address(kind, written)
    if kind is not None:
        return Address(kind, rest.removeprefix("//") if rest.startswith("///") else rest)
    if "://" in written:
        raise UsageError(f"`{scheme}` is no database that rows can be taken from", f"give {EXAMPLES}")
    found = FILE_DATABASES.get(Path(written).suffix.lower())
    if found is None:
        raise UsageError(f"`{shown(written)}` is no address of a database", f"give {EXAMPLES}")
    return Address(found, written)
