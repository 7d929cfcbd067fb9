"""What the texts of a column are, from what they look like and what the column is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from specdsl.ide.spelling import quoted_text

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
_LOOKS = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "email()"),
    (re.compile(r"https?://\S+"), "url()"),
    (re.compile(r"\d{1,3}(\.\d{1,3}){3}"), "ipv4()"),
    (re.compile(r"#[0-9a-fA-F]{6}"), "hex_color()"),
    (re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}"), "mac_address()"),
)
_CALLED = (
    (re.compile(r"(^|_)(first|given)_?name$"), "first_name()"),
    (re.compile(r"(^|_)(last|family|sur)_?name$"), "last_name()"),
    (re.compile(r"(^|_)(user|login|nick)_?name$|^(login|handle)$"), "user_name()"),
    (re.compile(r"^(company|employer|organi[sz]ation)(_?name)?$"), "company()"),
    (re.compile(r"^(product|item)_?(name|title)$"), "product_name()"),
    (re.compile(r"^((full|customer|contact|person|owner)_?)?name$|^(author|customer)$"), "full_name()"),
    (re.compile(r"(^|_)(city|town)$"), "city()"),
    (re.compile(r"(^|_)country$"), "country()"),
    (re.compile(r"(^|_)country_?code$"), "country_code()"),
    (re.compile(r"(^|_)(state|province|region)$"), "region()"),
    (re.compile(r"(^|_)(zip|zip_?code|post_?code|postal_?code)$"), "postcode()"),
    (re.compile(r"(^|_)(street|address)(_?(line)?_?1)?$"), "street_address()"),
    (re.compile(r"(^|_)(phone|mobile|telephone)(_?number)?$"), "phone()"),
    (re.compile(r"(^|_)(job|job_?title|occupation|profession)$"), "job()"),
    (re.compile(r"(^|_)currency(_?code)?$"), "currency_code()"),
    (re.compile(r"(^|_)colou?r$"), "color()"),
)
_LONGEST_CODE = 32
_LONG_TEXT = 120


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A type and a value that such texts are drawn by. ``certain``: the texts themselves tell; else it is a
    guess, and a few that repeat are better taken for what they are."""

    type: str
    value: str
    certain: bool = False


def text_column(name: str, values: Sequence[str]) -> TextColumn | None:
    """What the texts of a column are; None where nothing is known."""
    found = _temporal(values)
    if found is not None:
        return found
    if _all(_UUID, values):
        return TextColumn("uuid", "", certain=True)
    for pattern, value in _LOOKS:
        if _all(pattern, values):
            return TextColumn("string", value, certain=True)
    called = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    for pattern, value in _CALLED:
        if pattern.search(called):
            return TextColumn("string", value)
    code = _code(values)
    if code:
        return TextColumn("string", code)
    if not any(value.strip() for value in values):
        return TextColumn("string", quoted_text(values[0]))
    if any(len(value) > _LONG_TEXT for value in values):
        return TextColumn("string", "paragraph()")
    words = [len(value.split()) for value in values]
    if max(words) > 1:
        return TextColumn("string", f"sentence(words: {min(words) or 1}..{max(words)})")
    return None


def _all(pattern: re.Pattern[str], values: Sequence[str]) -> bool:
    return all(pattern.fullmatch(value) for value in values)


def _temporal(values: Sequence[str]) -> TextColumn | None:
    """Days, instants and times of day, between the first and the last that was seen."""
    kinds: tuple[tuple[re.Pattern[str], str, Callable[[str], str | None]], ...] = (
        (_DATE, "date", _day),
        (_MOMENT, "timestamp", _moment),
        (_TIME, "time", _clock),
    )
    for pattern, kind, read in kinds:
        if _all(pattern, values):
            read_values = [one for one in map(read, values) if one is not None]
            if len(read_values) < len(values):
                return None
            low, high = min(read_values), max(read_values)
            if low == high:
                low, high = _around(kind, low)
            return TextColumn(kind, f"{low} .. {high}", certain=True)
    return None


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _moment(text: str) -> str | None:
    try:
        found = datetime.fromisoformat(text)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _clock(text: str) -> str | None:
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _around(kind: str, only: str) -> tuple[str, str]:
    """Bounds around the one value that was seen: its year, its day."""
    if kind == "time":
        return "00:00:00", "23:59:59"
    year = only[:4]
    rest = ("-01-01", "-12-31") if kind == "date" else ("-01-01T00:00:00Z", "-12-31T23:59:59Z")
    return year + rest[0], year + rest[1]


def _code(values: Sequence[str]) -> str:
    """A pattern for texts that have digits, and the same kind of character in every place; "" for others."""
    shapes = {re.sub(r"[0-9]", "9", re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", value))) for value in values}
    if len(shapes) != 1:
        return ""
    (shape,) = shapes
    if "9" not in shape or not re.fullmatch(r"[A-Za-z0-9._:-]+", shape) or len(shape) > _LONGEST_CODE:
        return ""
    parts = []
    at = 0
    for run in re.finditer(r"A+|a+|9+|[._:-]", shape):
        written = {value[run.start() : run.end()] for value in values}
        first = run[0][0]
        if first in "._:-":
            parts.append("\\." if first == "." else first)
        elif first != "9" and len(written) == 1 and len(values) > 1:
            parts.append(written.pop())
        else:
            kind = {"A": "[A-Z]", "a": "[a-z]", "9": "[0-9]"}[first]
            size = run.end() - run.start()
            parts.append(kind if size == 1 else f"{kind}{{{size}}}")
        at = run.end()
    return f"/{''.join(parts)}/" if at == len(shape) else ""
