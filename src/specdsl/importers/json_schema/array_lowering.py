"""Arrays lowered: lists, tuples, items that all differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specdsl.importers.json_schema.arrays import Layout, layout
from specdsl.importers.json_schema.combining import constant, with_null
from specdsl.importers.json_schema.conjunction import Merged
from specdsl.importers.json_schema.declared import DeclaredTypes
from specdsl.importers.json_schema.distinct import distinct_items
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.places import DEEPEST, Trail
from specdsl.importers.json_schema.problems import Refused, keyword
from specdsl.importers.json_schema.resources import Part
from specdsl.importers.json_schema.telling import Note, Telling, by_name
from specdsl.importers.json_schema.texts import kinds_of
from specdsl.importers.model import Form, Scalar, Tuple
from specdsl.importers.model import Sequence as ListOf
from specdsl.importers.propernames import string_by_name

Lower = Callable[[tuple[Part, ...], str, Trail], Lowered]
"""What lowers the schemas that hold for one place, with the name of its member. Raises Refused."""


_MOST_ITEMS = 10_000  # in one array


class ArrayLowering:
    """The arrays of one run. ``place`` lowers what is inside them."""

    def __init__(self, telling: Telling, declared: DeclaredTypes, place: Lower) -> None:
        self._telling = telling
        self._declared = declared
        self._place = place

    def form(self, made: Merged, name: str, trail: Trail) -> Lowered:
        """Arrays that satisfy ``made``. Raises Refused."""
        if made.min_items > _MOST_ITEMS:
            where = made.where.get("min_items", f"{made.pointer}/minItems")
            raise keyword(where, "minItems", f"arrays have up to {_MOST_ITEMS:_} items")
        plan = layout(made)
        inner = name.removesuffix("s") if name.endswith("s") else name
        self._tell_size(plan, made)
        if plan.high == 0:
            return _empty_array()
        if plan.places:
            return self._tuple(plan, made, inner, trail)
        mark = self._telling.mark()
        try:
            item = self._item(plan.rest or (), inner, trail, wanted=plan.low > 0)
        except Refused as problem:
            if plan.low > 0:
                raise
            self._telling.undo(mark)
            self._telling.narrowed(made.pointer, Note("empty arrays alone", problem.cause, "items"))
            return _empty_array()
        if made.unique and plan.high > 1:
            return distinct_items(item, plan.low, plan.high, made.pointer, self._telling.narrowed)
        form = ListOf(self._nested(item.form, name), plan.low, plan.high)
        needs = item.needs if plan.low > 0 else frozenset[str]()
        return Lowered(form, "array", needs=needs, size=item.size)

    def _tell_size(self, plan: Layout, made: Merged) -> None:
        items = "1 item" if plan.high == 1 else f"{plan.high} items"
        if made.max_items is None:
            if plan.rest is not None:
                why = "the schema sets no limit"
                self._telling.narrowed(made.pointer, Note(f"at most {items}", why, minor=True))
        elif plan.high < made.max_items and plan.rest is not None:
            why = f"up to {made.max_items} are allowed; long arrays make rows that nobody reads"
            self._telling.narrowed(made.where.get("max_items", made.pointer), Note(f"at most {items}", why))
        if plan.low > made.min_items:
            fewest = "1 item" if plan.low == 1 else f"{plan.low} items"
            why = "items that the schema tells apart by place, or that it asks for, are always made"
            self._telling.narrowed(made.pointer, Note(f"at least {fewest}", why))

    def _tuple(self, plan: Layout, made: Merged, name: str, trail: Trail) -> Lowered:
        items = [self._item(parts, name, trail, wanted=True) for parts in plan.places]
        rest: ListOf | None = None
        room = max(plan.high - len(items), 0)
        if room and plan.rest is not None and not made.unique:
            mark = self._telling.mark()
            try:
                more = self._item(plan.rest, name, trail, wanted=plan.low > len(items))
                rest = ListOf(self._nested(more.form, name), max(plan.low - len(items), 0), room)
            except Refused as problem:
                self._telling.undo(mark)
                self._telling.narrowed(
                    made.pointer, Note(f"at most {len(items)} items", problem.cause, "items")
                )
        if rest is None and plan.low > len(items):
            if made.unique and plan.rest is not None:
                items += [
                    self._item(plan.rest, name, trail, wanted=True) for _ in range(plan.low - len(items))
                ]
            else:
                raise Refused("nothing", made.pointer, f"only {len(items)} items can be made")
        if made.unique:
            items = _apart(items, made.pointer)
            if len(items) > 1:
                why = "items that differ are made by giving each place values of its own"
                self._telling.narrowed(made.pointer, Note("different kinds of items by place", why))
        needs = frozenset(n for item in items for n in item.needs)
        size = sum(item.size for item in items)
        return Lowered(Tuple(tuple(item.form for item in items), rest), "array", needs=needs, size=size)

    def _nested(self, form: Form, name: str) -> Form:
        """Lists of lists draw by the type of the innermost items, as a value is drawn for one level."""
        if not isinstance(form, ListOf) or not isinstance(form.item, Scalar) or form.item.shared:
            return form
        if form.distinct and form.low > 1:
            raise keyword("", "uniqueItems", "lists in lists cannot be drawn distinct")
        most = max(form.low, 1) if form.distinct else form.high
        return ListOf(self._declared.item(form.item, name), form.low, most)

    def _item(self, parts: tuple[Part, ...], name: str, trail: Trail, *, wanted: bool) -> Lowered:
        parts = tuple(p for p in parts if p.schema is not True or p.denied)
        if not parts:
            known = string_by_name(name)
            if known is None:
                return Lowered(Scalar("string", "word()"), "string")
            around = trail.places[-1].parts[0].pointer if trail.places else ""
            self._telling.narrowed(around, by_name(name, "texts of its kind alone"))
            return Lowered(Scalar("string", known.value), "string")
        if not wanted and trail.depth > DEEPEST:
            raise keyword(parts[0].pointer, "items", f"it is nested more than {DEEPEST} deep")
        return with_null(self._place(parts, name, trail))


def _empty_array() -> Lowered:
    return Lowered(Scalar("json", '"[]"'), "array", constants=([],))


def _apart(items: list[Lowered], pointer: str) -> list[Lowered]:
    """``items`` of an array whose items all differ: of different kinds, or with constants that others do
    not have."""
    if len(items) == 1:
        return items
    found: list[Lowered] = []
    for item in items:
        options = [*item.alternatives, item] if item.alternatives else [item]
        for option in options:
            if option.constants is not None:
                values = [v for v in option.constants if all(_differs(v, one) for one in found)]
                if values:
                    found.append(constant(values[:1], pointer))
                    break
            elif option.kind != "mixed" and all(option.kind != one.kind for one in found):
                found.append(option)
                break
        else:
            raise keyword(pointer, "uniqueItems", "items of these kinds cannot be drawn distinct")
    return found


def _differs(value: Any, other: Lowered) -> bool:
    if other.constants is None:
        return other.kind not in ("mixed", *kinds_of(value))
    return all(value != v or isinstance(value, bool) != isinstance(v, bool) for v in other.constants)
