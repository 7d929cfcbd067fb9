"""The arguments of a method: by name or by position, under the names of all versions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

PARAMETERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "integers": ("min", "max", "int_type"),
        "int_zfilled": ("length",),
        "floats": ("min", "max", "decimals"),
        "floats_normal": ("mean", "std", "decimals"),
        "booleans": ("true_prob",),
        "uuid4": ("length",),
        "unique_ids": ("strategy", "length", "prefix"),
        "distincts": ("distincts",),
        "distincts_prop": ("distincts",),
        "distincts_map": ("distincts",),
        "distincts_map_prop": ("distincts",),
        "distincts_multi_map": ("distincts",),
        "unix_timestamps": ("start", "end", "date_format"),
        "dates": ("start", "end", "date_format"),
        "complex_distincts": ("pattern", "replacement", "templates"),
        "distincts_external": ("name", "fields", "watermark", "db_path"),
    }
)
"""The parameters of each method in their order."""

_OTHER_NAMES = {
    "dtype": "int_type",
    "round": "decimals",
    "prob_true": "true_prob",
    "format": "date_format",
    "formato": "date_format",
    "distinct": "distincts",
}
_REQUIRED = object()


class Unfit(Exception):
    """A column that cannot be made. ``cause`` is a clause without a full stop."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Arguments:
    """The arguments of one call of ``method``. ``unknown``: names that it has no parameters of."""

    def __init__(self, method: str, config: Mapping[str, Any]) -> None:
        """Raises Unfit where they are in no form for arguments."""
        self._method = method
        named, placed = config.get("kwargs", {}), config.get("args", [])
        if not isinstance(named, dict):
            raise Unfit("`kwargs` is no object")
        if not isinstance(placed, list):
            raise Unfit("`args` is no array")
        names = PARAMETERS[method]
        if len(placed) > len(names):
            raise Unfit(f"`{method}` takes {len(names)} arguments, not {len(placed)}")
        self._values = dict(zip(names, placed, strict=False))
        self.unknown: list[str] = []
        for name, value in named.items():
            own = name if name in names else _OTHER_NAMES.get(name, "")
            if own not in names:
                self.unknown.append(name)
            elif own in self._values:
                raise Unfit(f"`{own}` is given twice")
            else:
                self._values[own] = value

    def has(self, name: str) -> bool:
        """Whether there is a value for the parameter ``name``."""
        return name in self._values

    def integer(self, name: str, default: object = _REQUIRED) -> int:
        """A whole number. Raises Unfit."""
        value = self.number(name, default)
        if value != int(value):
            raise Unfit(f"`{name}` is {value}, and should be a whole number")
        return int(value)

    def number(self, name: str, default: object = _REQUIRED) -> int | float:
        """A number. Raises Unfit."""
        value = self._given(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Unfit(f"`{name}` is no number")
        return value

    def text(self, name: str, default: object = _REQUIRED) -> str:
        """A text. Raises Unfit."""
        value = self._given(name, default)
        if not isinstance(value, str):
            raise Unfit(f"`{name}` is no text")
        return value

    def array(self, name: str) -> list[Any]:
        """An array with something in it. Raises Unfit."""
        value = self._given(name, _REQUIRED)
        if not isinstance(value, list):
            raise Unfit(f"`{name}` is no array")
        if not value:
            raise Unfit(f"`{name}` is empty")
        return value

    def members(self, name: str) -> dict[str, Any]:
        """An object with something in it. Raises Unfit."""
        value = self._given(name, _REQUIRED)
        if not isinstance(value, dict):
            raise Unfit(f"`{name}` is no object")
        if not value:
            raise Unfit(f"`{name}` is empty")
        return value

    def _given(self, name: str, default: object) -> Any:
        value = self._values.get(name, default)
        if value is _REQUIRED:
            raise Unfit(f"`{self._method}` needs `{name}`")
        return value
