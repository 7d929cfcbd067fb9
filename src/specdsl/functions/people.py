"""People: names, titles, jobs, addresses of mail and telephone, in the manner of the locale."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import given, stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation, Parameter
from specdsl.functions.lists import coded, joined, of_list, split_index
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.mapping import strings_of
from specdsl.functions.romanization import handle, region_names
from specdsl.functions.wordlists import canonical_locale, entry, words
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array, Vector

_SEXES: Final = ("female", "male")
_SEX_CODES: Final = {"f": 1, "female": 1, "woman": 1, "m": 2, "male": 2, "man": 2}
_FAMILY_FIRST: Final = ("hu", "ja", "ko", "zh")


def _refuses_sex(text: str) -> tuple[str, str] | None:
    if text.strip().lower() in _SEX_CODES:
        return None
    if canonical_locale(text) is not None:
        return "it is a locale", f'write `locale: "{text}"`'
    return 'names are for "female" and "male"', "leave it out for names of both"


SEX: Final = Parameter(
    "sex",
    accepts.TEXT,
    'null for any, `"female"` or `"male"` (also `"f"` and `"m"`); a column of the row, too, in which any '
    "other text stands for either.",
    default=None,
    refuses=_refuses_sex,
)


# --- lists by sex --------------------------------------------------------------------------


@lru_cache(maxsize=64)
def lists_by_sex(locale: str, name: str) -> tuple[tuple[str, ...], ...]:
    """The lists for any sex, female and male."""
    if name == "title":
        parts = [words(locale, "person", name, sex, "typical") for sex in _SEXES]
        return tuple(dict.fromkeys(parts[0] + parts[1])), parts[0], parts[1]
    if isinstance(entry(locale, "person", name), (list, tuple)):
        every = _names(words(locale, "person", name))
        return every, every, every
    parts = [_names(words(locale, "person", name, sex)) for sex in _SEXES]
    return tuple(dict.fromkeys(parts[0] + parts[1])), parts[0], parts[1]


def _names(values: tuple[str, ...]) -> tuple[str, ...]:
    """Names without their variants: `Jer\u00f3nimo/Ger\u00f3nimo` is the first of the two."""
    firsts = (re.split(r"\s*[/,]", value)[0] for value in values)
    return tuple(dict.fromkeys(v for v in firsts if v))


@lru_cache(maxsize=32)
def _stacked(lists: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], Int64Array, Int64Array]:
    """All three lists as one, with the start and the size of each."""
    sizes = np.array([len(x) for x in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return tuple(v for x in lists for v in x), starts, sizes


def sex_codes(call: Invocation) -> int | Int64Array:
    """0 for any sex, 1 female, 2 male: for the call or for each row."""
    value = call.args.get("sex")
    if not isinstance(value, Vector):
        return _sex_code(str(value)) if value is not None else 0
    from specdsl.vectors import strings

    codes, values = strings.encode(value.data)
    of_value = np.array([_sex_code(v) for v in values.to_pylist()], dtype=np.int64)
    return of_value[codes] if len(of_value) else np.zeros(call.n, dtype=np.int64)


def _sex_code(value: str) -> int:
    return _SEX_CODES.get(value.strip().lower(), 0)


def draw_by_sex(call: Invocation, name: str, stream: Stream) -> Vector:
    """Entries of the locale's list ``name`` for each row's sex."""
    lists = lists_by_sex(call.locale, name)
    sex = sex_codes(call)
    if isinstance(sex, int):
        return coded(lists[sex], stream.below(len(lists[sex])))
    values, starts, sizes = _stacked(lists)
    return coded(values, starts[sex] + stream.below(sizes[sex]))


def _size(args: Constants, name: str) -> int | None:
    locale = args.get(LOCALE)
    if not isinstance(locale, str) or "sex" not in args:
        return None
    sex = args["sex"]
    return len(lists_by_sex(locale, name)[0 if sex is None else _sex_code(str(sex))])


def _by_sex_function(name: str, key: str, summary: str, doc: str, note: str) -> Function:
    def at(call: Invocation, index: Int64Array) -> Vector:
        sex = sex_codes(call)
        return coded(lists_by_sex(call.locale, key)[sex if isinstance(sex, int) else 0], index)

    return Function(
        name=name,
        family="people",
        summary=summary,
        doc=doc,
        result=t.STRING,
        kernel=lambda call: draw_by_sex(call, key, stream_of(call)),
        parameters=(SEX, IN_LOCALE),
        examples=(Example(f"{name}()", "string", note), Example(f'{name}(sex: "female")', "string")),
        draws=True,
        domain=lambda args: _size(args, key),
        at=at,
    )


# --- whole names ---------------------------------------------------------------------------


def whole_name(locale: str, first: Any, last: Any) -> Vector:
    """Given and family names in the order of the locale."""
    parts = [last, first] if locale.startswith(_FAMILY_FIRST) else [first, last]
    return Vector(t.STRING, joined(parts, _gap(locale)))


def _gap(locale: str) -> str:
    return "" if locale.startswith(("ja", "ko", "zh")) else " "


def _with_sex(call: Invocation) -> Invocation:
    """The call with a sex drawn for each row, where none is given and family names have a form for each."""
    from specdsl.vectors import strings

    family = lists_by_sex(call.locale, "surnames")
    if call.args.get("sex") is not None or family[1] == family[2]:
        return call
    drawn = strings.dictionary(stream_of(call).substream("sex").below(2), strings.from_python(_SEXES))
    return replace(call, args={**call.args, "sex": Vector(t.STRING, drawn)})


def draw_names(call: Invocation) -> tuple[Any, Any]:
    """A given and a family name that fit each other, as Arrow strings."""
    call, stream = _with_sex(call), stream_of(call)
    return (
        draw_by_sex(call, "names", stream.substream("first")).data,
        draw_by_sex(call, "surnames", stream.substream("last")).data,
    )


def _full_name(call: Invocation) -> Vector:
    return whole_name(call.locale, *draw_names(call))


def _name_lists(locale: str, sex: str | None) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The pairs of lists that whole names are made of: one, or one for each sex."""
    first, last = lists_by_sex(locale, "names"), lists_by_sex(locale, "surnames")
    if sex is not None:
        code = _sex_code(sex)
        return [(first[code], last[code])]
    return [(first[0], last[0])] if last[1] == last[2] else [(first[1], last[1]), (first[2], last[2])]


def _full_name_domain(args: Constants) -> int | None:
    """None where two pairs of names could read the same: `Ana María` + `Gil`, `Ana` + `María Gil`."""
    locale, sex = args.get(LOCALE), args.get("sex", 0)
    if not isinstance(locale, str) or not (sex is None or isinstance(sex, str)) or not _gap(locale):
        return None
    pairs = _name_lists(locale, sex)
    if len(pairs) > 1 or any(
        any(" " in n for n in first) and any(" " in n for n in last) for first, last in pairs
    ):
        return None
    return sum(len(first) * len(last) for first, last in pairs)


def _full_name_at(call: Invocation, index: Int64Array) -> Vector:
    sex = call.args.get("sex")
    ((firsts, lasts),) = _name_lists(call.locale, sex if isinstance(sex, str) else None)
    first, last = split_index(index, [len(firsts), len(lasts)])
    return whole_name(call.locale, coded(firsts, first).data, coded(lasts, last).data)


# --- accounts ------------------------------------------------------------------------------


def handles_of(data: Any, stream: Stream, locale: str, part: str) -> Any:
    """The handles of names (Arrow strings); a usual name of the locale's region where ASCII cannot write the
    name. ``part`` is "first" or "last"."""
    from specdsl.vectors import strings

    codes, values = strings.encode(data)
    made = [handle(v) for v in values.to_pylist()]
    if all(made):
        return strings.dictionary(codes, strings.from_python(made))
    spare = region_names(locale, part)
    empty = np.array([not m for m in made])
    chosen = np.where(empty[codes], stream.below(len(spare)) + len(made), codes)
    return strings.dictionary(chosen, strings.from_python([*made, *spare]))


def _handle_pair(call: Invocation) -> tuple[Any, Any]:
    """Handles of the arguments `first` and `last`, or of names drawn in their place."""
    stream = stream_of(call)
    first, last = draw_names(call)
    if given(call, "first"):
        first = strings_of(call, "first")
    if given(call, "last"):
        last = strings_of(call, "last")
    return (
        handles_of(first, stream.substream("first word"), call.locale, "first"),
        handles_of(last, stream.substream("last word"), call.locale, "last"),
    )


def _email(call: Invocation) -> Vector:
    if call.args.get("domain") is not None:
        domain = strings_of(call, "domain")
    else:
        index = stream_of(call).substream("domain").below(len(SAFE_DOMAINS))
        domain = coded(SAFE_DOMAINS, index).data
    from specdsl.vectors import text

    first, last = _handle_pair(call)
    return Vector(t.STRING, text.join([first, b".", last, b"@", domain], call.n))


SAFE_DOMAINS: Final = ("example.com", "example.org", "example.net")
"""Reserved by RFC 2606: mail to them reaches nobody."""


def _user_name(call: Invocation) -> Vector:
    return Vector(t.STRING, account_of(*_handle_pair(call), stream_of(call), call.n))


def account_of(first: Any, last: Any, stream: Stream, n: int) -> Any:
    """Names of accounts made of two handles, with a separator and a number now and then; Arrow strings."""
    from specdsl.vectors import text

    separator = coded(("", ".", "_"), stream.below(3, 1)).data
    number = coded(_SUFFIXES, stream.below(len(_SUFFIXES), 2)).data
    return text.join([first, separator, last, number], n)


_SUFFIXES: Final = tuple(
    "" if i < 300 else str(i % 100) if i < 700 else f"{1950 + i % 61}" for i in range(1000)
)


FUNCTIONS: Final = (
    _by_sex_function(
        "first_name",
        "names",
        "A given name usual in the locale.",
        "Give `sex` a column to make names agree with it: `first_name(sex: sex)`.",
        'such as "Maria" or "Noah"',
    ),
    _by_sex_function(
        "last_name",
        "surnames",
        "A family name usual in the locale.",
        "`sex` matters where family names have a form for each, as in Russian or Czech.",
        'such as "Okafor" or "Smith"',
    ),
    Function(
        name="full_name",
        family="people",
        summary="A given and a family name, in the order of the locale.",
        doc="Where you need the parts as well, make them columns and the name of them: "
        '`name string = f"{first} {last}"`.',
        result=t.STRING,
        kernel=_full_name,
        parameters=(SEX, IN_LOCALE),
        examples=(Example("full_name()", "string", 'such as "Maria Okafor"'),),
        draws=True,
        domain=_full_name_domain,
        at=_full_name_at,
    ),
    of_list(
        "job", "people", "An occupation.", lambda locale: words(locale, "person", "occupation"), '"Archivist"'
    ),
    _by_sex_function(
        "honorific",
        "title",
        "A form of address.",
        "`sex` makes it agree with a column of the row.",
        'such as "Mrs." or "Sir"',
    ),
    of_list(
        "nationality",
        "people",
        "A nationality, in the locale's language.",
        lambda locale: words(locale, "person", "nationality"),
        '"Belgian"',
    ),
    of_list(
        "university",
        "people",
        "A university of the locale's country.",
        lambda locale: words(locale, "person", "university"),
        '"Florida Atlantic University"',
    ),
    of_list(
        "spoken_language",
        "people",
        "The name of a language, in the locale's language.",
        lambda locale: words(locale, "person", "language"),
        '"Korean"',
    ),
    Function(
        name="email",
        family="people",
        summary="An e-mail address made of a first and a last name.",
        doc="Without arguments the names are drawn; `email(first, last)` fits the row's columns. Letters "
        "beyond ASCII are "
        "written the usual way (`Jürgen` becomes `juergen`). The domains are reserved for examples, so "
        "that no mail "
        "is ever delivered. Two people of one name get one address: where it must be `unique`, put the "
        "row in, "
        '`f"{lower(first)}{row}@example.com"`.',
        result=t.STRING,
        kernel=_email,
        parameters=(
            Parameter("first", accepts.TEXT, "The given name; null to draw one.", default=None),
            Parameter("last", accepts.TEXT, "The family name; null to draw one.", default=None),
            Parameter(
                "domain", accepts.TEXT, "The domain; null for one of example.com, .org, .net.", default=None
            ),
            IN_LOCALE,
        ),
        examples=(
            Example("email()", "string"),
            Example('email("Jürgen", "Groß", domain: "example.de")', "string", "juergen.gross@example.de"),
        ),
        draws=True,
    ),
    Function(
        name="user_name",
        family="people",
        summary="A name for an account: letters, digits, `.` and `_`.",
        result=t.STRING,
        kernel=_user_name,
        parameters=(
            Parameter("first", accepts.TEXT, "The given name; null to draw one.", default=None),
            Parameter("last", accepts.TEXT, "The family name; null to draw one.", default=None),
            IN_LOCALE,
        ),
        examples=(
            Example("user_name()", "string", 'such as "maria_okafor84"'),
            Example('user_name("Jürgen", "Groß")', "string", 'such as "juergen.gross"'),
        ),
        draws=True,
        doc="Made of a given and a family name, with a number now and then: `user_name(first, last)` fits "
        "the row's columns. Not unique.",
    ),
)
