"""Programs of the builder, generated: what they make is parsed to what was meant, and laid out for good."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

import specdsl
from specdsl import builder as b
from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax import tree
from specdsl.syntax.grammar import load_grammar
from specdsl.syntax.parser import parse

WORDS = sorted(load_grammar().words)
# A table, a type or an enum cannot be called as a type of the language is.
TYPES = {
    "bool",
    "bytes",
    "date",
    "decimal",
    "float",
    "int",
    "json",
    "list",
    "string",
    "struct",
    "time",
    "uuid",
}
TEXTS = st.text(
    st.characters(exclude_characters="`", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8
)
NAMES = st.one_of(
    st.sampled_from(WORDS),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True),
    TEXTS.filter(lambda text: text.strip() != ""),
).filter(lambda name: name not in TYPES)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.dates(dt.date(1, 1, 1)),
    st.datetimes(),
    st.times(),
    st.timedeltas(dt.timedelta(days=-99_999), dt.timedelta(days=99_999)),
)


def shape(node: object) -> object:
    """A tree without its spans."""
    if isinstance(node, tree.Node):
        fields = [name for name in type(node).__dataclass_fields__ if not name.endswith("span")]
        return type(node).__name__, *(shape(getattr(node, name)) for name in fields)
    return tuple(map(shape, node)) if isinstance(node, tuple) else node


def value_of(text: str) -> object:
    result = parse(SourceFile("x", f"table t {{\n  c = {text}\n}}"))
    assert not result.diagnostics, (text, [d.message() for d in result.diagnostics])
    (table,) = result.tree.items
    assert isinstance(table, tree.TableDecl)
    (member,) = table.members
    assert isinstance(member, tree.ColumnDecl) and not member.modifiers
    return shape(member.value)


def expressions() -> st.SearchStrategy[tuple[b.Expr, str]]:
    """Expressions, and the same with every part in parentheses: what is meant."""

    def binary(inner: st.SearchStrategy[tuple[b.Expr, str]]) -> st.SearchStrategy[tuple[b.Expr, str]]:
        operators = {
            "+": lambda x, y: x + y,
            "-": lambda x, y: x - y,
            "*": lambda x, y: x * y,
            "/": lambda x, y: x / y,
            "//": lambda x, y: x // y,
            "%": lambda x, y: x % y,
            "==": lambda x, y: x == y,
            "<": lambda x, y: x < y,
            ">=": lambda x, y: x >= y,
            "and": lambda x, y: x & y,
            "or": lambda x, y: x | y,
            "in": lambda x, y: x.is_in(y),
            "not in": lambda x, y: x.is_not_in(y),
            "..": b.between,
            "|": b.choice,
        }
        return st.tuples(st.sampled_from(sorted(operators)), inner, inner).map(
            lambda p: (operators[p[0]](p[1][0], p[2][0]), f"(({p[1][1]}) {p[0]} ({p[2][1]}))")
        )

    def other(inner: st.SearchStrategy[tuple[b.Expr, str]]) -> st.SearchStrategy[tuple[b.Expr, str]]:
        return st.one_of(
            inner.map(lambda p: (-p[0], f"(-({p[1]}))")),
            inner.map(lambda p: (~p[0], f"(not ({p[1]}))")),
            inner.map(lambda p: (p[0]["field"], f"(({p[1]}).field)")),
            st.tuples(inner, inner).map(
                lambda p: (b.fn.f(p[0][0], key_=p[1][0]), f"f(({p[0][1]}), key_: ({p[1][1]}))")
            ),
            st.tuples(inner, inner).map(
                lambda p: (b.choice(b.Arm(p[0][0], 30), p[1][0]), f"(({p[0][1]}) 30% | ({p[1][1]}))")
            ),
            st.tuples(inner, inner, inner).map(
                lambda p: (
                    b.when(p[0][0], p[1][0], p[2][0]),
                    f"(if ({p[0][1]}) then ({p[1][1]}) else ({p[2][1]}))",
                )
            ),
            st.tuples(inner, inner, inner).map(
                lambda p: (
                    b.match(p[0][0], (1, p[1][0]), otherwise=p[2][0]),
                    f"(match ({p[0][1]}) {{ 1 => ({p[1][1]}), else => ({p[2][1]}) }})",
                )
            ),
            st.tuples(inner, inner).map(lambda p: (b.lit([p[0][0], p[1][0]]), f"[({p[0][1]}), ({p[1][1]})]")),
        )

    leaves = st.sampled_from(
        [(b.name(n), n) for n in ("x", "y", "row")] + [(b.lit(n), str(n)) for n in (1, -2)]
    )
    nothing = st.just((b.null, "null"))
    return st.recursive(
        st.one_of(leaves, nothing), lambda inner: st.one_of(binary(inner), other(inner)), max_leaves=8
    )


@settings(max_examples=120, deadline=None)
@given(expressions())
def test_expressions_mean_what_their_parts_do(made: tuple[b.Expr, str]) -> None:
    expression, meant = made
    assert value_of(str(expression)) == value_of(meant)


@settings(max_examples=120, deadline=None)
@given(VALUES)
def test_values_come_back(value: object) -> None:
    found = parse(SourceFile("x", f"table t {{\n  c = {b.lit(value)}\n}}"))
    assert not found.diagnostics, str(b.lit(value))
    (table,) = found.tree.items
    assert isinstance(table, tree.TableDecl) and isinstance(table.members[0], tree.ColumnDecl)
    node = table.members[0].value
    sign = 1
    if isinstance(node, tree.Unary):
        node, sign = node.operand, -1
    match node:
        case tree.Null():
            assert value is None
        case tree.Bool(value=read) | tree.String(value=read):
            assert read == value
        case tree.Date(value=read):
            assert type(value) is dt.date and read == value
        case tree.Number(value=number):
            assert isinstance(value, int | float | Decimal)
            assert (float(number) * sign == value) if isinstance(value, float) else number * sign == value
        case tree.Timestamp(micros=micros):
            assert isinstance(value, dt.datetime)
            assert dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=micros) == value  # noqa: DTZ001
        case tree.Time(micros=micros):
            assert isinstance(value, dt.time)
            assert (dt.datetime(1, 1, 1) + dt.timedelta(microseconds=micros)).time() == value  # noqa: DTZ001
        case tree.Duration(micros=micros):
            assert dt.timedelta(microseconds=micros * sign) == value
        case _:
            raise AssertionError(node)


@st.composite
def programs(draw: st.DrawFn) -> b.Dataset:
    """Datasets of a few tables with every kind of column, all of them right."""
    names = iter(draw(st.lists(NAMES, min_size=40, max_size=40, unique_by=lambda n: n.casefold().strip())))
    out = b.Dataset(
        next(names), seed=draw(st.integers(0, 99)), doc=draw(st.sampled_from(["", "One.\n\nTwo."]))
    )
    kind = out.enum(next(names), ["a", "b c", "key"][: draw(st.integers(1, 3))])
    amount = out.type(next(names), "decimal(9, 2)", within=(0, draw(st.sampled_from([10, 99_999]))))
    tables: list[tuple[b.Table, str]] = []
    for _ in range(draw(st.integers(1, 3))):
        table = out.table(
            next(names), draw(st.integers(1, 9_999)), doc=draw(st.sampled_from(["", "# of it"]))
        )
        key = next(names)
        table.column(key, "int", key=True)
        parents = [*tables, (table, key)]
        for what in draw(st.lists(st.integers(0, 7), max_size=5)):
            name = next(names)
            match what:
                case 0:
                    table.column(name, kind, null=draw(st.sampled_from([None, 5, 12.5])))
                case 1:
                    table.column(
                        name, amount, value=draw(st.sampled_from([b.between(1.0, 5.0), b.choice(1, 2)]))
                    )
                case 2:
                    table.column(name, "string", value=b.f("{}-{:03d}", b.choice("x", "{"), table[key]))
                case 3:
                    parent, parent_key = draw(st.sampled_from(parents))
                    where = b.candidate[parent_key] >= 0
                    table.reference(
                        name, parent, nullable=True, null=10, where=draw(st.sampled_from([None, where]))
                    )
                case 4:
                    table.column(name, "int", within=(None, 10**6), value=table[key] % 7 + b.row * 2)
                case 5:
                    table.column(name, b.list_of("string", (0, 2)), hidden=True, value=b.choice("p", "q"))
                case 6:
                    table.column(name, "bool", value=(table[key] > 5) & ~(table[key] == 7))
                    table.check(name, table[name] | (table[key] >= 0))
                case _:
                    cases = ((3, "low"), (b.either(4, 5), "mid"))
                    table.column(name, "string", value=b.match(table[key], *cases, otherwise="high"))
        tables.append((table, key))
    return out


@settings(max_examples=15, deadline=None)
@given(programs())
def test_programs_compile_and_are_laid_out(made: b.Dataset) -> None:
    text = made.to_dgen()
    assert specdsl.format(text) == text
    assert made.to_dgen() == text
    found = compile_source(SourceFile("spec.dgen", text), LocalFiles())
    errors = [d for d in found.diagnostics if d.severity is Severity.ERROR]
    assert not errors, text + "\n" + "\n".join(d.message() for d in errors)
