"""What CHECKs say of single columns: bounds, members, lengths, patterns. The rest of them is handed back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from specdsl.importers.patterns import drawable
from specdsl.importers.patterns import literal as pattern_literal
from specdsl.importers.sql.expressions import Shapes, column_of, constant, literal
from specdsl.importers.sql.parsing import CannotSay, bare, require_known
from specdsl.importers.sql.shapes import Family, Shape
from specdsl.randomness.regex_syntax import RegexProblem

_FLIPPED: Mapping[type[exp.Expression], type[exp.Expression]] = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
}
_ORDERS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_NUMBERS = (Family.INT, Family.DECIMAL, Family.FLOAT)
_INSTANTS = (Family.DATE, Family.TIMESTAMP, Family.TIME)
_NOW = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentDatetime)
LAST_DAY = "2024-12-31"  # what stands for today in upper bounds: no database is older


@dataclass(frozen=True, slots=True)
class End:
    """An end of a range: a number, or an instant as the language writes it. ``open``: it is not part of
    it."""

    value: Decimal | str
    open: bool = False


@dataclass(slots=True)
class Facts:
    """What is certain about the values of a column. ``pattern`` is a literal of the
    language that so many ``strings`` match; ``case`` is
    ``lower`` or ``upper``, '' for any; ``equals``: the expression that it has to be."""

    low: End | None = None
    high: End | None = None
    members: list[str] | None = None
    pattern: str = ""
    strings: int = 0
    shortest: int = 0
    longest: int | None = None
    not_null: bool = False
    case: str = ""
    equals: exp.Expression | None = None

    def __bool__(self) -> bool:
        return self != Facts()


class Absorbing:
    """Takes conditions of one table apart."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = self.shapes = shapes
        self.facts: dict[str, Facts] = {name: Facts() for name in shapes}
        self._late = False
        self._likes: dict[str, str] = {}

    def absorb(self, expr: exp.Expression) -> list[exp.Expression]:
        """Note what ``expr`` says of single columns; what it says besides is returned."""
        expr = bare(expr)
        if isinstance(expr, exp.And):
            return self.absorb(expr.this) + self.absorb(expr.expression)
        if isinstance(expr, exp.Or):
            expr = _null_passes(expr)
        try:
            return [] if self._noted(expr) else [expr]
        except (CannotSay, RegexProblem, InvalidOperation):
            return [expr]

    def absorb_patterns(self, expr: exp.Expression) -> list[exp.Expression]:
        """The same of the patterns in what was handed back, when all lengths are known."""
        self._late = True
        return self.absorb(expr)

    def settle(self) -> None:
        """Take members away that other conditions of their column do not allow."""
        for name, facts in self.facts.items():
            if facts.members is not None:
                family = self._shapes[name].family
                facts.members = [m for m in facts.members if _allows(facts, m, family)]

    def _noted(self, expr: exp.Expression) -> bool:
        require_known(expr)
        if isinstance(expr, exp.Or):
            return self._either(expr)
        if isinstance(expr, exp.Not):
            inner = bare(expr.this)
            null = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
            name = column_of(inner.this, self._shapes) if null else ""
            if name:
                self.facts[name].not_null = True
            return name != ""
        if isinstance(expr, exp.Between):
            low = exp.GTE(this=expr.this, expression=expr.args["low"])
            high = exp.LTE(this=expr.this, expression=expr.args["high"])
            return self._noted(low) and self._noted(high)
        members = self._members(expr)
        if members is not None:
            name, found = members
            return self._keep_members(name, found)
        if isinstance(expr, (exp.Like, exp.ILike, exp.Glob, exp.SimilarTo, exp.RegexpLike, exp.RegexpILike)):
            return self._late and self._pattern(expr)
        if type(expr) in _FLIPPED:
            return self._compared(expr)
        return False

    def _either(self, expr: exp.Or) -> bool:
        """``a IS NULL OR ...`` (null passes anyway), or several values of one column."""
        sides = sides_of(expr)
        rest = [s for s in sides if not (isinstance(s, exp.Is) and isinstance(s.expression, exp.Null))]
        if len(rest) == len(sides) - 1 and len(rest) == 1:
            null = next(s for s in sides if s not in rest)
            name = column_of(null.this, self._shapes)
            spoken = {column_of(c, self._shapes) for c in rest[0].find_all(exp.Column)}
            return spoken == {name} and self._noted(rest[0])
        found = [self._members(side) for side in rest]
        if found and all(found):
            known = [one for one in found if one is not None]
            if len({name for name, _ in known}) == 1:
                return self._keep_members(known[0][0], [m for _, each in known for m in each])
        likes = all(isinstance(side, (exp.Like, exp.ILike)) for side in rest)
        names = {column_of(side.this, self._shapes) for side in rest} if likes and rest else set()
        return len(names) == 1 and self._noted(rest[0])  # one of the patterns is enough

    def _members(self, expr: exp.Expression) -> tuple[str, list[str]] | None:
        """The column and its values, of ``IN``, ``= ANY (ARRAY[...])`` and ``=``."""
        if isinstance(expr, exp.In) and expr.expressions:
            left, values = expr.this, expr.expressions
        elif isinstance(expr, exp.EQ):
            left, right = expr.this, bare(expr.expression)
            if isinstance(right, exp.Any):
                array = bare(right.this)
                values = array.expressions if isinstance(array, exp.Array) else []
            else:
                values = [right]
        else:
            return None
        name = column_of(left, self._shapes)
        if not name or not values:
            return None
        texts = []
        for value in values:
            text = constant(value)
            if text is None:
                return None
            said = literal(text, self._shapes[name], quoted=True)
            if _fits(text, self._shapes[name]):
                texts.append(said)
        return name, texts

    def _keep_members(self, name: str, found: list[str]) -> bool:
        known = self.facts[name].members
        kept = list(dict.fromkeys(found if known is None else [m for m in known if m in found]))
        self.facts[name].members = kept
        return bool(kept)

    # --- comparisons ---------------------------------------------------------------------------

    def _compared(self, expr: exp.Expression) -> bool:
        left, right, kind = bare(expr.this), bare(expr.expression), type(expr)
        if constant(left) is not None or isinstance(left, _NOW):
            left, right, kind = right, left, _FLIPPED[kind]
        if isinstance(left, exp.Length):
            return self._length(left, kind, constant(right))
        name = column_of(left.this if isinstance(left, exp.Trim) else left, self._shapes)
        if not name:
            return False
        text, facts, family = constant(right), self.facts[name], self._shapes[name].family
        if kind is exp.NEQ and text == "" and family is Family.STRING:
            facts.shortest = max(facts.shortest, 1)
            return True
        if isinstance(left, exp.Trim):
            return False
        if (
            kind is exp.EQ
            and isinstance(right, (exp.Lower, exp.Upper))
            and column_of(right.this, self._shapes) == name
        ):
            facts.case = "lower" if isinstance(right, exp.Lower) else "upper"
            return True
        if kind is exp.EQ and text is None and family in (*_NUMBERS, Family.STRING) and facts.equals is None:
            spoken = {column_of(c, self._shapes) for c in right.find_all(exp.Column)}
            if (
                spoken
                and name not in spoken
                and len(list(right.walk())) > 1
                and not isinstance(right, exp.Column)
            ):
                facts.equals = right
                return True
        if kind not in _ORDERS:
            return False
        if (
            isinstance(right, _NOW)
            and kind in (exp.LT, exp.LTE)
            and family in (Family.DATE, Family.TIMESTAMP)
        ):
            text = LAST_DAY
        if text is None:
            return False
        return self._bound(facts, kind, text, name)

    def _bound(self, facts: Facts, kind: type[exp.Expression], text: str, name: str) -> bool:
        shape = self._shapes[name]
        value: Decimal | str
        if shape.family in _NUMBERS:
            value = Decimal(text)
        elif shape.family in _INSTANTS:
            value = literal(text, shape, quoted=True)
        else:
            return False
        end = End(value, kind in (exp.GT, exp.LT))
        if kind in (exp.GT, exp.GTE):
            facts.low = tighter(facts.low, end, lowest=False)
        else:
            facts.high = tighter(facts.high, end, lowest=True)
        return True

    def _length(self, left: exp.Length, kind: type[exp.Expression], text: str | None) -> bool:
        inner = bare(left.this)
        name = column_of(inner.this if isinstance(inner, exp.Trim) else inner, self._shapes)
        if not name or text is None or not text.isdigit():
            return False
        facts, size = self.facts[name], int(text)
        if kind in (exp.GT, exp.GTE, exp.EQ):
            facts.shortest = max(facts.shortest, size + (kind is exp.GT))
        if kind in (exp.LT, exp.LTE, exp.EQ):
            facts.longest = min(size - (kind is exp.LT), size if facts.longest is None else facts.longest)
        return kind is not exp.NEQ

    # --- patterns ------------------------------------------------------------------------------

    def _pattern(self, expr: exp.Expression) -> bool:
        name = column_of(expr.this, self._shapes)
        text = constant(expr.expression)
        if not name or text is None or self._shapes[name].family is not Family.STRING:
            return False
        facts = self.facts[name]
        like = isinstance(expr, (exp.Like, exp.ILike))
        if like and name in self._likes:
            text = _both(self._likes[name], text)
        elif facts.pattern or facts.members is not None:
            return False
        if facts.case and not (like and text == _in_case(text, facts.case)):
            return False
        ends = [e for e in (self._shapes[name].longest, facts.longest) if e is not None]
        longest = min(ends) if ends else None
        fixed = len(re.sub(r"[%*]|\[[^\]]*\]", "", text))
        room, needed = (longest or 40) - fixed, facts.shortest - fixed
        if like:
            pattern = _of_like(text, room, needed)
        elif isinstance(expr, exp.Glob):
            pattern = _of_glob(text, room, needed)
        elif isinstance(expr, exp.SimilarTo):
            pattern = text.replace("%", ".{0,8}").replace("_", ".")
        else:
            pattern = text
        if facts.case == "upper":
            pattern = pattern.replace("[a-z]", "[A-Z]").replace("[A-Za-z0-9]", "[A-Z0-9]")
        elif facts.case == "lower":
            pattern = pattern.replace("[A-Za-z0-9]", "[a-z0-9]")
        found = drawable(pattern, facts.shortest, longest)
        facts.pattern = pattern_literal(found.pattern)
        facts.strings = found.size
        if like:
            self._likes[name] = text
        return True


def sides_of(expr: exp.Expression) -> list[exp.Expression]:
    """The conditions that an OR joins."""
    if isinstance(expr, exp.Or):
        return sides_of(bare(expr.this)) + sides_of(bare(expr.expression))
    return [expr]


def _null_passes(expr: exp.Expression) -> exp.Expression:
    """``a IS NULL OR a < b`` as ``a < b``: a comparison with null is not false."""
    sides = sides_of(expr)
    nulls = [s for s in sides if isinstance(s, exp.Is) and isinstance(s.expression, exp.Null)]
    rest = [s for s in sides if s not in nulls]
    if len(rest) != 1 or not nulls or type(rest[0]) not in _FLIPPED:
        return expr
    spoken = {c.name for c in rest[0].find_all(exp.Column)}
    plain = rest[0].find(exp.Coalesce, exp.Case) is None
    columns = [bare(n.this) for n in nulls]
    return rest[0] if plain and all(isinstance(c, exp.Column) and c.name in spoken for c in columns) else expr


def _fits(text: str, shape: Shape) -> bool:
    """Whether the type has room for a constant."""
    if shape.family is Family.STRING:
        return shape.longest is None or len(text) <= shape.longest
    if shape.family is Family.INT:
        return shape.low <= Decimal(text) <= shape.high and Decimal(text) % 1 == 0
    return shape.family is not Family.ENUM or text in shape.members


def tighter(known: End | None, end: End, *, lowest: bool) -> End:
    """The end that allows less."""
    if known is None:
        return end
    if known.value == end.value:
        return End(end.value, known.open or end.open)
    less, more = (known, end) if known.value < end.value else (end, known)  # type: ignore[operator]
    return less if lowest else more


def _allows(facts: Facts, member: str, family: Family) -> bool:
    """Whether a literal is within the bounds and lengths of its column."""
    if family is Family.STRING:
        if facts.case and member != _in_case(member, facts.case):
            return False
        size = len(re.sub(r"\\(?:u\{\w+\}|.)", "x", member[1:-1]))
        return facts.shortest <= size and (facts.longest is None or size <= facts.longest)
    if family not in (*_NUMBERS, *_INSTANTS):
        return True
    end = End(Decimal(member) if family in _NUMBERS else member)
    return leaves(facts.low, end) and leaves(end, facts.high)


def _in_case(text: str, case: str) -> str:
    return text.lower() if case == "lower" else text.upper()


def leaves(low: End | None, high: End | None) -> bool:
    """Whether there may be a value between two ends."""
    if low is None or high is None:
        return True
    if low.value == high.value:
        return not (low.open or high.open)
    return low.value < high.value  # type: ignore[operator]


def _both(one: str, other: str) -> str:
    """A pattern of LIKE for what matches ``a%`` and ``%b``. Raises CannotSay for other patterns."""
    for first, last in ((one, other), (other, one)):
        if re.fullmatch(r"[^%_]+%", first) and re.fullmatch(r"%[^%_]+", last):
            return first + last[1:]
    raise CannotSay


def _of_like(text: str, room: int, needed: int) -> str:
    inner = text.strip("%")
    if (
        text.startswith("%")
        and text.endswith("%")
        and needed <= 0
        and len(inner) > 3
        and not set(inner) & set("%_\\")
    ):
        return re.escape(inner)
    signs = {"%": _some(room, needed, text.count("%")), "_": "[A-Za-z0-9]"}
    return "".join(signs.get(c) or re.escape(c) for c in text)


def _of_glob(text: str, room: int, needed: int) -> str:
    parts = re.findall(r"\[[^\]]+\]|.", text, re.DOTALL)
    signs = {"*": _some(room, needed, text.count("*")), "?": "[A-Za-z0-9]"}
    return "".join(signs.get(p) or (p if len(p) > 1 else re.escape(p)) for p in parts)


def _some(room: int, needed: int, count: int) -> str:
    """What stands for each of ``count`` wildcards, which take ``needed`` to ``room`` characters together."""
    each = max(0, min(6, room // max(count, 1)))
    least = -(-needed // max(count, 1))
    low, high = max(min(each, 2), least), max(each, least)
    return f"[a-z]{{{low}}}" if low == high else f"[a-z]{{{low},{high}}}"
