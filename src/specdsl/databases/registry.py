"""The databases that rows can be taken from."""

from __future__ import annotations

from specdsl.databases.addresses import Address
from specdsl.databases.connection import Connection


def connect(address: Address) -> Connection:
    """A connection to the database at ``address``, which sees one state of it. Raises FileProblem."""
    match address.kind:
        case "postgresql":
            from specdsl.databases import postgresql

            return postgresql.connect(address.target)
        case "mysql":
            from specdsl.databases import mysql

            return mysql.connect(address.target)
        case "sqlite":
            from specdsl.databases import sqlite

            return sqlite.connect(address.target)
        case _:
            from specdsl.databases import duckdb

            return duckdb.connect(address.target)
