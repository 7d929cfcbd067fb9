"""Places: streets, cities, regions, countries, coordinates, in the manner of the locale."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import constant_text, stream_of
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.lists import coded, of_list
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.place import with_country
from specdsl.functions.templates import of_templates
from specdsl.functions.wordlists import country_of, entry, international, words
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Vector


def _cities(locale: str) -> tuple[str, ...]:
    return words(locale, "address", "city")


def _streets(locale: str) -> tuple[str, ...]:
    return words(locale, "address", "street", "name")


def _street_kinds(locale: str) -> tuple[str, ...]:
    """Such as Street or Avenue, where names do not have it in them."""
    form = str(entry(locale, "address", "address_fmt"))
    if "{st_sfx}" not in form:
        return ("",)
    return _KINDS.get(locale[:2]) or words(locale, "address", "street", "suffix")


_KINDS: Final = {
    "fr": ("Rue", "Avenue", "Boulevard", "Place", "Allée", "Impasse", "Chemin", "Cours", "Square"),
    "it": ("Via", "Viale", "Piazza", "Corso", "Vicolo", "Largo"),
    "pt": ("Rua", "Avenida", "Travessa", "Praça", "Alameda", "Largo"),
}
"""Where the library's list has what no street is called: Plantação, Saint, Via degli before a name."""
_PARTICLE: Final = re.compile(r"\b(De|Du|Des|La|Le|Les|Et|Au|Aux|En|Sur|Sous)\b")


@lru_cache(maxsize=32)
def _bare_streets(locale: str) -> tuple[str, ...]:
    """Names to stand beside a kind: without a kind of their own (`Rua Sete` is `Sete`), and in French with
    small particles (`Du Verger` is `du Verger`)."""
    kinds, names = set(_street_kinds(locale)) - {""}, []
    for name in _streets(locale):
        first, _, rest = name.partition(" ")
        bare = rest if rest and first in kinds else name
        names.append(_PARTICLE.sub(lambda m: m[0].lower(), bare) if locale.startswith("fr") else bare)
    return tuple(dict.fromkeys(names))


def _address(call: Invocation) -> Vector:
    """The locale's form with a number, a street and its kind put in."""
    from specdsl.vectors import strings, text

    stream = stream_of(call)
    form = str(entry(call.locale, "address", "address_fmt"))
    anonymous = iter(("st_name", "n1", "n2", "n3"))
    form = re.sub(r"\{\}", lambda _: "{" + next(anonymous) + "}", form)
    pieces: list[Any] = []
    for part in re.split(r"(\{\w+\})", form):
        match part:
            case "{st_num}":
                pieces.append(_house_numbers(stream.substream("number"), 400))
            case "{st_name}":
                pieces.append(_drawn(_bare_streets(call.locale), stream.substream("street")))
            case "{st_sfx}":
                pieces.append(_drawn(_street_kinds(call.locale), stream.substream("kind")))
            case "{n1}" | "{n2}" | "{n3}":
                pieces.append(_house_numbers(stream.substream(part), 30))
            case _ if part:
                pieces.append(part.encode())
    plain = [p if isinstance(p, bytes) else strings.plain(p) for p in pieces]
    return Vector(t.STRING, text.join(plain, call.n))


def _drawn(values: tuple[str, ...], stream: Stream) -> Any:
    return coded(values, stream.below(len(values))).data


def _house_numbers(stream: Stream, high: int) -> Any:
    """1 .. high, the small ones more often."""
    index = (stream.uniform() * stream.uniform(1) * high).astype(np.int64)
    return coded(tuple(map(str, range(1, high + 1))), index).data


# --- countries -----------------------------------------------------------------------------


def _country_codes(_: str) -> tuple[str, ...]:
    return tuple(international("address", "COUNTRY_CODES")["a2"])


def _country_codes_3(_: str) -> tuple[str, ...]:
    return tuple(international("address", "COUNTRY_CODES")["a3"])


def _home(call: Invocation) -> Vector:
    from specdsl.vectors import strings

    made = {
        "name": str(entry(call.locale, "address", "country", "current_locale")),
        "code": country_of(call.locale),
    }
    return Vector(t.STRING, strings.constant(made[constant_text(call, "form")], call.n))


def _time_zones(_: str) -> tuple[str, ...]:
    return tuple(international("datetime", "TIMEZONES"))


# --- coordinates ---------------------------------------------------------------------------


def _coordinate(name: str, limit: int, axis: str) -> Function:
    def kernel(call: Invocation) -> Vector:
        u = stream_of(call).uniform()
        degrees = np.rint((u * 2.0 - 1.0) * limit * 1e6) / 1e6
        return Vector(t.FLOAT, degrees)

    return Function(
        name=name,
        family="places",
        summary=f"A {name} in degrees, {-limit} to {limit}, with six digits.",
        doc=f"Uniform from {axis}; for a place that exists use a pool of cities.",
        result=t.FLOAT,
        kernel=kernel,
        examples=(Example(f"{name}()", "float", "to about 10 cm"),),
        draws=True,
        bounds=lambda _: (float(-limit), float(limit)),
    )


FUNCTIONS: Final = (
    with_country(
        of_list("city", "places", "A city or town of the locale's country.", _cities, '"Abilene"'), "city"
    ),
    with_country(
        of_list(
            "region",
            "places",
            "A state, province or region of the locale's country.",
            lambda locale: words(locale, "address", "state", "name"),
            '"Arizona"',
        ),
        "region",
        regions=False,
    ),
    of_list(
        "region_code",
        "places",
        "The short form of a state, province or region.",
        lambda locale: words(locale, "address", "state", "abbr"),
        '"AZ"',
        doc="Drawn on its own: it does not belong to another column's `region()`.",
    ),
    of_list(
        "country",
        "places",
        "The name of a country of the world, in the locale's language.",
        lambda locale: words(locale, "address", "country", "name"),
        '"Portugal"',
        doc="For the locale's own country write its name.",
    ),
    of_list(
        "country_code",
        "places",
        "The two letters of a country (ISO 3166-1 alpha-2).",
        _country_codes,
        '"PT"',
        in_locale=False,
    ),
    of_list(
        "country_code3",
        "places",
        "The three letters of a country (ISO 3166-1 alpha-3).",
        _country_codes_3,
        '"PRT"',
        in_locale=False,
    ),
    Function(
        name="home_country",
        family="places",
        summary="The locale's own country.",
        doc="Always the same: what `city()` and `postcode()` lie in.",
        result=t.STRING,
        kernel=_home,
        parameters=(
            Parameter(
                "form",
                accepts.TEXT,
                "Its name or its ISO code.",
                default="name",
                constant=True,
                choices=("name", "code"),
            ),
            IN_LOCALE,
        ),
        examples=(
            Example("home_country()", "string", '"United States"'),
            Example('home_country("code")', "string", '"US"'),
        ),
    ),
    of_list("street_name", "places", "The name of a street.", _streets, '"Abbey"'),
    Function(
        name="street_address",
        family="places",
        summary="A street with a number, in the order of the locale.",
        doc="Small house numbers come more often.",
        result=t.STRING,
        kernel=_address,
        parameters=(IN_LOCALE,),
        examples=(Example("street_address()", "string", 'such as "17 Cedar Avenue" or "Gartenstraße 4"'),),
        draws=True,
    ),
    with_country(
        of_templates(
            "postcode",
            "places",
            "A postal code in the form of the locale's country.",
            lambda locale: (str(entry(locale, "address", "postal_code_fmt")),),
            '"94103"',
            doc="Random digits and letters in the right form; with `country` and `region`, which may be "
            "columns, the code of a city there. City and code together come from `place()`.",
        ),
        "postcode",
    ),
    _coordinate("latitude", 90, "pole to pole"),
    _coordinate("longitude", 180, "date line to date line"),
    of_list(
        "time_zone", "places", "The name of a time zone.", _time_zones, '"Europe/Lisbon"', in_locale=False
    ),
)
