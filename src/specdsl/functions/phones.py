"""Telephone numbers: by the forms of a locale, or in the international form of a country.

The international forms are ours, from the numbering plans that the countries publish. Where a regulator has
set numbers aside for fiction (Australia, Britain, France, Germany, Ireland, North America, Sweden), only
those are made; elsewhere they are random digits in the range of mobile telephones.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation, Parameter
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.templates import template_set
from specdsl.functions.wordlists import country_of, words
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array, Vector

_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "AE": ("+971 50 ### ####",),
    "AR": ("+54 9 11 ####-####",),
    "AT": ("+43 660 #######",),
    "AU": ("+61 2 5550 ####", "+61 3 5550 ####", "+61 7 5550 ####", "+61 8 5550 ####"),
    "AZ": ("+994 50 ### ## ##",),
    "BE": ("+32 47# ## ## ##",),
    "BR": ("+55 11 9####-####", "+55 21 9####-####"),
    "CA": tuple(f"+1 {area}-555-01##" for area in (204, 250, 403, 416, 514, 604, 613, 902)),
    "CH": ("+41 76 ### ## ##", "+41 79 ### ## ##"),
    "CN": ("+86 138 #### ####",),
    "CO": ("+57 30# ### ####",),
    "CZ": ("+420 60# ### ###",),
    "DE": ("+49 30 23125 ###", "+49 40 66969 ###", "+49 69 90009 ###", "+49 89 99998 ###"),
    "DK": ("+45 2# ## ## ##",),
    "DZ": ("+213 55# ## ## ##",),
    "EE": ("+372 5### ####",),
    "EG": ("+20 10# ### ####",),
    "ES": ("+34 6## ## ## ##",),
    "FI": ("+358 40 ### ####",),
    "FR": ("+33 1 99 00 ## ##", "+33 2 61 91 ## ##", "+33 3 53 01 ## ##", "+33 6 39 98 ## ##"),
    "GB": ("+44 20 7946 0###", "+44 113 496 0###", "+44 161 496 0###", "+44 7700 900###"),
    "GR": ("+30 69# ### ####",),
    "HR": ("+385 91 ### ####",),
    "HU": ("+36 20 ### ####",),
    "ID": ("+62 812 #### ####",),
    "IE": ("+353 20 91# ####",),
    "IN": ("+91 98### #####",),
    "IR": ("+98 912 ### ####",),
    "IS": ("+354 6## ####",),
    "IT": ("+39 34# ### ####",),
    "JO": ("+962 79 ### ####",),
    "JP": ("+81 90 #### ####",),
    "KR": ("+82 10 #### ####",),
    "KW": ("+965 5### ####",),
    "KZ": ("+7 701 ### ## ##",),
    "MA": ("+212 61# ######",),
    "MX": ("+52 55 #### ####",),
    "MY": ("+60 12 ### ####",),
    "NL": ("+31 6 ########",),
    "NO": ("+47 9## ## ###",),
    "NZ": ("+64 21 ### ####",),
    "OM": ("+968 9### ####",),
    "PH": ("+63 917 ### ####",),
    "PL": ("+48 6## ### ###",),
    "PT": ("+351 91# ### ###",),
    "QA": ("+974 55## ####",),
    "RO": ("+40 72# ### ###",),
    "RS": ("+381 6# ### ####",),
    "RU": ("+7 91# ### ## ##",),
    "SA": ("+966 50 ### ####",),
    "SE": ("+46 8 465 004 ##", "+46 31 390 06 ##", "+46 40 628 04 ##"),
    "SK": ("+421 90# ### ###",),
    "SY": ("+963 93# ### ###",),
    "TH": ("+66 8# ### ####",),
    "TN": ("+216 2# ### ###",),
    "TR": ("+90 53# ### ## ##",),
    "UA": ("+380 50 ### ## ##",),
    "US": tuple(
        f"+1 {area}-555-01##" for area in (202, 206, 212, 213, 303, 305, 312, 404, 512, 617, 702, 808)
    ),
    "YE": ("+967 77# ### ###",),
}
_FOREIGN: Final = ("en_AU",)
"""Locales whose list in the library has another country's numbers."""


def _local(locale: str) -> tuple[str, ...]:
    if locale in _FOREIGN:
        return _FORMS[country_of(locale)]
    return words(locale, "person", "telephone_fmt")


def _refused(code: str) -> tuple[str, str] | None:
    if code.upper() in _FORMS:
        return None
    return "no form of telephone numbers is known for it", f"the countries are {', '.join(_FORMS)}"


def international(country: str, stream: Stream) -> Any:
    """Numbers of a country (ISO 3166-1 alpha-2) with its prefix, as Arrow strings. Raises FunctionProblem
    where its form is not known."""
    forms = _FORMS.get(country.upper())
    if forms is None:
        _, remedy = _refused(country) or ("", "")
        raise FunctionProblem(f"no form of telephone numbers is known for {country!r}", remedy)
    return template_set(forms).draw(stream)


def _phone(call: Invocation) -> Vector:
    country, stream = call.args.get("country"), stream_of(call)
    if country is None:
        return Vector(t.STRING, template_set(_local(call.locale)).draw(stream))
    if not isinstance(country, Vector):
        return Vector(t.STRING, international(str(country), stream))
    from specdsl.vectors import selection, strings

    codes, values = strings.encode(country.data)
    parts = []
    for code, written in enumerate(values.to_pylist()):
        here = np.flatnonzero(codes == code)
        if len(here):
            some = Stream(stream.key, np.take(stream.addresses, here))
            parts.append((here, Vector(t.STRING, international(written, some))))
    return selection.merge(call.n, parts, t.STRING)


def _forms_of(args: Constants, locale: str) -> tuple[str, ...] | None:
    country = args.get("country")
    return _local(locale) if country is None else _FORMS.get(str(country).upper())


def _domain(args: Constants) -> int | None:
    locale = args.get(LOCALE)
    forms = _forms_of(args, locale) if isinstance(locale, str) and "country" in args else None
    found = template_set(forms) if forms is not None else None
    return found.size if found is not None and found.distinct else None


def _at(call: Invocation, index: Int64Array) -> Vector:
    country = call.args.get("country")
    forms = _local(call.locale) if country is None else _FORMS[str(country).upper()]
    return Vector(t.STRING, template_set(forms).at(index))


FUNCTIONS: Final = (
    Function(
        name="phone",
        family="people",
        summary="A telephone number in the form of the locale's country, or of `country`.",
        doc="With `country` the number begins with the country's prefix. In countries that set numbers aside "
        "for fiction (AU, CA, DE, FR, GB, IE, SE, US) it is one of those; otherwise digits are random, and "
        "some numbers may exist.",
        result=t.STRING,
        kernel=_phone,
        parameters=(
            Parameter(
                "country",
                accepts.TEXT,
                'A country such as `"US"`, or a column of such; null for the forms of the locale.',
                default=None,
                refuses=_refused,
            ),
            IN_LOCALE,
        ),
        examples=(
            Example("phone()", "string", 'such as "+1-325-555-0142"'),
            Example('phone("GB")', "string", 'such as "+44 20 7946 0123"'),
        ),
        draws=True,
        domain=_domain,
        at=_at,
    ),
)
