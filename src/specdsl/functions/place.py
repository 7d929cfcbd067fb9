"""Places whose parts belong together: one draw gives city, region, postal code, coordinates and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.nearest import nearest
from specdsl.functions import accepts
from specdsl.functions.arguments import given, stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation, Parameter
from specdsl.functions.lists import coded
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.mapping import strings_of
from specdsl.functions.place_data import Places, by_population, cities_in, has_blanks, places
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.wordlists import country_of
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array, Vector

_TEXTS: Final = ("city", "region", "region_code", "postcode", "country", "country_code")
PLACE: Final = t.Struct(
    (
        *(t.Field(name, t.STRING) for name in _TEXTS),
        t.Field("latitude", t.FLOAT),
        t.Field("longitude", t.FLOAT),
        t.Field("time_zone", t.STRING),
        t.Field("phone_prefix", t.STRING),
    )
)
"""The type of ``place()``."""


# --- countries -----------------------------------------------------------------------------


def _refused(code: str) -> tuple[str, str] | None:
    """Why there are no places of a country, and what would do; None where there are."""
    table = places()
    if code.upper() in table.numbers:
        return None
    named = {n.casefold(): c for n, c in zip(table.country_names, table.countries, strict=True)}
    near = nearest(code.casefold(), tuple(named))
    meant = named.get(code.casefold()) or (named[near] if near else "")
    known = ", ".join(table.countries)
    remedy = f'write "{meant}"; ' if meant else ""
    return "there is no list of places for it", f"{remedy}the countries are {known}"


def country_parameter(doc: str) -> Parameter:
    """The parameter of functions that draw what lies in a country."""
    return Parameter("country", accepts.TEXT, doc, default=None, refuses=_refused)


def country_numbers(call: Invocation) -> int | Int64Array:
    """The country of the call, or of each row, by its number. Raises FunctionProblem where there are no
    places of one."""
    table = places()
    value = call.args.get("country")
    if not isinstance(value, Vector):
        code = country_of(call.locale) if value is None else str(value)
        if code.upper() not in table.numbers:
            _, remedy = _refused(code) or ("", "")
            if value is None:
                raise FunctionProblem(
                    f"there is no list of places for {code}, the country of {call.locale}",
                    f'name another, such as `country: "US"`; {remedy}',
                )
            raise FunctionProblem(f"there is no list of places for `country` {code!r}", remedy)
        return table.numbers[code.upper()]
    from specdsl.vectors import strings

    codes, values = strings.encode(value.data)
    numbers = np.array([table.numbers.get(v.upper(), -1) for v in values.to_pylist()], dtype=np.int64)
    found = numbers[codes] if len(numbers) else np.zeros(call.n, dtype=np.int64)
    if (found < 0).any():
        at = int(np.flatnonzero(found < 0)[0])
        wrong = values[int(codes[at])].as_py()
        _, remedy = _refused(wrong) or ("", "")
        raise FunctionProblem(
            f"`country` is {wrong!r} in row {int(call.rows[at])}, and there is no list of places for it",
            remedy,
        )
    return found


REGION: Final = Parameter(
    "region",
    accepts.TEXT,
    "Only there: the name or the code of a region of the country; a column of the row, too.",
    default=None,
)


# --- cities --------------------------------------------------------------------------------


def draw_cities(call: Invocation, stream: Stream, *, weighted: bool = False) -> Int64Array:
    """Numbers of cities in the call's country, and region where it has that argument; int64 of shape (n,)."""
    table, country = places(), country_numbers(call)
    if given(call, "region"):
        return _in_regions(call, table, country, stream)
    if not weighted:
        if isinstance(country, int):
            return int(table.starts[country]) + stream.below(int(table.counts[country]))
        return table.starts[country] + stream.below(table.counts[country])
    bits = stream.bits()
    if isinstance(country, int):
        return int(table.starts[country]) + by_population(country).draw(bits)
    out = np.empty(call.n, dtype=np.int64)
    for number in np.unique(country).tolist():
        here = np.flatnonzero(country == number)
        out[here] = int(table.starts[number]) + by_population(number).draw(bits[here])
    return out


def _in_regions(call: Invocation, table: Places, country: int | Int64Array, stream: Stream) -> Int64Array:
    regions, codes = _encoded(call, "region")
    combined = codes + np.asarray(country, dtype=np.int64) * len(regions)
    keys, which = np.unique(combined, return_inverse=True)
    lists = []
    for key in keys.tolist():
        number, region = key // len(regions), regions[key % len(regions)]
        found = cities_in(number, region)
        if not len(found):
            at = int(np.flatnonzero(combined == key)[0])
            raise FunctionProblem(
                f"`region` is {region!r} in row {int(call.rows[at])}, and "
                f"{table.country_names[number]} has none of that name with cities here",
                _regions_of(table, number, region),
            )
        lists.append(found)
    sizes = np.array([len(x) for x in lists], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    chosen: Int64Array = np.concatenate(lists)[starts[which] + stream.below(sizes[which])]
    return chosen


def _encoded(call: Invocation, name: str) -> tuple[list[str], Int64Array]:
    from specdsl.vectors import strings

    codes, values = strings.encode(strings_of(call, name))
    return list(values.to_pylist()), np.asarray(codes, dtype=np.int64)


def _regions_of(table: Places, country: int, wanted: str) -> str:
    names = [name for name, _ in table.regions(country)]
    near = nearest(wanted, tuple(names))
    return f"is it {near!r}?" if near else f"its regions are {', '.join(names)}"


# --- postal codes --------------------------------------------------------------------------

_LETTERS: Final = np.frombuffer(b"ABEGHJLNPRTWXYZ", dtype=np.uint8)
"""Letters that the last part of British, Canadian and Dutch codes may all have."""


def postcodes_of(cities: Int64Array, stream: Stream) -> Any:
    """A postal code of each city, as Arrow strings."""
    table = places()
    index = table.code_starts[cities] + stream.below(table.code_counts[cities])
    forms, matrix, widths, blank = _forms()
    if not blank[index].any():
        return coded(forms, index).data
    from specdsl.vectors import strings

    rows = matrix[index]
    for place in range(matrix.shape[1]):
        column = rows[:, place]
        digits, letters = column == ord("#"), column == ord("@")
        if digits.any():
            drawn = stream.below(10, 1 + place).astype(np.uint8) + np.uint8(ord("0"))
            column[digits] = drawn[digits]
        if letters.any():
            column[letters] = _LETTERS[stream.below(len(_LETTERS), 1 + place)][letters]
    sizes = widths[index]
    inside = np.arange(matrix.shape[1])[None, :] < sizes[:, None]
    return strings.from_buffers(strings.offsets_of(sizes), rows[inside])


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, ...], Any, Any, Any]:
    """The forms of all postal codes: as strings, as bytes (forms, width), their widths, and which have
    places to fill in."""
    forms = places().postcodes
    width = max(map(len, forms))
    matrix = np.frombuffer("".join(f.ljust(width) for f in forms).encode("ascii"), dtype=np.uint8)
    blank = np.array([has_blanks([f]) for f in forms])
    return forms, matrix.reshape(len(forms), width), np.array([len(f) for f in forms], dtype=np.int32), blank


# --- place ---------------------------------------------------------------------------------


def _place(call: Invocation) -> Vector:
    """The fields of ``call.result``, which may be some of those of a place."""
    assert isinstance(call.result, t.Struct)
    stream = stream_of(call)
    cities = draw_cities(call, stream.substream("city"), weighted=call.args.get("weighted") is True)
    made = tuple(_field(field.name, cities, stream) for field in call.result.fields)
    return Vector(call.result, made)


def _field(name: str, cities: Int64Array, stream: Stream) -> Vector:
    table = places()
    match name:
        case "city" | "region" | "region_code" | "time_zone":
            names, codes = _column(name)
            return coded(names, codes[cities])
        case "latitude":
            return Vector(t.FLOAT, table.latitude[cities])
        case "longitude":
            return Vector(t.FLOAT, table.longitude[cities])
        case "postcode":
            return Vector(t.STRING, postcodes_of(cities, stream.substream("postcode")))
        case "country":
            return coded(table.country_names, table.country[cities])
        case "country_code":
            return coded(table.countries, table.country[cities])
        case _:
            return coded(table.prefixes, table.country[cities])


@lru_cache(maxsize=8)
def _column(name: str) -> tuple[tuple[str, ...], Int64Array]:
    """The different values of a column of the cities, and which each city has."""
    values: tuple[str, ...] = getattr(places(), name)
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(v, len(numbers)) for v in values], dtype=np.int64)
    return tuple(numbers), codes


def with_country(function: Function, field: str, *, regions: bool = True) -> Function:
    """A function of a locale's list that draws ``field`` of places instead, where its call has a country
    (or region)."""

    def applies(args: Mapping[str, Any]) -> bool:
        return args.get("country") is not None or args.get("region") is not None

    def listed(args: Mapping[str, Any], locale: str) -> tuple[str, ...] | None:
        code, region = args.get("country", country_of(locale)), args.get("region", "")
        number = places().numbers.get(str(code or country_of(locale)).upper())
        if number is None or field == "postcode":
            return None
        values: tuple[str, ...] = getattr(places(), field)
        return tuple(dict.fromkeys(values[i] for i in cities_in(number, str(region or "")).tolist()))

    def kernel(call: Invocation) -> Vector:
        assert function.kernel is not None
        if not applies(call.args):
            return function.kernel(call)
        stream = stream_of(call)
        return _field(field, draw_cities(call, stream.substream("city")), stream)

    def domain(args: Constants) -> int | None:
        assert function.domain is not None
        if any(p.name not in args for p in parameters) or not isinstance(args.get(LOCALE), str):
            return None
        if not applies(args):
            return function.domain(args)
        values = listed(args, str(args[LOCALE]))
        return len(values) if values else None

    def at(call: Invocation, index: Int64Array) -> Vector:
        assert function.at is not None
        if not applies(call.args):
            return function.at(call, index)
        values = listed(call.args, call.locale)
        assert values is not None, "the domain is known"
        return coded(values, index)

    country = country_parameter(
        'Only there: a country such as `"US"`, or a column of such; null for a longer list of the locale\'s.'
    )
    parameters = (country, REGION) if regions else (country,)
    return replace(
        function,
        parameters=(*parameters, IN_LOCALE),
        kernel=kernel,
        domain=domain,
        at=at,
        examples=(*function.examples, Example(f'{function.name}(country: "PL")', "string")),
    )


FUNCTIONS: Final = (
    Function(
        name="place",
        family="places",
        summary="A city with what belongs to it: region, postal code, country, coordinates and more.",
        doc="Its fields are `city`, `region`, `region_code`, `postcode`, `country`, `country_code`, "
        "`latitude`, `longitude`, `time_zone` and `phone_prefix`. Columns drawn together take the fields of "
        'their names: `(city, region, postcode) = place("US")`; under other names `(city as home, '
        "postcode as home_postcode) = place()`. Cities exist, and the postal code is one of the city's own "
        "(GeoNames); in Britain, Canada, the Netherlands, Buenos Aires and the largest cities of Brazil its "
        "first part is, and the rest is random. Up to 200 of the largest cities of a country are known. Who "
        "publishes many of them names GeoNames (CC BY 4.0).",
        result=PLACE,
        kernel=_place,
        parameters=(
            country_parameter('A country such as `"US"`, or a column of such; null for the locale\'s.'),
            Parameter(
                "weighted",
                accepts.BOOLEAN,
                "Whether cities come in proportion to their people; all are equally likely otherwise.",
                default=False,
                constant=True,
            ),
            REGION,
            IN_LOCALE,
        ),
        examples=(
            Example('place("US").city', "string", 'such as "Houston"'),
            Example('place("DE", weighted: true).postcode', "string", 'such as "20095"'),
            Example('place("JP", region: "Kanagawa").city', "string", 'such as "Yokohama"'),
        ),
        draws=True,
    ),
)
