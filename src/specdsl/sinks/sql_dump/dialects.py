"""All dialects by name. A new one is a file of its own and one row here."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.sinks.sql_dump.dialect import Dialect
from specdsl.sinks.sql_dump.mysql import MySql
from specdsl.sinks.sql_dump.oracle import Oracle
from specdsl.sinks.sql_dump.postgresql import PostgreSql
from specdsl.sinks.sql_dump.sqlite import Sqlite
from specdsl.sinks.sql_dump.sqlserver import SqlServer

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for dialect in (PostgreSql(), MySql(), Sqlite(), SqlServer(), Oracle())
}
