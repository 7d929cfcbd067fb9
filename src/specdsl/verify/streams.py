"""The files of one table as one stream of Arrow batches, where sinks read them themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from specdsl.sinks.base import ReadableSink
from specdsl.sinks.partitions import KEEP, folder_value

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.verify.reading import TableFiles


def streamed(sink: ReadableSink, files: TableFiles, schema: pa.Schema) -> pa.RecordBatchReader:
    """All rows in the order of the files; values in the names of folders are strings after the other
    columns. Raises ValueError and OSError."""
    import pyarrow as pa

    first = sink.read(files.paths[0], schema).schema
    folders = () if KEEP.name in files.values else files.partition_by
    whole = pa.schema([*first, *(pa.field(name, pa.string()) for name in folders)])

    def batches() -> Iterator[pa.RecordBatch]:
        for path in files.paths:
            reader = sink.read(path, schema)
            if reader.schema.names != first.names:
                raise ValueError(f"`{path.name}` has other columns than `{files.paths[0].name}`")
            above = path.parts[-len(folders) - 1 : -1]
            values = [folder_value(name, folder) for name, folder in zip(folders, above, strict=True)]
            for batch in reader:
                constants = [pa.repeat(pa.scalar(v, pa.string()), batch.num_rows) for v in values]
                columns = [c.cast(f.type) for c, f in zip(batch.columns, first, strict=True)]
                yield pa.RecordBatch.from_arrays([*columns, *constants], schema=whole)

    return pa.RecordBatchReader.from_batches(whole, batches())
