"""One table in one file, in any of the formats of a build."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from specdsl.errors import DataError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.api.rows import Rows
    from specdsl.datatypes.types import DataType
    from specdsl.sinks.base import Sink


def write(
    rows: Rows,
    path: str | os.PathLike[str],
    format: str | None,
    compression: str | None,
    options: Mapping[str, str],
    stop: int | None,
    workers: int,
) -> int:
    """See ``Rows.write``."""
    from specdsl.building.failures import environment
    from specdsl.sinks.base import WriteOptions
    from specdsl.sinks.options import resolve

    target = Path(path)
    sink, packed = _chosen(target, format, compression)
    sink.require()
    values = resolve(sink.name, sink.options, options.items())
    schema, metadata, types = _documented(rows)
    write_options = WriteOptions(packed, metadata, values, types=types)
    with environment(target):
        temporary = NamedTemporaryFile(  # noqa: SIM115 - closed before it is moved
            dir=target.parent, prefix=f".{target.name}.", suffix=".part", delete=False
        )
        try:
            with temporary:
                count = _written(rows, sink, schema, temporary, write_options, stop, workers)
            Path(temporary.name).chmod(0o666 & ~_umask())
            Path(temporary.name).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(temporary.name).unlink()
            raise
    return count


def _written(
    rows: Rows,
    sink: Sink,
    schema: pa.Schema,
    file: Any,
    options: Any,
    stop: int | None,
    workers: int,
) -> int:
    import pyarrow as pa

    count = 0
    writer = sink.open(cast("BinaryIO", file), schema, options)
    try:
        for batch in rows.batches(0, stop, workers=workers):
            writer.write(batch)
            count += batch.num_rows
        writer.close()
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid, NotImplementedError) as problem:
        raise DataError(f"{sink.name} cannot hold `{rows.name}`: {problem}") from problem
    return count


def _umask() -> int:
    """What files of this process are not allowed; a temporary file would be its owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _chosen(path: Path, format: str | None, compression: str | None) -> tuple[Sink, str]:
    """The format and its compression. Raises UsageError."""
    from specdsl.sinks.registry import CONTAINERS, SINKS

    named = _by_name(path)
    if format is None:
        if named is None:
            raise UsageError(
                f"`{path.name}` does not say which format it is to be in",
                f"give it one of the endings of {', '.join(SINKS)}, or format=",
            )
        format, by_name = named
    else:
        by_name = named[1] if named is not None and named[0] == format else None
    if format in CONTAINERS:
        raise UsageError(f"{format} holds whole datasets", f'data.build(..., format="{format}") makes them')
    if format not in SINKS:
        raise UsageError(f"`{format}` is not a format", f"there are {', '.join(SINKS)}")
    sink = SINKS[format]
    chosen = compression or by_name or sink.compressions[0]
    if chosen not in sink.compressions:
        raise UsageError(
            f"{format} cannot be compressed by `{chosen}`", f"there are {', '.join(sink.compressions)}"
        )
    return sink, chosen


def _by_name(path: Path) -> tuple[str, str | None] | None:
    """Format and compression that a file's name speaks of; its compression is None where it tells nothing."""
    from specdsl.sinks.registry import FORMATS

    found: dict[str, list[tuple[str, str]]] = {}
    for form in FORMATS.values():
        for compression in form.compressions:
            ending = form.extension(compression)
            if ending and path.name.lower().endswith(ending):
                found.setdefault(ending, []).append((form.name, compression))
    if not found:
        return None
    ((name, compression), *others) = found[max(found, key=len)]
    return name, None if others else compression


def _documented(rows: Rows) -> tuple[pa.Schema, tuple[tuple[str, str], ...], dict[str, DataType]]:
    """The schema with what the spec says of the columns that are the spec's, the file's metadata, and the
    declared types."""
    import pyarrow as pa

    from specdsl.api.table import Table
    from specdsl.api.views import Mapped, View
    from specdsl.sinks.base import documented

    source = rows
    while isinstance(source, View) and not isinstance(source, Mapped):
        source = source.source
    if not isinstance(source, Table):
        return rows.schema, (("specdsl.table", rows.name),), {}
    columns = source.declared.columns
    fields = [documented(f, columns[f.name].doc, columns[f.name].type) for f in rows.schema]
    types = {f.name: columns[f.name].type for f in rows.schema}
    return pa.schema(fields), (("specdsl.table", rows.name), ("description", source.declared.doc)), types
