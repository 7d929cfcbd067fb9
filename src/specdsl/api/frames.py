"""Arrow tables as data frames of libraries that may or may not be installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specdsl.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def to_pandas(table: pa.Table, *, arrow_types: bool) -> pd.DataFrame:
    """``table`` in pandas. Decimals and uuids are Python objects there, unless ``arrow_types``."""
    try:
        import pandas as pd
    except ImportError:
        raise UsageError("pandas is not installed", "pip install pandas") from None
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype if arrow_types else None)
    return frame


def to_polars(table: pa.Table) -> pl.DataFrame:
    """``table`` in Polars, which knows no uuid: those are text."""
    try:
        import polars as pl
    except ImportError:
        raise UsageError("Polars is not installed", "pip install polars") from None
    frame = pl.from_arrow(with_uuids_as_text(table))
    assert isinstance(frame, pl.DataFrame)
    return frame


def with_uuids_as_text(table: pa.Table) -> pa.Table:
    """``table`` with its columns of uuids in their usual spelling."""
    import pyarrow as pa

    from specdsl.sinks.text.values import scalar_text

    for i, field in enumerate(table.schema):
        if field.type == pa.uuid():
            texts = [scalar_text(chunk) for chunk in table.column(i).chunks]
            table = table.set_column(i, field.with_type(pa.string()), pa.chunked_array(texts, pa.string()))
    return table
