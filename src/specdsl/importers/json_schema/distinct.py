"""Arrays whose items all differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.telling import Note
from specdsl.importers.model import Scalar, Sequence, Tuple

_RANGES = re.compile(r"(-?[\d_]+)(?:\.\.(-?[\d_]+))?(?: \| |$)")
_MOST_LISTED = 60
_WORDS = Scalar("string", "/[a-z]{3,12}/", 26**3)


def distinct_items(
    item: Lowered, low: int, high: int, pointer: str, narrowed: Callable[[str, Note], None]
) -> Lowered:
    """Lists of ``low`` to ``high`` different ``item``. Raises Refused where they cannot be drawn."""
    form = item.form
    if isinstance(form, Scalar) and form.value in ("words(1..3)", "words(1..2)", "word()"):
        form = replace(_WORDS, type=form.type)
    if isinstance(form, Scalar) and form.type == "json" and form.value == "any_json()":
        form = _WORDS
        item = replace(item, kind="string")
    if isinstance(form, Scalar) and form.type == "bool":
        form = Scalar("bool", form.value, 2 if "|" in form.value else 1)
    if isinstance(form, Scalar) and form.type == "int" and not form.distinct:
        form = _of_one_kind(form)
    if isinstance(form, Scalar) and form.distinct:
        if form.distinct < low:
            cause = f"{low} different items are asked for, and there are {form.distinct}"
            raise Refused(
                "nothing", f"{pointer}/minItems", cause, ((f"{pointer}/items", "all items are here"),)
            )
        if form.distinct >= 2:
            most = min(high, form.distinct)
            return Lowered(Sequence(form, low, most, distinct=True), "array")
    if low <= 1:
        narrowed(
            pointer, Note("at most 1 item", "items of this kind cannot be drawn distinct", "uniqueItems")
        )
        return Lowered(Sequence(form, low, 1), "array", size=item.size)
    kinds: dict[str, Lowered] = {}
    for one in item.alternatives:
        if one.kind != "mixed":
            kinds.setdefault("number" if one.kind == "integer" else one.kind, one)
    if len(kinds) >= low:
        narrowed(pointer, Note("one item of each type", "so they differ", "uniqueItems"))
        chosen = list(kinds.values())[: max(low, min(high, len(kinds)))]
        size = sum(one.size for one in chosen)
        return Lowered(Tuple(tuple(one.form for one in chosen)), "array", size=size)
    raise keyword(f"{pointer}/uniqueItems", "uniqueItems", "items of this kind cannot be drawn distinct")


def _of_one_kind(form: Scalar) -> Scalar:
    """A choice among ranges, of which no list of different items can be drawn, as a choice of their values
    or, where they are many, as the widest range."""
    if not re.fullmatch(f"(?:{_RANGES.pattern})+", form.value):
        return form
    ranges = [(int(m[1]), int(m[2] or m[1])) for m in _RANGES.finditer(form.value)]
    count = sum(high - low + 1 for low, high in ranges)
    if count <= _MOST_LISTED:
        values = [v for low, high in ranges for v in range(low, high + 1)]
        return Scalar("int", " | ".join(f"{v:_}" for v in values), count)
    low, high = max(ranges, key=lambda ends: ends[1] - ends[0])
    return Scalar("int", f"{low:_}..{high:_}", high - low + 1)
