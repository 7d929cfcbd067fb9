"""People and businesses whose parts agree: names, sex, accounts, addresses of mail and telephone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import Example, Function, Invocation
from specdsl.functions.lists import coded
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.people import (
    SAFE_DOMAINS,
    SEX,
    account_of,
    draw_by_sex,
    handles_of,
    sex_codes,
    whole_name,
)
from specdsl.functions.phones import international
from specdsl.functions.romanization import handle
from specdsl.functions.wordlists import country_of, words
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Vector

_SEXES: Final = ("female", "male")


def _texts(*names: str) -> t.Struct:
    return t.Struct(tuple(t.Field(name, t.STRING) for name in names))


PERSON: Final = _texts("first", "last", "name", "sex", "user_name", "email", "phone", "job")
"""The type of ``person()``."""
BUSINESS: Final = _texts("name", "domain", "email", "url", "phone", "catch_phrase")
"""The type of ``business()``."""


# --- people --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Person:
    """The parts of people, each made when it is first asked for."""

    call: Invocation
    stream: Stream

    @cached_property
    def _sex_number(self) -> Any:
        """What is given, read as one of the two; drawn where nothing is: places in ``_SEXES``, int64 (n,)."""
        drawn = self.stream.substream("sex").below(2)
        given = np.asarray(sex_codes(self.call))
        return np.where(given > 0, given - 1, drawn)

    @cached_property
    def sex(self) -> Any:
        """As Arrow strings."""
        from specdsl.vectors import strings

        return strings.dictionary(self._sex_number, strings.from_python(_SEXES))

    @cached_property
    def _sexed(self) -> Invocation:
        return replace(self.call, args={**self.call.args, "sex": Vector(t.STRING, self.sex)})

    @cached_property
    def first(self) -> Any:
        return draw_by_sex(self._sexed, "names", self.stream.substream("first")).data

    @cached_property
    def last(self) -> Any:
        return draw_by_sex(self._sexed, "surnames", self.stream.substream("last")).data

    @cached_property
    def name(self) -> Any:
        return whole_name(self.call.locale, self.first, self.last).data

    @cached_property
    def _handles(self) -> tuple[Any, Any]:
        return (
            handles_of(self.first, self.stream.substream("first word"), self.call.locale, "first"),
            handles_of(self.last, self.stream.substream("last word"), self.call.locale, "last"),
        )

    @cached_property
    def user_name(self) -> Any:
        return account_of(*self._handles, self.stream.substream("user name"), self.call.n)

    @cached_property
    def email(self) -> Any:
        from specdsl.vectors import text

        index = self.stream.substream("domain").below(len(SAFE_DOMAINS))
        first, last = self._handles
        return text.join([first, b".", last, b"@", coded(SAFE_DOMAINS, index).data], self.call.n)

    @cached_property
    def phone(self) -> Any:
        return international(country_of(self.call.locale), self.stream.substream("phone"))

    @cached_property
    def job(self) -> Any:
        """Of `Arzt / Ärztin` the form that fits."""
        from specdsl.vectors import strings

        jobs = words(self.call.locale, "person", "occupation")
        forms = [job.split(" / ") for job in jobs]
        number = self.stream.substream("job").below(len(jobs))
        if all(len(form) == 1 for form in forms):
            return coded(jobs, number).data
        every = (*(form[-1] for form in forms), *(form[0] for form in forms))
        return strings.dictionary(number + self._sex_number * len(jobs), strings.from_python(every))


def _person(call: Invocation) -> Vector:
    """The fields of ``call.result``, which may be some of those of a person."""
    return _record(call, _Person(call, stream_of(call)))


def _record(call: Invocation, parts: object) -> Vector:
    assert isinstance(call.result, t.Struct)
    made = tuple(Vector(t.STRING, getattr(parts, f.name)) for f in call.result.fields)
    return Vector(call.result, made)


# --- businesses ----------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _domain_labels(locale: str) -> tuple[str, ...]:
    """What the companies of a locale are called in addresses: their names in ASCII, a number where ASCII
    cannot write them."""
    names = words(locale, "finance", "company", "name")
    made = (handle(name)[:40] for name in names)
    return tuple(label or f"company{i + 1}" for i, label in enumerate(made))


_MAILBOXES: Final = ("info", "contact", "sales", "hello", "office", "support")
_MANNERS: Final = (
    "affordable", "balanced", "customizable", "digital", "efficient", "flexible", "friendly", "green",
    "integrated", "local", "modern", "modular", "open", "personal", "proven", "reliable", "secure",
    "seamless", "simple", "sustainable", "tailored", "transparent", "trusted", "versatile",
)  # fmt: skip
_SCOPES: Final = (
    "around-the-clock", "client-driven", "cloud-based", "community", "cross-platform", "data-driven",
    "end-to-end", "everyday", "global", "high-volume", "mobile", "multi-channel", "next-day", "on-demand",
    "real-time", "regional", "scalable", "shared", "small-business", "zero-waste",
)  # fmt: skip
_OFFERS: Final = (
    "advice", "analytics", "billing", "catering", "consulting", "delivery", "design", "financing", "fleets",
    "insurance", "learning", "logistics", "maintenance", "marketing", "packaging", "payments", "planning",
    "recruiting", "repairs", "security", "solutions", "storage", "support", "travel",
)  # fmt: skip


@dataclass(frozen=True)
class _Business:
    """The parts of businesses, each made when it is first asked for."""

    call: Invocation
    stream: Stream

    @cached_property
    def _index(self) -> Any:
        return self.stream.below(len(words(self.call.locale, "finance", "company", "name")))

    @cached_property
    def name(self) -> Any:
        return coded(words(self.call.locale, "finance", "company", "name"), self._index).data

    @cached_property
    def domain(self) -> Any:
        from specdsl.vectors import text

        ends = coded(SAFE_DOMAINS, self.stream.substream("domain").below(len(SAFE_DOMAINS))).data
        return text.join([coded(_domain_labels(self.call.locale), self._index).data, b".", ends], self.call.n)

    @cached_property
    def email(self) -> Any:
        from specdsl.vectors import text

        box = coded(_MAILBOXES, self.stream.substream("mailbox").below(len(_MAILBOXES))).data
        return text.join([box, b"@", self.domain], self.call.n)

    @cached_property
    def url(self) -> Any:
        from specdsl.vectors import text

        return text.join([b"https://www.", self.domain, b"/"], self.call.n)

    @cached_property
    def phone(self) -> Any:
        return international(country_of(self.call.locale), self.stream.substream("phone"))

    @cached_property
    def catch_phrase(self) -> Any:
        return draw_catch_phrases(self.stream.substream("phrase"), self.call.n)


def draw_catch_phrases(stream: Stream, n: int) -> Any:
    """English slogans of three words, as Arrow strings."""
    from specdsl.vectors import text

    lists = (tuple(m.capitalize() for m in _MANNERS), _SCOPES, _OFFERS)
    first, second, third = (
        coded(values, stream.below(len(values), lane)).data for lane, values in enumerate(lists)
    )
    return text.join([first, b" ", second, b" ", third], n)


def _business(call: Invocation) -> Vector:
    """The fields of ``call.result``, which may be some of those of a business."""
    return _record(call, _Business(call, stream_of(call)))


FUNCTIONS: Final = (
    Function(
        name="person",
        family="people",
        summary="A person whose parts agree: the given name fits the sex, the accounts the name.",
        doc="Its fields are `first`, `last`, `name` (in the order of the locale), `sex` (`female` or "
        "`male`), `user_name`, `email`, `phone` and `job`. Columns drawn together take the fields of "
        "their names: `(first, last, sex, email) = person()`; under other names "
        "`(name as manager, email as manager_email) = person()`. Addresses are of letters of ASCII and lie "
        "on domains for examples. Two people of one name have one address.",
        result=PERSON,
        kernel=_person,
        parameters=(SEX, IN_LOCALE),
        examples=(
            Example("person().name", "string", 'such as "Maria Okafor"'),
            Example('person(sex: "female", locale: "it_IT").email', "string"),
        ),
        draws=True,
    ),
    Function(
        name="business",
        family="people",
        summary="A company whose parts agree: domain, address of mail and page follow from its name.",
        doc="Its fields are `name`, `domain`, `email`, `url`, `phone` and `catch_phrase` (English). Columns "
        "drawn together take the fields of their names: `(name, domain, email) = business()`.",
        result=BUSINESS,
        kernel=_business,
        parameters=(IN_LOCALE,),
        examples=(Example("business().domain", "string", 'such as "ariasmith.example.com"'),),
        draws=True,
    ),
)
