"""What a string of a schema is drawn from."""

from __future__ import annotations

import re

from specdsl.importers.emit import string_text
from specdsl.importers.json_schema.conjunction import Merged
from specdsl.importers.json_schema.format_examples import EXAMPLES
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.json_schema.telling import Note, by_name
from specdsl.importers.model import Scalar
from specdsl.importers.patterns import as_python, candidates, drawable, literal, spread
from specdsl.importers.propernames import instant_by_name, is_birth, string_by_name
from specdsl.randomness.regex_syntax import RegexProblem

_TRIED = 64  # samples of a pattern that are held against the schema
_KEPT = 20  # of them as a choice, where not all satisfy it
_LONG = 1_000
_PLAIN = 60  # what a few words or a name never exceed
_WORDS = ((_PLAIN, "words(1..3)"), (40, "words(1..2)"), (20, "word()"))  # and the most characters

_INSTANTS = "2020-01-01T00:00:00Z .. 2024-12-31T23:59:59Z"
_BIRTHS = "1950-01-01 .. 2005-12-31"
_FORMATS: dict[str, tuple[str, str, int, int]] = {
    # the column's type, what it is drawn from, the least and the most characters
    "date-time": ("timestamp", _INSTANTS, 20, 27),
    "date": ("date", "2020-01-01 .. 2024-12-31", 10, 10),
    "time": ("string", "/([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z/", 9, 9),
    "duration": ("string", "/P[1-9][0-9]?DT[1-9]H/", 6, 7),
    "email": ("string", "email()", 14, _PLAIN),
    "idn-email": ("string", "email()", 14, _PLAIN),
    "uuid": ("uuid", "uuid4()", 36, 36),
    "uri": ("string", "url()", 20, 200),
    "url": ("string", "url()", 20, 200),
    "uri-reference": ("string", "url()", 20, 200),
    "iri": ("string", "url()", 20, 200),
    "iri-reference": ("string", "url()", 20, 200),
    "hostname": ("string", "hostname()", 12, _PLAIN),
    "idn-hostname": ("string", "hostname()", 12, _PLAIN),
    "host-name": ("string", "hostname()", 12, _PLAIN),
    "ipv4": ("string", "ipv4()", 7, 15),
    "ip-address": ("string", "ipv4()", 7, 15),
    "ipv6": ("string", "ipv6()", 39, 39),
    "uri-template": ("string", "/https:\\/\\/example\\.com\\/[a-z]{3,9}\\/\\{id\\}/", 28, 34),
    "json-pointer": ("string", "/(\\/[a-z]{2,8}){1,3}/", 3, 27),
    "relative-json-pointer": ("string", "/[0-9](\\/[a-z]{2,8}){1,3}/", 4, 28),
    "regex": ("string", "/\\^\\[a-z\\]\\{[1-4],[5-9]\\}\\$/", 12, 12),
    "color": ("string", "/#[0-9a-f]{6}/", 7, 7),
}
_ENCODINGS = {
    # what it is drawn from, the least and the most characters
    "base64": ("/([A-Za-z0-9+\\/]{4}){2,8}/", 8, 32),
    "base64url": ("/([A-Za-z0-9_-]{4}){2,8}/", 8, 32),
    "base32": ("/([A-Z2-7]{8}){1,4}/", 8, 32),
    "base16": ("/([0-9A-F]{2}){4,16}/", 8, 32),
}
_DOCUMENTS = """"{}" | "[1, 2, 3]" | "{\\"id\\": 7}" | "{\\"ok\\": true}\""""
_PLAIN_TEXTS = Note("plain words", "the schema allows any characters", minor=True)
_OF_PATTERN = Note(
    "texts of a usual length, in usual characters",
    "what a pattern leaves open gets an end",
    "pattern",
    minor=True,
)
_DIGITS = drawable("[0-9]", 0, None)


class Strings:
    """Strings of one document."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def form(self, made: Merged, name: str) -> tuple[Scalar, tuple[Note, ...]]:
        """What to draw, and how it is less than what is valid. Raises Refused."""
        known = [f for f in made.formats if f in _FORMATS]
        if made.tried or made.patterns or len(set(known)) > 1:
            return self._tried(made, known)
        if known:
            return self._by_format(made, known, name)
        low, high = made.min_length, made.max_length
        if high == 0:
            return Scalar("string", '""'), ()
        content = _content(made)
        if content is not None and low <= content[1] and (high is None or high >= content[2]):
            note = Note("one form of what it encodes", "the language draws that one", "content", minor=True)
            distinct = 10**6 if content[0].startswith("/") else 4
            return Scalar(_bounded(low, high), content[0], distinct), (note,)
        moment = instant_by_name(name)
        if moment:
            kind, value, least, most = _FORMATS["date-time" if moment == "timestamp" else moment]
            if kind == "date" and is_birth(name):
                value = _BIRTHS
            if low <= least and (high is None or high >= most):
                return Scalar(kind, value, 500), (by_name(name, f"{kind}s, as ISO 8601 writes them"),)
        named = string_by_name(name)
        fitting = named.within(low, high) if named is not None else ""
        if fitting:
            return Scalar(_bounded(low, high), fitting), (by_name(name, "texts of its kind"),)
        plain = next((value for most, value in _WORDS if high is None or high >= most), "")
        if plain and low <= 1:
            return Scalar(_bounded(low, high), plain), (_PLAIN_TEXTS,)
        if low > _LONG:
            raise keyword(f"{made.pointer}/minLength", "minLength", f"texts have up to {_LONG} characters")
        most = min(high if high is not None else low + 12, max(low, 12))
        least = low or min(3, most)
        size = f"{{{least}}}" if least == most else f"{{{least},{most}}}"
        return Scalar(_bounded(low, high), f"/[a-z]{size}/", 26 ** max(low, min(3, most))), (_PLAIN_TEXTS,)

    def _by_format(self, made: Merged, known: list[str], name: str) -> tuple[Scalar, tuple[Note, ...]]:
        kind, value, least, most = _FORMATS[known[0]]
        if kind == "date" and is_birth(name):
            value = _BIRTHS
        if made.min_length > least or (made.max_length is not None and made.max_length < most):
            return self._tried(made, known)
        distinct = 10**6 if value.startswith("/") or kind in ("date", "timestamp") else 0
        note = Note("one of the forms of the format", "the language draws that one", "format", minor=True)
        return Scalar(kind, value, 1_000 if kind == "date" else min(distinct, 500)), (note,)

    def _tried(self, made: Merged, known: list[str]) -> tuple[Scalar, tuple[Note, ...]]:
        """One of the patterns where all its strings satisfy everything, as far as samples show; else a
        choice of those that do."""
        problem: RegexProblem | None = None
        some: list[str] = []
        for pattern, _ in made.patterns:
            for low, high in ((made.min_length, made.max_length), (0, None)):
                try:
                    found = drawable(pattern, low, high)
                    as_python(pattern)
                except RegexProblem as one:
                    problem = problem or one
                    continue
                samples = spread(found, _TRIED)
                good = [s for s in samples if self._resources.valid_for_all(made.parts, s)]
                if len(good) == len(samples) and low == made.min_length and not made.tried:
                    type_ = _bounded(made.min_length, made.max_length)
                    whole = len(made.patterns) == 1 and pattern in (
                        f"^{found.pattern}$",
                        f"^(?:{found.pattern})$",
                    )
                    size = min(found.size, 10**6) if found.distinct else 0
                    notes = () if whole else (_OF_PATTERN,)
                    return Scalar(type_, literal(found.pattern), size), notes
                some += good
        kept = self._fitting(made, [*some, *self._candidates(made, known)])
        if kept:
            why = "only texts that were held against all of its clauses one by one"
            note = Note(f"{len(kept)} texts" if len(kept) > 1 else "1 text", why)
            return Scalar("string", " | ".join(map(string_text, kept)), len(kept)), (note,)
        if not made.patterns:
            if known:
                cause = f"no text of the format `{known[0]}` satisfies its other clauses"
                raise keyword(made.at("format"), "format", cause)
            raise keyword(made.at("not"), "not", "no text was found that it does not exclude")
        pattern, where = made.patterns[0]
        cause = (
            problem.message if problem else "none of the strings that were tried satisfies the other clauses"
        )
        raise Refused("pattern", where, cause, pattern=pattern)

    def _candidates(self, made: Merged, known: list[str]) -> list[str]:
        found = [
            text
            for pattern, _ in made.patterns
            for text in candidates(pattern, made.min_length, made.max_length)
        ]
        found += [text for form in known for text in EXAMPLES.get(form, ())]
        low, high = made.min_length, made.max_length
        sizes = [low, low + 1, low + 3, high] if high is not None else [low, low + 1, low + 3, low + 8]
        for size in sizes:
            if size <= _LONG:
                found += ["q" * size, "value1"[:size].ljust(size, "x"), "7" * size, ("Ab9-" * size)[:size]]
        if not made.patterns and not known:
            found += [*spread(drawable("[a-z]{3,9}", low, high) if _fits(low, high) else _DIGITS, _TRIED)]
        return found

    def _fitting(self, made: Merged, texts: list[str]) -> list[str]:
        kept: list[str] = []
        for text in dict.fromkeys(texts):
            if self._resources.valid_for_all(made.parts, text):
                kept.append(text)
                if len(kept) == _KEPT:
                    break
        return kept


def _fits(low: int, high: int | None) -> bool:
    return low <= 3 and (high is None or high >= 9)


def _content(made: Merged) -> tuple[str, int, int] | None:
    """What texts are drawn from whose content the schema tells, with the least and the most characters."""
    encodings = [c.schema["contentEncoding"] for c in made.all_of("contentEncoding")]
    if not encodings and "byte" in made.formats:
        encodings = ["base64"]
    if encodings:
        return _ENCODINGS.get(str(encodings[0]).lower())
    media = [str(c.schema["contentMediaType"]) for c in made.all_of("contentMediaType")]
    is_json = bool(media) and re.fullmatch(r"application/(.*\+)?json(;.*)?", media[0].strip().lower())
    return (_DOCUMENTS, 2, 12) if is_json else None


def _bounded(low: int, high: int | None) -> str:
    bounds = ([f"min: {low}"] if low else []) + (
        [f"max: {high}"] if high is not None and high < 10**9 else []
    )
    return f"string({', '.join(bounds)})" if bounds else "string"
