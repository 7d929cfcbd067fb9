"""What holds for the items of an array: by place, for the rest, and for some of them."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.importers.json_schema.conjunction import Clause, Merged, branches
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part

MORE = 3  # how many items arrays have beyond the least, where the schema says nothing


@dataclass(frozen=True, slots=True)
class Contained:
    """Items of which there are ``low`` to ``high`` (None: any number)."""

    part: Part
    low: int
    high: int | None


@dataclass(slots=True)
class Layout:
    """``places``: what holds for the first items, one by one; ``rest``: for all after them, None where
    there are none; ``low`` and ``high``: how many items are made."""

    places: list[tuple[Part, ...]]
    rest: tuple[Part, ...] | None
    low: int
    high: int


def layout(made: Merged) -> Layout:
    """The layout of arrays that satisfy ``made``. Raises Refused where there are none."""
    prefixes = [_prefix(clause) for clause in made.clauses]
    length = max((len(p) for p in prefixes), default=0)
    rest = _rest(made, prefixes, length)
    contained = _contained(made)
    low = max(made.min_items, min(length, made.max_items if made.max_items is not None else length))
    low = max(low, sum(one.low for one in contained))
    if rest is None:
        if made.min_items > length:
            items = "1 item" if length == 1 else f"{length} items"
            cause = f"there may be {items}, and {made.min_items} at least are asked for"
            related = (
                (made.at("items", "additionalItems", "unevaluatedItems"), "no more items are allowed"),
            )
            raise Refused("nothing", made.where["min_items"], cause, related)
        low = min(low, length)
    high = low + MORE if made.max_items is None else min(made.max_items, low + MORE)
    if rest is None:
        high = min(high, length)
    if high < low:
        related = ((made.at("contains", "minItems", "prefixItems", "items"), "they are asked for here"),)
        cause = f"{low} items are asked for, and there may be {high}"
        raise Refused("nothing", made.where.get("max_items", made.pointer), cause, related)
    places = [_at(made, prefixes, at) for at in range(min(length, low))]
    while (
        places
        and any(p.schema is False and not p.denied for p in places[-1])
        and len(places) > made.min_items
    ):
        places.pop()
        rest, high = None, len(places)
        low = min(low, high)
    if rest is not None and any(p.schema is False and not p.denied for p in rest):
        rest = None
        if low > len(places):
            cause = f"{low} items are asked for, and there may be {len(places)}"
            related = ((made.at("items", "additionalItems", "prefixItems"), "no more items are allowed"),)
            raise Refused("nothing", made.where.get("min_items", made.pointer), cause, related)
        high = len(places)
    return _with_contained(Layout(places, rest, low, high), contained, made)


def _prefix(clause: Clause) -> list[Part]:
    for word in ("prefixItems", "items"):
        if isinstance(clause.schema.get(word), list):
            return branches(clause.part, word)
    return []


def _rest_of(clause: Clause, made: Merged) -> Part | None:
    """What ``clause`` says of all items after those that it names one by one."""
    schema = clause.schema
    word = "additionalItems" if isinstance(schema.get("items"), list) else "items"
    if word in schema and not isinstance(schema[word], list):
        return clause.below(word)
    if "unevaluatedItems" in schema:
        if _all_evaluated(made, clause):
            return None
        for other in made.all_of("contains"):
            if other.counts_for(clause) and schema["unevaluatedItems"] is False:
                return other.below("contains")  # such items are evaluated, others are not
        return clause.below("unevaluatedItems")
    return None


def _all_evaluated(made: Merged, outer: Clause) -> bool:
    for clause in made.clauses:
        if clause.part.key != outer.part.key and clause.counts_for(outer):
            if isinstance(clause.schema.get("items"), dict | bool) or "additionalItems" in clause.schema:
                return True
            if "unevaluatedItems" in clause.schema:
                return True
    return False


def _named_by(made: Merged, outer: Clause, prefixes: list[list[Part]]) -> int:
    """How many first items ``outer`` takes for evaluated."""
    found = 0
    for clause, prefix in zip(made.clauses, prefixes, strict=True):
        own = clause.part.key == outer.part.key
        if own or ("unevaluatedItems" in outer.schema and clause.counts_for(outer)):
            found = max(found, len(prefix))
    return found


def _at(made: Merged, prefixes: list[list[Part]], at: int) -> tuple[Part, ...]:
    found: list[Part] = []
    for clause, prefix in zip(made.clauses, prefixes, strict=True):
        if at < len(prefix):
            found.append(prefix[at])
        else:
            rest = _rest_of(clause, made)
            if rest is not None and at >= _named_by(made, clause, prefixes):
                found.append(rest)
    return tuple(found)


def _rest(made: Merged, prefixes: list[list[Part]], length: int) -> tuple[Part, ...] | None:
    found = _at(made, prefixes, length + 1_000_000)
    return None if any(part.schema is False and not part.denied for part in found) else found


def _contained(made: Merged) -> list[Contained]:
    found = []
    for clause in made.all_of("contains"):
        low = clause.schema.get("minContains", 1)
        found.append(Contained(clause.below("contains"), int(low), clause.schema.get("maxContains")))
    return found


def _with_contained(plan: Layout, contained: list[Contained], made: Merged) -> Layout:
    """``plan`` with items that ``contains`` asks for at the last of the places, and with as many as it
    allows."""
    wanted = sum(one.low for one in contained)
    limited = [one for one in contained if one.high is not None]
    if not wanted and not limited:
        return plan
    rest = plan.rest if plan.rest is not None else ()
    most = len(plan.places) if plan.rest is None else made.max_items
    total = max(len(plan.places), wanted, made.min_items) if wanted else len(plan.places)
    shared = most is not None and total > most
    if shared:  # then one item is what several ask for
        total = max(len(plan.places), made.min_items, *(one.low for one in contained))
        if most is not None and total > most:
            cause = "`contains` asks for more items than there may be"
            where = made.where.get("max_items", made.at("items", "additionalItems", "prefixItems"))
            raise Refused("nothing", made.at("contains"), cause, ((where, "the most items are here"),))
    plan.places += [rest] * (total - len(plan.places))
    free = list(range(len(plan.places)))
    taken: dict[int, list[Part]] = {at: [] for at in free}
    end = len(free)
    for one in contained:
        for at in free[max(end - one.low, 0) : end]:
            taken[at].append(one.part)
        end -= 0 if shared else one.low
    for at in free:
        plan.places[at] = (*plan.places[at], *taken[at])
        for one in limited:
            if one.part not in taken[at]:
                plan.places[at] = (*plan.places[at], one.part.opposite())
    if plan.rest is not None:
        plan.rest = (*plan.rest, *(one.part.opposite() for one in limited))
    plan.low = max(plan.low, len(plan.places))
    plan.high = max(plan.high, plan.low)
    return plan
