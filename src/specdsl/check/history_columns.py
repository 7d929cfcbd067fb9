"""The columns that keep a history.

The parent gets hidden ones: when its first version begins, the last moment at which one may begin, how many
there are, and, where versions last, how long each does. The versions get their number, when they begin and
end, and whether they are valid now. All of them are written here as a spec would write them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from specdsl.check.scopes import HistorySymbol
from specdsl.check.written_columns import in_parent, written
from specdsl.diagnostics.names import quoted
from specdsl.syntax import tree

_STRIDE = 8
_ONE = Decimal(1)
_DOCS = {
    "version": "The number of the version among those of its key, from 1.",
    "from": "When the version begins to be valid.",
    "to": "When it ends: the next one begins then. Null for one that goes on.",
    "is_current": "Whether it is valid now.",
}


def made_names(history: str) -> tuple[str, ...]:
    """The columns of a history that the files have."""
    return "version", f"{history}_from", f"{history}_to", "is_current"


def made_docs(history: str) -> dict[str, str]:
    """What each of them is about."""
    return dict(zip(made_names(history), _DOCS.values(), strict=True))


def declares(decl: tree.TableDecl, name: str) -> bool:
    """Whether the body has a column of that name."""
    return any(
        isinstance(m, tree.ColumnDecl) and any(n.text == name for n in m.targets) for m in decl.members
    )


def declared_key(decl: tree.TableDecl) -> tuple[str, ...]:
    """The columns of the key that a table says it has."""
    for member in decl.members:
        match member:
            case tree.KeyDecl(columns=columns):
                return tuple(n.text for n in columns)
            case tree.ColumnDecl(targets=targets, modifiers=modifiers):
                if any(isinstance(m, tree.KeyMark) for m in modifiers):
                    return tuple(n.text for n in targets)
    return ()


# --- of the parent -------------------------------------------------------------------------


def of_parent(history: HistorySymbol, reference: tree.ColumnDecl) -> list[tree.ColumnDecl]:
    """The hidden columns that the parent has for its versions."""
    decl, p, most = history.decl, history.prefix, history.most
    each = next(m for m in reference.modifiers if isinstance(m, tree.Each))
    parts: dict[str, tree.Expr] = {"START": in_parent(decl.start), "DRAWN": _drawn(each)}
    text = [f"`{p}: from` hidden = START", f"`{p}: start` timestamp hidden = `{p}: from`"]
    last = "now"
    if decl.until is not None:
        parts["UNTIL"] = in_parent(decl.until)
        text.append(f"`{p}: until` hidden = UNTIL")
        text.append(f"`{p}: end` timestamp? hidden = `{p}: until`")
        last = f"least(coalesce(`{p}: end` - {history.unit}us, now), now)"
    text += [f"`{p}: last` timestamp hidden = {last}", f"`{p}: drawn` hidden = DRAWN"]
    if decl.lasting is None:
        text += _room(p, history.unit)
    else:
        assert most is not None
        parts["LASTING"] = in_parent(decl.lasting)
        text += _lengths(p, most)
    members = written("\n".join(text), decl.name.span, parts)
    return [_placed(m, parts) for m in members if isinstance(m, tree.ColumnDecl)]


def _placed(column: tree.ColumnDecl, parts: Mapping[str, tree.Expr]) -> tree.ColumnDecl:
    """A column at the place of what was written for it, so that its mistakes are told there."""
    found = next((part for part in parts.values() if part is column.value), None)
    if found is None:
        return column
    name = column.targets[0]
    return replace(column, span=found.span, targets=(replace(name, span=found.span),))


def _drawn(each: tree.Each) -> tree.Expr:
    """How many versions `each` asks for, in the parent's own row."""
    match each.count:
        case None:
            return tree.Number(each.span, _ONE, is_int=True)
        case tree.Range(low=low, high=None, span=span):
            return tree.Range(span, in_parent(low) if low else None, each.maximum)
        case count:
            return in_parent(count)


def _room(p: str, unit: int) -> Iterator[str]:
    """As many versions as have time for a unit each."""
    room = f"floor((`{p}: last` - `{p}: start`) / {unit}us)"
    yield f"`{p}: room` int hidden = if `{p}: last` < `{p}: start` then 0 else {room}"
    yield f"`{p}: versions` int hidden = least(`{p}: drawn`, `{p}: room` + 1)"


def lasts(p: str, number: int) -> str:
    """The hidden column of how long a version is."""
    return f"{p}: lasts {number}"


def _lengths(p: str, most: int) -> Iterator[str]:
    """As many versions as begin in time, each as long after the other as is drawn."""
    before, base, terms = f"`{p}: start`", "1", ""
    for number in range(2, most + 1):
        yield f"{quoted(lasts(p, number - 1))} hidden = LASTING"
        yield f"`{p}: start {number}` timestamp hidden = {before} + {quoted(lasts(p, number - 1))}"
        before = f"`{p}: start {number}`"
        terms += f" + (if {before} <= `{p}: last` then 1 else 0)"
        if (number - 1) % _STRIDE == 0 or number == most:
            yield f"`{p}: fits {number}` int hidden = {base}{terms}"
            base, terms = f"`{p}: fits {number}`", ""
    yield f"`{p}: versions` int hidden = least(`{p}: drawn`, {base})"


# --- of the versions -----------------------------------------------------------------------


def counted(history: HistorySymbol, reference: tree.ColumnDecl) -> tree.ColumnDecl:
    """The reference, with as many rows as the parent has versions."""
    each = next(m for m in reference.modifiers if isinstance(m, tree.Each))
    name = tree.Name(each.span, f"{history.prefix}: versions")
    count = tree.Each(each.span, tree.CandidateRef(each.span, name), None)
    return replace(reference, modifiers=tuple(count if m is each else m for m in reference.modifiers))


def of_versions(history: HistorySymbol, own: Mapping[str, tree.ColumnDecl]) -> list[tree.ColumnDecl]:
    """The columns of the table of versions; those in ``own`` as the body declares them."""
    decl, p, most = history.decl, history.prefix, history.most
    ref = quoted(history.reference.targets[0].text)
    start, end = quoted(history.valid_from), quoted(history.valid_to)
    kind, as_kind = ("date", "date") if history.unit > 1 else ("timestamp", "")
    text = [f"version int = 1 + index_in({ref})"]
    if decl.lasting is None:
        text += _shares(history.name, ref)
        moves = f"floor(`{history.name}: part` * ({ref}.`{p}: room` - {ref}.`{p}: versions` + 2))"
        begins = f"{ref}.`{p}: start` + {history.unit}us * (index_in({ref}) + {moves})"
    else:
        assert most is not None
        cases = "".join(f"{n} => {ref}.`{p}: start {n}`, " for n in range(2, most + 1))
        first = f"{ref}.`{p}: start`"
        begins = first if most < 2 else f"match version {{ {cases}else => {first} }}"
    text.append(f"{start} {kind} = {as_kind}({begins})")
    ends = f"next({start}, per: {ref})"
    if decl.until is not None:
        ends = f"coalesce({ends}, {as_kind}({ref}.`{p}: end`))"
    text.append(f"{end} {kind}? = {ends}")
    text.append(f"is_current bool = {start} <= now and ({end} == null or {end} > now)")
    members = written("\n".join(text), decl.name.span, {})
    docs = made_docs(history.name)
    out = []
    for member in members:
        assert isinstance(member, tree.ColumnDecl)
        name = member.targets[0].text
        mine = own.get(name)
        column = replace(member, doc=docs.get(name, ""))
        if mine is not None:
            column = replace(
                mine,
                value=member.value,
                type=_optional(mine.type, member.type),
                doc=mine.doc or column.doc,
            )
        out.append(column)
    return out


def _optional(own: tree.TypeExpr | None, made: tree.TypeExpr | None) -> tree.TypeExpr | None:
    """The type that a column is declared with, null where the history needs that."""
    if own is None or made is None or not made.optional:
        return own or made
    return replace(own, optional=True)


def _shares(name: str, ref: str) -> Iterator[str]:
    """What part of the time there is has passed when a version begins: lengths of intervals are drawn, and
    share it out."""
    yield f"`{name}: length` float hidden = exponential(mean: 1.0)"
    yield f"`{name}: passed` float hidden = running(`{name}: length`, per: {ref})"
    before = f"previous(`{name}: passed`, 0.0, per: {ref})"
    yield f"`{name}: part` float hidden = coalesce({before} / last_in({ref}, `{name}: passed`), 0.0)"
