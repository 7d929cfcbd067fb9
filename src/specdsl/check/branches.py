"""Choices, ``if`` and ``match``: several values of which each row takes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from specdsl.check import finite
from specdsl.check.conversions import cast, coerce, common_type, unknown_member
from specdsl.check.nullness import where_not_true, where_true
from specdsl.check.operators import condition, literal_beside
from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.check.weights import shares
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree

Branch = Callable[[tree.Expr], ir.Expr]
"""Types one branch: ``scope.infer`` with a hint, or ``scope.check`` against a target."""


def choice(scope: Scope, node: tree.Choice, branch: Branch | None, *, exact: bool = False) -> ir.Expr:
    """``a 70% | b``. Without ``branch`` the arms are brought to a common type."""
    site = scope.sites.next(node.span)
    arms = [(f"`{_short(scope, a.value)}`", a.weight, a.span) for a in node.arms]
    parts = shares(scope.program, "this choice", arms, node.span)
    values = unified(scope, [a.value for a in node.arms], branch, "the arms of this choice")
    if values is None:
        return poison()
    nullable = any(v.nullable for v in values)
    drawn = tuple(ir.Arm(v, s) for v, s in zip(values, parts, strict=True))
    return ir.ChoiceDraw(values[0].type, nullable, site, drawn, exact)


def _short(scope: Scope, node: tree.Expr) -> str:
    text = " ".join(scope.text(node).split())
    return text if len(text) <= 40 else text[:37] + "..."


def unified(
    scope: Scope, nodes: Sequence[tree.Expr], branch: Branch | None, what: str, hint: t.DataType | None = None
) -> list[ir.Expr] | None:
    """The typed branches, all of one type; None where some is broken."""
    if branch is not None:
        checked = [branch(n) for n in nodes]
        if poisoned(*checked):
            return None
        same = all(v.type == checked[0].type for v in checked)
        return checked if same else brought_together(scope, checked, nodes, what)
    values: list[ir.Expr] = []
    shared: t.DataType = hint if hint is not None else t.NULL
    for node in nodes:
        values.append(scope.infer(node, shared if shared != t.NULL else None))
        if shared == t.NULL:
            shared = values[-1].type
    return None if poisoned(*values) else brought_together(scope, values, nodes, what)


def brought_together(
    scope: Scope, values: list[ir.Expr], nodes: Sequence[tree.Expr], what: str
) -> list[ir.Expr] | None:
    """Typed branches as one type; a diagnostic and None where they have none in common."""
    if not values:
        return []
    decimal = next((v.type for v in values if isinstance(v.type, t.Decimal)), None)
    if decimal is not None:
        values = [literal_beside(scope, v, n, decimal) for v, n in zip(values, nodes, strict=True)]
    found: t.DataType = t.NULL
    at = nodes[0]
    for value, node in zip(values, nodes, strict=True):
        both = common_type(found, value.type)
        if both is None:
            scope.report(
                types.BranchesDiffer(
                    span=node.span, what=what, first=str(found), second=str(value.type), first_span=at.span
                )
            )
            return None
        if found == t.NULL and both != t.NULL:
            at = node
        found = both
    return [cast(v, found) for v in values]


def conditional(scope: Scope, node: tree.If, branch: Branch | None) -> ir.Expr:
    """``if condition then a else b``."""
    test = condition(scope, node.condition, "the condition of `if`")
    outside, scope.facts = scope.facts, scope.facts | where_true(test)
    then = _branch(scope, node.then, branch, None)
    scope.facts = outside | where_not_true(test)
    otherwise = _branch(scope, node.otherwise, branch, then.type)
    scope.facts = outside
    if poisoned(test, then, otherwise):
        return poison()
    if then.type != otherwise.type:
        both = brought_together(scope, [then, otherwise], [node.then, node.otherwise], "the branches of `if`")
        if both is None:
            return poison()
        then, otherwise = both
    return ir.If(then.type, then.nullable or otherwise.nullable, test, then, otherwise)


def _branch(scope: Scope, node: tree.Expr, branch: Branch | None, hint: t.DataType | None) -> ir.Expr:
    return branch(node) if branch is not None else scope.infer(node, hint)


# --- match ---------------------------------------------------------------------------------

Pattern = tuple[ir.Physical | None, ...]


def match(scope: Scope, node: tree.Match, branch: Branch | None) -> ir.Expr:
    """``match subject { pattern => value }``: patterns are constants of the subject's type."""
    subject_nodes = node.subject.items if isinstance(node.subject, tree.TupleLiteral) else (node.subject,)
    subjects = [scope.infer(s) for s in subject_nodes]
    arms: list[tuple[Pattern, ...]] = []
    broken = poisoned(*subjects)
    seen: dict[Pattern, Span] = {}
    bodies: list[tree.Expr] = []
    otherwise: tree.MatchArm | None = None
    for arm in node.arms:
        if otherwise is not None:
            scope.report(
                types.UnreachableArm(
                    span=arm.span, what="this arm", first=otherwise.span, first_text="`else` takes the rest"
                )
            )
            continue
        if not arm.patterns:
            otherwise = arm
            continue
        values: list[Pattern] = []
        for pattern in arm.patterns:
            value = _pattern(scope, pattern, subjects)
            if value is None:
                broken = True
                continue
            covered = _covered_by(value, seen)
            if covered is not None:
                text = " ".join(scope.text(pattern).split())
                scope.report(
                    types.UnreachableArm(
                        span=pattern.span, what=f"`{text}`", first=covered, first_text="this arm takes it"
                    )
                )
            seen.setdefault(value, pattern.span)
            values.append(value)
        arms.append(tuple(values))
        bodies.append(arm.value)
    typed = unified(
        scope,
        [*bodies, *([otherwise.value] if otherwise is not None else [])],
        branch,
        "the arms of this `match`",
    )
    if otherwise is None and not broken and not arms:
        scope.report(types.MatchMisses(span=node.span, missing=(), corrected="`else => ...`"))
        broken = True
    if otherwise is None and not broken:
        broken = not _exhaustive(scope, node, subject_nodes, subjects, seen)
    if broken or not typed:
        return poison()
    rest = typed[-1] if otherwise is not None else None
    nullable = any(v.nullable for v in typed) or (rest is None and any(s.nullable for s in subjects))
    made = tuple(ir.MatchArm(v, e) for v, e in zip(arms, typed, strict=False))
    return ir.Match(typed[0].type, nullable, tuple(subjects), made, rest)


def _covered_by(value: Pattern, seen: dict[Pattern, Span]) -> Span | None:
    if value in seen:
        return seen[value]
    for earlier, span in seen.items():
        if None in earlier and all(e is None or e == v for e, v in zip(earlier, value, strict=True)):
            return span
    return None


def _pattern(scope: Scope, node: tree.Expr, subjects: Sequence[ir.Expr]) -> Pattern | None:
    parts = node.items if isinstance(node, tree.TupleLiteral) else (node,)
    if len(parts) != len(subjects):
        scope.report(
            types.TupleShape(
                span=node.span, what="the subject of this `match`", wanted=len(subjects), found=len(parts)
            )
        )
        return None
    out: list[ir.Physical | None] = []
    for part, subject in zip(parts, subjects, strict=True):
        if isinstance(part, tree.NameRef) and part.name.text == "_" and len(subjects) > 1:
            out.append(None)
            continue
        value = _constant(scope, part, subject.type)
        if value is None:
            return None
        out.append(value)
    return tuple(out)


def _constant(scope: Scope, node: tree.Expr, wanted: t.DataType) -> ir.Physical | None:
    if isinstance(node, tree.ErrorExpr):
        return None
    if isinstance(node, tree.Null):
        written = "`if subject == null then ... else match ...`"
        scope.report(types.BadPattern(span=node.span, why="cannot be null", remedy=f"ask before: {written}"))
        return None
    if isinstance(node, tree.NameRef):
        name = node.name.text
        if isinstance(wanted, t.Enum):
            if name in wanted.members:
                return wanted.members.index(name)
            scope.report(unknown_member(scope, name, wanted, node.span))
            return None
        if name == "_":
            remedy = f"write {scope.program.line_with(node.span, 'else')}"
            scope.report(types.BadPattern(span=node.span, why="cannot be `_`", remedy=remedy))
            return None
        if wanted == t.UNKNOWN:
            return None  # it may be a member of the type that is not known
        remedy = "a pattern is a constant; compare columns with `if`"
        if isinstance(wanted, t.String):
            remedy = (
                f"a text stands in quotes: {scope.program.line_with(node.span, chr(34) + name + chr(34))}"
            )
        scope.report(
            types.BadPattern(span=node.span, why=f"is a constant, and `{name}` is a name", remedy=remedy)
        )
        return None
    if isinstance(node, (tree.Range, tree.Choice, tree.Call, tree.Regex, tree.FString, tree.Binary)):
        scope.report(
            types.BadPattern(
                span=node.span,
                why="is a constant",
                remedy="list the constants, `1, 2, 3 => ...`, or use `if x in 1..3 then ... else ...`",
            )
        )
        return None
    value = scope.infer(node, wanted)
    if poisoned(value) or wanted == t.UNKNOWN:
        return None
    value = coerce(scope, literal_beside(scope, value, node, wanted), wanted, node.span)
    if not isinstance(value, ir.Const):
        if not poisoned(value):
            scope.report(types.BadPattern(span=node.span, why="is a constant", remedy="write it out"))
        return None
    return value.value


def _exhaustive(
    scope: Scope,
    node: tree.Match,
    subject_nodes: Sequence[tree.Expr],
    subjects: Sequence[ir.Expr],
    seen: dict[Pattern, Span],
) -> bool:
    """Whether the patterns cover every value of the subject; reports what they miss."""
    domains: list[list[ir.Physical]] = []
    for subject_node, subject in zip(subject_nodes, subjects, strict=True):
        values = finite.values(scope, subject_node, subject.type)
        if values is None:
            scope.report(types.MatchMisses(span=node.span, missing=(), corrected="`else => ...`"))
            return False
        domains.append(values)
    together = finite.tuples(scope, subject_nodes, subjects, domains)
    if together is None:
        scope.report(types.MatchMisses(span=node.span, missing=(), corrected="`else => ...`"))
        return False
    missing = [row for row in together if _covered_by(row, seen) is None]
    if not missing:
        return True
    shown = [finite.show(row, subjects) for row in missing]
    arms = f"`{', '.join(shown[:3])} => ...`" if len(shown) <= 3 else "`else => ...`"
    scope.report(types.MatchMisses(span=node.span, missing=tuple(shown), corrected=arms))
    return False
