"""Expressions of SQL in the language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from specdsl.importers.emit import name_text, string_text
from specdsl.importers.sql.parsing import CannotSay, bare, require_known
from specdsl.importers.sql.shapes import Family, Shape

Shapes = Mapping[str, Shape]
"""The shape of each column, by its name in the spec."""

_COMPARE: Mapping[type[exp.Expression], str] = {
    exp.EQ: "==",
    exp.NEQ: "!=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_ARITHMETIC: Mapping[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Mod: "%"}
_CALLS: Mapping[type[exp.Expression], str] = {
    exp.Lower: "lower",
    exp.Upper: "upper",
    exp.Length: "length",
    exp.Abs: "abs",
    exp.Floor: "floor",
    exp.Ceil: "ceil",
    exp.Year: "year",
    exp.Month: "month",
    exp.Day: "day",
    exp.Sqrt: "sqrt",
}
_TRUTHS = (*_COMPARE, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between, exp.Boolean)
_NUMERIC = (Family.INT, Family.DECIMAL, Family.FLOAT)
_ANY_CASE = ("mysql", "sqlite", "tsql")  # dialects whose LIKE takes capitals and small letters for the same
_OWN_INTEGERS = ("postgres", "tsql", "sqlite")  # dialects where 7 / 2 is 3


def column_of(expr: exp.Expression, shapes: Shapes) -> str:
    """The name of the column that ``expr`` is, '' for none. Raises CannotSay for an unknown one."""
    expr = bare(expr)
    if not isinstance(expr, exp.Column) or isinstance(expr.this, exp.Star):
        return ""
    name = expr.name
    if name in shapes:
        return name
    found = next((n for n in shapes if n.casefold() == name.casefold()), None)
    if found is None:
        raise CannotSay
    return found


def constant(expr: exp.Expression) -> str | None:
    """The text of a constant number or string, None for anything else."""
    expr = bare(expr)
    if isinstance(expr, exp.Literal):
        return str(expr.this)
    if isinstance(expr, exp.Neg) and isinstance(expr.this, exp.Literal) and not expr.this.is_string:
        return f"-{expr.this.this}"
    return None


def literal(text: str, shape: Shape | None, *, quoted: bool) -> str:
    """A constant in the language, as values of ``shape`` are written. Raises CannotSay."""
    family = shape.family if shape is not None else Family.STRING if quoted else Family.FLOAT
    if family in _NUMERIC or (not quoted and family is not Family.STRING and family is not Family.BOOL):
        if not re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text.strip()):
            raise CannotSay
        plain = text.strip().rstrip(".")
        return re.sub(r"^(-?)\.", r"\g<1>0.", plain)
    if family is Family.BOOL:
        known = {
            "1": "true",
            "t": "true",
            "true": "true",
            "y": "true",
            "0": "false",
            "f": "false",
            "false": "false",
            "n": "false",
        }
        if text.casefold() not in known:
            raise CannotSay
        return known[text.casefold()]
    if family is Family.DATE and (found := re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[ T]00:00(?::00)?.*)?", text)):
        return found[1]
    if family is Family.TIMESTAMP:
        found = re.fullmatch(
            r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(?:\.0+)?)?(?:Z|[+-]00(?::?00)?)?", text
        )
        if found is None:
            raise CannotSay
        return f"{found[1]}T{found[2] or '00:00'}{found[3] or ':00'}Z"
    if family is Family.TIME and (found := re.fullmatch(r"(\d\d:\d\d)(:\d\d)?(?:\.0+)?", text)):
        return found[1] + (found[2] or "")
    if family in (Family.STRING, Family.ENUM):
        return string_text(text)
    raise CannotSay


class Saying:
    """Says expressions over the columns of one table. ``dialect`` is sqlglot's name."""

    def __init__(self, shapes: Shapes, dialect: str) -> None:
        self._shapes = shapes
        self._dialect = dialect

    def say(self, expr: exp.Expression) -> str:
        """The expression in the language. Raises CannotSay."""
        require_known(expr)
        return self._say(expr, None)

    def shape(self, expr: exp.Expression) -> Shape | None:
        """The shape of the values, where it is plain to see."""
        expr = bare(expr)
        if name := column_of(expr, self._shapes):
            return self._shapes[name]
        if isinstance(expr, exp.Literal) and not expr.is_string:
            return Shape(Family.INT if re.fullmatch(r"\d+", expr.this) else Family.DECIMAL)
        if isinstance(expr, (exp.Add, exp.Sub, exp.Mul, exp.Mod)):
            a, b = self.shape(expr.this), self.shape(expr.expression)
            return a if a is not None and b is not None and b.family is Family.INT else b
        if isinstance(expr, (exp.Coalesce, exp.Abs)):
            return self.shape(expr.this)
        return Shape(Family.INT) if isinstance(expr, (exp.Length, exp.Year, exp.Month, exp.Day)) else None

    def _say(self, expr: exp.Expression, like: Shape | None) -> str:
        """``like``: the shape of what it is compared or put together with."""
        expr = bare(expr)
        if name := column_of(expr, self._shapes):
            return name_text(name)
        text = constant(expr)
        if text is not None:
            return literal(
                text, like, quoted=isinstance(bare(expr), exp.Literal) and bare(expr).args["is_string"]
            )
        kind = type(expr)
        if kind in _COMPARE:
            a, b = self._pair(expr.this, expr.expression)
            return f"{a} {_COMPARE[kind]} {b}"
        if kind in _ARITHMETIC:
            a, b = self._pair(expr.this, expr.expression)
            return f"{a} {_ARITHMETIC[kind]} {b}"
        if kind in _CALLS:
            return f"{_CALLS[kind]}({self._say(expr.this, None)})"
        own = _KINDS.get(kind)
        if own is None:
            raise CannotSay
        return own(self, expr)

    def _pair(self, left: exp.Expression, right: exp.Expression) -> tuple[str, str]:
        return self._operand(left, self.shape(right)), self._operand(right, self.shape(left))

    def _operand(self, expr: exp.Expression, like: Shape | None) -> str:
        text = self._say(expr, like)
        return (
            f"({text})"
            if isinstance(bare(expr), (exp.Binary, exp.Case, exp.Not, exp.Between, exp.In, exp.If))
            else text
        )

    def _divide(self, expr: exp.Expression) -> str:
        a, b = self._pair(expr.this, expr.expression)
        whole = all(
            s is not None and s.family is Family.INT
            for s in (self.shape(expr.this), self.shape(expr.expression))
        )
        return f"{a} {'//' if whole and self._dialect in _OWN_INTEGERS else '/'} {b}"

    def _logic(self, expr: exp.Expression) -> str:
        word = "and" if isinstance(expr, exp.And) else "or"
        return f"{self._operand(expr.this, None)} {word} {self._operand(expr.expression, None)}"

    def _not(self, expr: exp.Expression) -> str:
        inner = bare(expr.this)
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return f"{self._operand(inner.this, None)} != null"
        return f"not ({self._say(inner, None)})"

    def _is(self, expr: exp.Expression) -> str:
        """Whether something is null, or a truth that null is not."""
        if isinstance(expr.expression, exp.Null):
            return f"{self._operand(expr.this, None)} == null"
        if not isinstance(expr.expression, exp.Boolean) or not self._is_truth(expr.this):
            raise CannotSay
        said = self._say(expr.this, None)
        return f"coalesce({said}, false)" if expr.expression.this else f"not coalesce({said}, true)"

    def _is_truth(self, expr: exp.Expression) -> bool:
        shape = self.shape(expr)
        return shape.family is Family.BOOL if shape is not None else isinstance(bare(expr), _TRUTHS)

    def _in(self, expr: exp.Expression) -> str:
        items = expr.expressions
        if not items:
            raise CannotSay
        shape = self.shape(expr.this)
        return f"{self._operand(expr.this, None)} in [{', '.join(self._say(i, shape) for i in items)}]"

    def _between(self, expr: exp.Expression) -> str:
        shape = self.shape(expr.this)
        low, high = (self._operand(expr.args[e], shape) for e in ("low", "high"))
        value = self._operand(expr.this, None)
        return f"{value} >= {low} and {value} <= {high}"

    def _case(self, expr: exp.Expression) -> str:
        other = expr.args.get("default")
        text = self._say(other, None) if other is not None else "null"
        for arm in reversed(expr.args["ifs"]):
            condition = (
                exp.EQ(this=expr.this.copy(), expression=arm.this) if expr.this is not None else arm.this
            )
            text = f"if {self._say(condition, None)} then {self._say(arm.args['true'], None)} else {text}"
        return text

    def _several(self, word: str, expr: exp.Expression) -> str:
        items = [expr.this, *expr.expressions] if expr.this is not None else expr.expressions
        shape = next((s for s in map(self.shape, items) if s is not None), None)
        return f"{word}({', '.join(self._say(i, shape) for i in items)})"

    def _joined(self, expr: exp.Expression) -> str:
        items = [expr.this, expr.expression] if isinstance(expr, exp.DPipe) else expr.expressions
        return f"concat({', '.join(self._text(i) for i in items)})"

    def _text(self, expr: exp.Expression) -> str:
        """An operand of a concatenation, as text."""
        shape = self.shape(expr)
        said = self._say(expr, Shape(Family.STRING))
        return f'f"{{{said}}}"' if shape is not None and shape.family is Family.INT else said

    def _round(self, expr: exp.Expression) -> str:
        digits = expr.args.get("decimals")
        more = f", {self._say(digits, None)}" if digits is not None else ""
        return f"round({self._say(expr.this, None)}{more})"

    def _boolean(self, expr: exp.Expression) -> str:
        return "true" if expr.args["this"] else "false"

    def _like(self, expr: exp.Expression) -> str:
        pattern = constant(expr.expression)
        found = re.fullmatch(r"(%?)([^%_\\]+)(%?)", pattern or "")
        if found is None or not (found[1] or found[3]):
            raise CannotSay
        word = "contains" if found[1] and found[3] else "ends_with" if found[1] else "starts_with"
        said, text = self._say(expr.this, None), found[2]
        if isinstance(expr, exp.ILike) or self._dialect in _ANY_CASE:
            said, text = f"lower({said})", text.lower()
        return f"{word}({said}, {string_text(text)})"

    def _extract(self, expr: exp.Expression) -> str:
        part = str(expr.this).casefold()
        if part not in ("year", "month", "day", "hour", "minute"):
            raise CannotSay
        return f"{part}({self._say(expr.expression, None)})"


_KINDS: Mapping[type[exp.Expression], Callable[[Saying, exp.Expression], str]] = {
    exp.And: Saying._logic,
    exp.Or: Saying._logic,
    exp.Not: Saying._not,
    exp.Is: Saying._is,
    exp.In: Saying._in,
    exp.Between: Saying._between,
    exp.Case: Saying._case,
    exp.Div: Saying._divide,
    exp.Coalesce: lambda s, e: s._several("coalesce", e),
    exp.Greatest: lambda s, e: s._several("greatest", e),
    exp.Least: lambda s, e: s._several("least", e),
    exp.DPipe: Saying._joined,
    exp.Concat: Saying._joined,
    exp.Round: Saying._round,
    exp.Boolean: Saying._boolean,
    exp.Null: lambda s, e: "null",
    exp.Like: Saying._like,
    exp.ILike: Saying._like,
    exp.Extract: Saying._extract,
    exp.Trim: lambda s, e: f"trim({s._say(e.this, None)})",
    exp.Neg: lambda s, e: f"-{s._operand(e.this, None)}",
}
