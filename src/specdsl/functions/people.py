"""People: names, titles, jobs, addresses of mail and telephone, in the manner of the locale."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import given, stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation, Parameter
from specdsl.functions.lists import coded, joined, of_list, split_index
from specdsl.functions.templates import of_templates
from specdsl.functions.wordlists import entry, international, words
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array, Vector

_SEXES: Final = ("female", "male")
_FAMILY_FIRST: Final = ("hu", "ja", "ko", "zh")
_SEX: Final = Parameter(
    "sex",
    accepts.TEXT,
    'null for any, `"female"` or `"male"` (also `"f"` and `"m"`); may be a column of the row.',
    default=None,
)


# --- lists by sex --------------------------------------------------------------------------


def _by_sex(locale: str, name: str) -> tuple[tuple[str, ...], ...]:
    """The lists for any sex, female and male."""
    if isinstance(entry(locale, "person", name), (list, tuple)):
        every = words(locale, "person", name)
        return every, every, every
    parts = [words(locale, "person", name, sex) for sex in _SEXES]
    return tuple(dict.fromkeys(parts[0] + parts[1])), parts[0], parts[1]


@lru_cache(maxsize=32)
def _lists(locale: str, name: str) -> tuple[tuple[str, ...], ...]:
    return _by_sex(locale, name)


@lru_cache(maxsize=32)
def _stacked(lists: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], Int64Array, Int64Array]:
    """All three lists as one, with the start and the size of each."""
    sizes = np.array([len(x) for x in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return tuple(v for x in lists for v in x), starts, sizes


def _sex_codes(call: Invocation) -> int | Int64Array:
    """0 for any sex, 1 female, 2 male: for the call or for each row."""
    value = call.args.get("sex")
    if not isinstance(value, Vector):
        return _sex_code(str(value)) if value is not None else 0
    from specdsl.vectors import strings

    codes, values = strings.encode(value.data)
    of_value = np.array([_sex_code(v) for v in values.to_pylist()], dtype=np.int64)
    return of_value[codes] if len(of_value) else np.zeros(call.n, dtype=np.int64)


def _sex_code(value: str) -> int:
    return {"f": 1, "m": 2}.get(value.strip().lower()[:1], 0) if _known_sex(value) else 0


def _known_sex(value: str) -> bool:
    return value.strip().lower() in ("f", "m", "female", "male", "woman", "man", "w") or False


def draw_by_sex(call: Invocation, name: str, stream: Stream) -> Vector:
    """Entries of the locale's list ``name`` for each row's sex."""
    lists = _lists(call.locale, name)
    sex = _sex_codes(call)
    if isinstance(sex, int):
        return coded(lists[sex], stream.below(len(lists[sex])))
    values, starts, sizes = _stacked(lists)
    return coded(values, starts[sex] + stream.below(sizes[sex]))


def _size(args: Constants, name: str) -> int | None:
    locale = args.get(LOCALE)
    if not isinstance(locale, str) or "sex" not in args:
        return None
    sex = args["sex"]
    return len(_lists(locale, name)[0 if sex is None else _sex_code(str(sex))])


def _by_sex_function(name: str, key: str, summary: str, doc: str, note: str) -> Function:
    def at(call: Invocation, index: Int64Array) -> Vector:
        sex = _sex_codes(call)
        return coded(_lists(call.locale, key)[sex if isinstance(sex, int) else 0], index)

    return Function(
        name=name,
        family="people",
        summary=summary,
        doc=doc,
        result=t.STRING,
        kernel=lambda call: draw_by_sex(call, key, stream_of(call)),
        parameters=(_SEX,),
        examples=(Example(f"{name}()", "string", note), Example(f'{name}(sex: "female")', "string")),
        draws=True,
        domain=lambda args: _size(args, key),
        at=at,
    )


# --- whole names ---------------------------------------------------------------------------


def _ordered(locale: str, first: Any, last: Any) -> Vector:
    family_first = locale.startswith(_FAMILY_FIRST)
    gap = "" if locale.startswith(("ja", "ko", "zh")) else " "
    return Vector(t.STRING, joined([last, first] if family_first else [first, last], gap))


def _full_name(call: Invocation) -> Vector:
    stream = stream_of(call)
    first = draw_by_sex(call, "names", stream.substream("first"))
    last = draw_by_sex(call, "surnames", stream.substream("last"))
    return _ordered(call.locale, first.data, last.data)


def _full_name_domain(args: Constants) -> int | None:
    first, last = _size(args, "names"), _size(args, "surnames")
    return None if first is None or last is None else first * last


def _full_name_at(call: Invocation, index: Int64Array) -> Vector:
    sex = _sex_codes(call)
    code = sex if isinstance(sex, int) else 0
    lists = [_lists(call.locale, key)[code] for key in ("names", "surnames")]
    first, last = split_index(index, [len(x) for x in lists])
    return _ordered(call.locale, coded(lists[0], first).data, coded(lists[1], last).data)


# --- accounts ------------------------------------------------------------------------------

_LETTERS: Final = str.maketrans({
    "ß": "ss",
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
    "ı": "i", "ə": "e", "Ə": "e", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue",
})  # fmt: skip


@lru_cache(maxsize=1)
def _cyrillic() -> dict[int, str]:
    tables = [international("common", "ROMANIZATION_DICT"), {"": international("common", "COMMON_LETTERS")}]
    merged: dict[str, str] = {}
    for table in tables:
        for letters in table.values():
            merged.update({k: v for k, v in letters.items() if len(k) == 1})
    return {ord(k): v for k, v in merged.items()}


def handle(name: str) -> str:
    """``name`` as the part of an address: lower-case ASCII letters and digits, '' when none are left."""
    text = unicodedata.normalize("NFC", name).translate(_LETTERS)
    if not text.isascii():
        text = text.translate(_cyrillic())
    text = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in text if c.isascii() and c.isalnum())


@lru_cache(maxsize=1)
def _handles() -> tuple[str, ...]:
    """Words to stand for names that ASCII cannot write."""
    return tuple(
        dict.fromkeys(w for w in international("person", "USERNAMES") if w.isascii() and w.isalpha())
    )


def _handle_of(call: Invocation, name: str, list_name: str) -> Any:
    """The handle of the argument ``name``, or of a name drawn from ``list_name``."""
    from specdsl.vectors import strings

    stream = stream_of(call).substream(name)
    value = call.args.get(name)
    if value is None:
        value = draw_by_sex(call, list_name, stream)
    data = value.data if isinstance(value, Vector) else strings.constant(str(value), call.n)
    codes, values = strings.encode(data)
    made = [handle(v) for v in values.to_pylist()]
    if all(made):
        return strings.dictionary(codes, strings.from_python(made))
    spare = _handles()
    empty = np.array([not m for m in made])
    chosen = np.where(empty[codes], stream.below(len(spare), 1) + len(made), codes)
    return strings.dictionary(chosen, strings.from_python([*made, *spare]))


def _email(call: Invocation) -> Vector:
    from specdsl.vectors import strings

    first, last = _handle_of(call, "first", "names"), _handle_of(call, "last", "surnames")
    if given(call, "domain"):
        value = call.args["domain"]
        domain = value.data if isinstance(value, Vector) else strings.constant(str(value), call.n)
    else:
        index = stream_of(call).substream("domain").below(len(SAFE_DOMAINS))
        domain = coded(SAFE_DOMAINS, index).data
    local = joined([first, last], ".")
    return Vector(t.STRING, joined([local, domain], "@"))


SAFE_DOMAINS: Final = ("example.com", "example.org", "example.net")
"""Reserved by RFC 2606: mail to them reaches nobody."""

_STYLES: Final = 4


def _user_name(call: Invocation) -> Vector:
    from specdsl.vectors import strings

    stream = stream_of(call)
    first = draw_by_sex(call, "names", stream.substream("first"))
    last = draw_by_sex(call, "surnames", stream.substream("last"))
    inner = Invocation(
        call.n,
        call.rows,
        {"first": first, "last": last, "sex": None},
        t.STRING,
        call.locale,
        stream,
        call.row_count,
    )
    separator = strings.dictionary(stream.below(3, 1), strings.from_python(["", ".", "_"]))
    number = stream.below(1000, 2)
    digits = strings.dictionary(number, strings.from_python(_SUFFIXES))
    parts = [_handle_of(inner, "first", "names"), separator, _handle_of(inner, "last", "surnames"), digits]
    return Vector(t.STRING, joined(parts, ""))


_SUFFIXES: Final = tuple(
    "" if i < 300 else str(i % 100) if i < 700 else f"{1950 + i % 61}" for i in range(1000)
)


def _title(locale: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for sex in _SEXES for v in words(locale, "person", "title", sex, "typical")))


Words = Callable[[str], tuple[str, ...]]

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
        parameters=(_SEX,),
        examples=(Example("full_name()", "string", 'such as "Maria Okafor"'),),
        draws=True,
        domain=_full_name_domain,
        at=_full_name_at,
    ),
    of_list(
        "job", "people", "An occupation.", lambda locale: words(locale, "person", "occupation"), '"Archivist"'
    ),
    of_list("honorific", "people", "A form of address.", _title, '"Mrs." or "Sir"'),
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
        '"Florida Atlantic University (FAU)"',
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
        examples=(Example("user_name()", "string", 'such as "maria_okafor84"'),),
        draws=True,
        doc="Made of a given and a family name, with a number now and then. Not unique.",
    ),
    of_templates(
        "phone",
        "people",
        "A telephone number in the form of the locale's country.",
        lambda locale: words(locale, "person", "telephone_fmt"),
        '"+1-325-555-0142"',
        doc="Numbers are random digits in a real format: some may exist.",
    ),
)
