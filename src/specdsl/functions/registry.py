"""The catalogue: every function of the language by name. A function is added in the module of its family."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from specdsl.functions import (
    aggregates,
    business_days,
    business_hours,
    calendar,
    codes,
    commerce,
    dates,
    distributions,
    documents,
    finance,
    foreign,
    geometry,
    identifiers,
    identity,
    network,
    numbers,
    odd_texts,
    people,
    phones,
    place,
    places,
    records,
    seasons,
    special,
    strings,
    text,
    things,
    travel,
    validators,
    values,
    zones,
)
from specdsl.functions.entry import Function

_FAMILIES: Final = (
    distributions,
    identity,
    identifiers,
    special,
    aggregates,
    text,
    odd_texts,
    people,
    phones,
    records,
    place,
    places,
    geometry,
    commerce,
    finance,
    codes,
    validators,
    network,
    things,
    travel,
    foreign,
    strings,
    numbers,
    dates,
    calendar,
    zones,
    business_days,
    business_hours,
    seasons,
    values,
    documents,
)

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {f.name: f for f in chain.from_iterable(family.FUNCTIONS for family in _FAMILIES)}
)
"""All functions, in the order of their families. Names are unique (a test holds that)."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {alias: f.name for f in FUNCTIONS.values() for alias in f.aliases}
)
"""Other names under which people look for a function: for suggestions, not for use."""
