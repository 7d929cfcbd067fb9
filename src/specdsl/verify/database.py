"""A DuckDB that may read the given files and nothing else, within a fixed amount of memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.verify.forms import quote_text

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMITS = ("96MB", "256MB", "1GB", "4GB")
"""What a verification may use: the first that suffices. Nearly all of them do with the least."""
THREADS = 2


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C while DuckDB works, which it tells as a failure of its own, as KeyboardInterrupt."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException as interruption:
        raise KeyboardInterrupt from interruption
    except RuntimeError as failure:
        if "interrupted" not in str(failure).lower():
            raise
        raise KeyboardInterrupt from failure


def open_database(
    readable: Iterable[Path],
    temp_dir: Path | None,
    *,
    threads: int = THREADS,
    memory_limit: str = MEMORY_LIMITS[0],
) -> duckdb.DuckDBPyConnection:
    """A connection whose session is in UTC. What does not fit into memory is spilled to ``temp_dir``
    (None: everything stays in memory, within the limit). It reads ``readable``; other files, the network
    and extensions are out of its reach, and the settings are locked."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory_limit,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "true",
        "allocator_flush_threshold": "4MB",  # what is freed goes back at once
    }
    database = ":memory:"
    if temp_dir is not None:
        temp_dir.mkdir(parents=True, exist_ok=True)
        database = str(temp_dir / "verify.duckdb")
        config["temp_directory"] = str(temp_dir / "spill")
    connection = duckdb.connect(database, config=config)
    paths = ", ".join(quote_text(str(path)) for path in readable)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
