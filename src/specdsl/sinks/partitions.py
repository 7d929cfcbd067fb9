"""The names of partitions: folders as Hive names them, ``country=DE/status=paid``.

Names and values are percent-encoded (RFC 3986) but for letters and digits of ASCII and ``-_.~``; null is
``__HIVE_DEFAULT_PARTITION__``. Values are written as CSV writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from specdsl.diagnostics.partitions import MOST_PARTITIONS
from specdsl.errors import DataError
from specdsl.sinks.options import flag
from specdsl.sinks.text.values import scalar_text

NULL = "__HIVE_DEFAULT_PARTITION__"
_COUNTED = 20 * MOST_PARTITIONS  # beyond so many, how many there are does not matter
_LONGEST = 255  # bytes of a name that file systems take

KEEP = flag("partition_columns", "Keep the columns of `partition by` in the files, too.", default=False)
"""An option that all sinks have; the build heeds it."""

Values = tuple[str | None, ...]
"""The texts of the values that the rows of a partition share."""


def folder_name(column: str, value: str | None) -> str:
    """The folder of the rows whose ``column`` is ``value``."""
    text = NULL if value is None else quote(value, safe="")
    if text.endswith("."):  # which Windows drops
        text = f"{text[:-1]}%2E"
    return f"{quote(column, safe='')}={text}"


def folder_value(column: str, folder: str) -> str | None:
    """The value in a folder's name. Raises ValueError where the name is not one of ``column``."""
    name, equals, text = folder.partition("=")
    if not equals or unquote(name) != column:
        raise ValueError(f"folder `{folder}` is not a partition by `{column}`")
    return None if text == NULL else unquote(text, errors="strict")


class Partitions:
    """The partitions of one table, numbered as they are met."""

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self._table = table
        self._columns = tuple(columns)
        self._known: list[dict[str | None, int]] = [{} for _ in columns]
        self._numbers: dict[tuple[int, ...], int] = {}

    def number(self, batch: pa.RecordBatch) -> NDArray[np.int64]:
        """The number of each row's partition. Raises DataError where there are too many, or a value cannot
        name a folder."""
        ids = np.zeros(batch.num_rows, np.int64)
        held: list[tuple[int, ...]] = [()]
        for name, known in zip(self._columns, self._known, strict=True):
            codes = self._codes(name, batch.column(batch.schema.get_field_index(name)), known)
            both, ids = np.unique(ids << 32 | codes, return_inverse=True)
            held = [(*held[pair >> 32], pair & 0xFFFF_FFFF) for pair in both.tolist()]
        numbers = [self._numbers.setdefault(codes, len(self._numbers)) for codes in held]
        if len(self._numbers) > _COUNTED:
            self.require_few()
        return np.array(numbers, np.int64)[ids]

    def require_few(self) -> None:
        """Raises DataError where there are too many."""
        if len(self._numbers) <= MOST_PARTITIONS:
            return
        counts = " x ".join(
            f"{len(known):,} of `{name}`" for name, known in zip(self._columns, self._known, strict=True)
        )
        more = "more than " if len(self._numbers) > _COUNTED else ""
        raise DataError(
            f"`{self._table}` would be divided into {more}{len(self._numbers):,} folders (values: {counts}); "
            f"{MOST_PARTITIONS:,} are the most",
            "partition by columns with fewer values",
        )

    def values(self) -> list[Values]:
        """The values of each partition, by its number."""
        texts = [list(known) for known in self._known]
        return [tuple(texts[k][code] for k, code in enumerate(codes)) for codes in self._numbers]

    def folders(self) -> list[str]:
        """The folders of each partition, by its number. Raises DataError where two would be one folder on
        disks that take capitals for small letters too."""
        out = []
        owner: dict[str, str] = {}
        for values in self.values():
            path = "/".join(folder_name(c, v) for c, v in zip(self._columns, values, strict=True))
            other = owner.setdefault(path.casefold(), path)
            if other != path:
                raise DataError(
                    f"partitions `{other}` and `{path}` of `{self._table}` are the same folder on many disks",
                    "let values of the column differ in more than capitals",
                )
            out.append(path)
        return out

    def _codes(self, name: str, column: pa.Array[Any], known: dict[str | None, int]) -> NDArray[np.int64]:
        encoded = column if pa.types.is_dictionary(column.type) else _encoded(column)
        texts = scalar_text(encoded.dictionary).to_pylist()
        indices: NDArray[np.int64] = encoded.indices.cast(pa.int64()).fill_null(len(texts)).to_numpy()
        codes = np.full(len(texts) + 1, -1, np.int64)
        for index in np.unique(indices).tolist():
            text = texts[index] if index < len(texts) else None
            if text not in known:
                self._require_name(name, text)
                known[text] = len(known)
            codes[index] = known[text]
        return codes[indices]

    def _require_name(self, name: str, text: str | None) -> None:
        if text == NULL:
            raise DataError(
                f"a value of `{self._table}.{name}` is `{NULL}`, which stands for null in folders"
            )
        if len(folder_name(name, text)) > _LONGEST:
            raise DataError(
                f"a value of `{self._table}.{name}` makes a folder's name of more than {_LONGEST} bytes: "
                f"`{(text or '')[:40]}...`",
                "partition by a column with shorter values",
            )


def _encoded(column: pa.Array[Any]) -> pa.DictionaryArray:
    if isinstance(column, pa.ExtensionArray):
        coded = column.storage.dictionary_encode()
        values = pa.ExtensionArray.from_storage(column.type, coded.dictionary)
        return pa.DictionaryArray.from_arrays(coded.indices, values)
    return column.dictionary_encode()
