"""Holidays and weekends of countries, from the library `holidays`, as calendars that numpy counts with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.errors import EnvironmentFailure
from specdsl.functions.problems import FunctionProblem
from specdsl.vectors.vector import BoolArray, Int64Array

FIRST_YEAR, LAST_YEAR = 1970, 2060
FIRST_DAY: Final = int((np.datetime64(f"{FIRST_YEAR}-01-01") - np.datetime64("1970-01-01")).astype(int))
LAST_DAY: Final = int((np.datetime64(f"{LAST_YEAR}-12-31") - np.datetime64("1970-01-01")).astype(int))

# fmt: off
COUNTRIES: Final = (
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA",
    "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV",
    "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU",
    "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES",
    "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM",
    "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE",
    "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM",
    "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY",
    "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT",
    "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU",
    "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA",
    "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM",
    "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL",
    "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE",
    "VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
)
# fmt: on
"""Countries (ISO 3166-1 alpha-2) whose holidays are known."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are off.

    ``weekend``: bool (7,), Monday first. ``holidays``: days since 1970, sorted; ``names`` of each. ``known``
    says whether the holidays are those of a country, known for some years only.
    """

    weekend: BoolArray
    holidays: Int64Array
    names: tuple[str, ...]
    known: bool

    def check(self, days: Int64Array) -> None:
        """Raises FunctionProblem for days of which the holidays are not known."""
        if self.known and days.size and (int(days.min()) < FIRST_DAY or int(days.max()) > LAST_DAY):
            wrong = int(days.min()) if int(days.min()) < FIRST_DAY else int(days.max())
            raise FunctionProblem(
                f"holidays are known for the years {FIRST_YEAR} to {LAST_YEAR} only, "
                f"not for {np.datetime64(wrong, 'D')}"
            )

    def numpy(self) -> Any:
        """The calendar in numpy's form."""
        return np.busdaycalendar(weekmask=~self.weekend, holidays=self.holidays.astype("M8[D]"))

    def index(self, days: Int64Array) -> Int64Array:
        """The place of each day among the holidays, -1 where it is none."""
        if not self.holidays.size:
            return np.full(days.shape, -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.holidays, days), len(self.holidays) - 1)
        return np.where(self.holidays[place] == days, place, -1)


def _library() -> Any:
    try:
        import holidays
    except ImportError as error:
        raise EnvironmentFailure(
            "holidays of countries need the library `holidays`", "pip install 'specdsl[holidays]'"
        ) from error
    return holidays


_WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _weekday(word: str) -> int | None:
    """The number of a day of the week, Monday being 0: its name, or three letters of it."""
    word = word.strip().casefold()
    return next((i for i, name in enumerate(_WEEK) if word in (name, name[:3])), None)


def weekdays(text: str) -> BoolArray:
    """The days of a list such as "Mon-Thu, Sat", as bool (7,), Monday first; "Sun-Thu" goes over the
    weekend. Raises FunctionProblem for another text."""
    days = np.zeros(7, dtype=np.bool_)
    for part in text.split(","):
        ends = [_weekday(word) for word in part.split("-")]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or first is None or last is None:
            raise FunctionProblem(f'"{text}" does not say days of the week', _DAYS_HELP)
        days[[day % 7 for day in range(first, first + (last - first) % 7 + 1)]] = True
    return days


_DAYS_HELP: Final = 'write for example "Mon-Fri", "Mon-Sat" or "Tue-Fri, Sun"'


def refuses_weekdays(text: str) -> tuple[str, str] | None:
    """Why a text is no list of days of the week, and what is."""
    try:
        weekdays(text)
    except FunctionProblem:
        return "these are no days of the week", _DAYS_HELP
    return None


@lru_cache(maxsize=256)
def calendar(country: str | None, subdivision: str | None, days: str | None = None) -> Calendar:
    """The calendar of a country (None: weekends only, Saturday and Sunday) or of a part of it, ``days`` in
    place of its week. Raises FunctionProblem for one that is not known."""
    found = _of_place(country, subdivision)
    return found if days is None else replace(found, weekend=~weekdays(days))


@lru_cache(maxsize=256)
def _of_place(country: str | None, subdivision: str | None) -> Calendar:
    weekend = np.array([False] * 5 + [True] * 2)
    if country is None:
        if subdivision is not None:
            raise FunctionProblem("`subdivision` needs `country`", 'write for example country: "DE"')
        return Calendar(weekend, np.zeros(0, dtype=np.int64), (), False)
    if country not in COUNTRIES:
        near = next((c for c in COUNTRIES if c == country.strip().upper()), None)
        help = f'did you mean "{near}"?' if near else "write two letters of ISO 3166-1, such as DE"
        raise FunctionProblem(f'the holidays of "{country}" are not known', help)
    library = _library()
    parts = library.utils.list_supported_countries(include_aliases=True)[country]
    if subdivision is not None and subdivision not in parts:
        listed = f"it has {', '.join(parts)}" if parts else "it has none"
        raise FunctionProblem(
            f'"{subdivision}" is no subdivision of {country} with holidays of its own', listed
        )
    languages = library.country_holidays(country).supported_languages
    found = library.country_holidays(
        country,
        subdiv=subdivision,
        years=range(FIRST_YEAR, LAST_YEAR + 1),
        language=next((x for x in ("en_US", "en_GB", "en") if x in languages), None),
    )
    days = sorted((np.datetime64(day, "D").astype(np.int64), name) for day, name in found.items())
    days = [(day, name) for day, name in days if FIRST_DAY <= day <= LAST_DAY]
    weekend = np.array([day in found.weekend for day in range(7)])
    return Calendar(
        weekend, np.array([day for day, _ in days], dtype=np.int64), tuple(name for _, name in days), True
    )
