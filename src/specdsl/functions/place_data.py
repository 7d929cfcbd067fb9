"""Cities of the world with their regions, postal codes, coordinates and time zones, as arrays.

Read from ``data/places.tsv`` and ``data/countries.tsv`` (``tools/make_places.py`` makes them from GeoNames;
the licence is in ``data/README.md``). Cities of a country lie side by side, the largest first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors.vector import Float64Array, Int64Array

_DATA: Final = Path(__file__).with_name("data")


@dataclass(frozen=True)
class Places:
    """``countries`` are ISO 3166-1 alpha-2 codes. The other columns have a value for each city;
    ``starts`` and ``counts`` are the cities of each country, ``code_starts`` and ``code_counts`` the postal
    codes of each city among ``postcodes`` (forms in which ``#`` is a digit and ``@`` a letter)."""

    countries: tuple[str, ...]
    country_names: tuple[str, ...]
    prefixes: tuple[str, ...]
    country: Int64Array
    city: tuple[str, ...]
    region: tuple[str, ...]
    region_code: tuple[str, ...]
    latitude: Float64Array
    longitude: Float64Array
    population: Float64Array
    time_zone: tuple[str, ...]
    postcodes: tuple[str, ...]
    code_starts: Int64Array
    code_counts: Int64Array

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each country by its code."""
        return {code: i for i, code in enumerate(self.countries)}

    @cached_property
    def counts(self) -> Int64Array:
        """The number of cities of each country."""
        return np.bincount(self.country, minlength=len(self.countries)).astype(np.int64)

    @cached_property
    def starts(self) -> Int64Array:
        """The number of the first city of each country."""
        return np.cumsum(self.counts) - self.counts

    def regions(self, country: int) -> tuple[tuple[str, str], ...]:
        """The regions of a country that have cities here, by name: (name, code)."""
        start = int(self.starts[country])
        cities = range(start, start + int(self.counts[country]))
        return tuple(sorted({(self.region[i], self.region_code[i]) for i in cities}))


@lru_cache(maxsize=1)
def places() -> Places:
    """The table, read once."""
    countries = _rows("countries.tsv")
    codes = tuple(r[0] for r in countries)
    number = {code: i for i, code in enumerate(codes)}
    rows = sorted(_rows("places.tsv"), key=lambda r: number[r[0]])
    forms = [r[8].split(",") for r in rows]
    counts = np.array([len(f) for f in forms], dtype=np.int64)
    return Places(
        countries=codes,
        country_names=tuple(r[1] for r in countries),
        prefixes=tuple(r[2] for r in countries),
        country=np.array([number[r[0]] for r in rows], dtype=np.int64),
        city=tuple(r[3] for r in rows),
        region=tuple(r[2] for r in rows),
        region_code=tuple(r[1] for r in rows),
        latitude=np.array([float(r[4]) for r in rows]),
        longitude=np.array([float(r[5]) for r in rows]),
        population=np.array([float(r[6]) for r in rows]),
        time_zone=tuple(r[7] for r in rows),
        postcodes=tuple(code for f in forms for code in f),
        code_starts=np.cumsum(counts) - counts,
        code_counts=counts,
    )


@lru_cache(maxsize=64)
def by_population(country: int) -> InverseTable:
    """Draws a city of a country, counted from its first, in proportion to its people."""
    table = places()
    start = int(table.starts[country])
    return InverseTable.from_weights(table.population[start : start + int(table.counts[country])])


@lru_cache(maxsize=4096)
def cities_in(country: int, region: str) -> Int64Array:
    """The numbers of the cities of a region, which is given by its name or its code; "" for all of the
    country's."""
    table, wanted = places(), region.casefold()
    start = int(table.starts[country])
    return np.array(
        [
            i
            for i in range(start, start + int(table.counts[country]))
            if not wanted or wanted in (table.region[i].casefold(), table.region_code[i].casefold())
        ],
        dtype=np.int64,
    )


def has_blanks(forms: Sequence[str]) -> bool:
    """Whether some of the forms of postal codes have places to fill in."""
    return any(re.search("[#@]", form) for form in forms)


def _rows(name: str) -> list[list[str]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]
