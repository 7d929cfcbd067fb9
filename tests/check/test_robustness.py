"""The checker raises on no tree: mutated examples, arbitrary trees, large programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdsl.check.program import check_program
from specdsl.compiler import Overrides
from specdsl.diagnostics.model import DiagnosticBag, Severity
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.parser import parse
from tests.examples import VARIED
from tests.language.memory import MemoryFiles, compiled

EXAMPLES = VARIED
TEXTS = [p.read_text("utf-8") for p in EXAMPLES]
DATA = {"plans.csv": "name,price,weight\nfree,0,70\npro,20,30\n"}
AT = Span("main.dgen", 0, 0)


ERRORS = (tree.ErrorExpr, tree.ErrorItem, tree.ErrorMember)


def parts(node: Any) -> Iterator[Any]:
    """Every node of a tree."""
    if isinstance(node, tuple):
        for item in node:
            yield from parts(item)
    elif isinstance(node, tree.Node):
        yield node
        for field in fields(node):
            yield from parts(getattr(node, field.name))


def checked(file: tree.File) -> None:
    """Check a tree, and read every diagnostic."""
    bag = DiagnosticBag()
    files = MemoryFiles(DATA)
    dataset, _ = check_program(file, {}, files, Overrides(), bag, {"main.dgen": SourceFile("main.dgen", "")})
    if not bag.has_errors and not any(isinstance(m, ERRORS) for m in parts(file)):
        assert dataset is not None
        assert len(dataset.tables) == sum(isinstance(i, tree.TableDecl) for i in file.items)
    for d in bag:
        assert d.message()
        d.label(), d.labels(), d.notes(), d.help(), d.fix()


def compile_and_read(text: str) -> None:
    compilation = compiled(text, DATA)
    errors = [d for d in compilation.diagnostics if d.severity is Severity.ERROR]
    assert (compilation.dataset is None) == bool(errors)
    for d in compilation.diagnostics:
        assert d.message()
        d.label(), d.labels(), d.notes(), d.help(), d.fix()
        source = compilation.sources[d.span.file].text
        assert 0 <= d.span.start <= d.span.end <= len(source)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_examples_are_right(path: Path) -> None:
    compilation = compiled(path.read_text("utf-8").replace("month", "month"), DATA)
    errors = [d.message() for d in compilation.diagnostics if d.severity is Severity.ERROR]
    assert not [e for e in errors if "DuckDB" not in e]  # there is no DuckDB behind these files


WORDS = st.sampled_from(
    [
        "users",
        "orders",
        "id",
        "name",
        "status",
        "paid",
        "null",
        "true",
        "0",
        "1",
        "-1",
        "99999999999999999999",
        "1.5",
        "50%",
        "200%",
        "1d",
        "2024-01-01",
        "12:30",
        '"x"',
        "/a+/",
        'f"{x}"',
        "..",
        "|",
        "==",
        "in",
        "+",
        "-",
        "*",
        "/",
        "//",
        "%",
        "and",
        "or",
        "not",
        "if",
        "then",
        "else",
        "match",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        "->",
        "?",
        "=>",
        "=",
        ".",
        ".",
        "each",
        "key",
        "unique",
        "where",
        "distinct",
        "per",
        "hidden",
        "over",
        "by",
        "from",
        "sum",
        "count",
        "index_in",
        "split",
        "pick",
        "exact",
        "distinct",
        "load",
        "sql",
        "now",
        "row",
        "int",
        "string",
        "decimal(10,2)",
        "list<int>[2]",
        "struct",
        "Money",
        "Plans",
        "Status",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 400), WORDS, st.integers(0, 2)), max_size=4))
def test_words_replaced(text: str, edits: list[tuple[int, str, int]]) -> None:
    tokens = text.split(" ")
    for place, word, drop in edits:
        at = place % len(tokens)
        tokens[at : at + drop] = [word]
    compile_and_read(" ".join(tokens))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(TEXTS), st.integers(0, 10_000), st.integers(0, 40))
def test_cut(text: str, start: int, length: int) -> None:
    start %= len(text)
    compile_and_read(text[:start] + text[start + length :])


NAMES = st.sampled_from(["a", "b", "c", "t", "u", "E", "m", "now", "row", "P"]).map(
    lambda n: tree.Name(AT, n)
)
NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70).map(lambda n: tree.Number(AT, Decimal(n), True)),
    st.integers(0, 9).map(lambda n: tree.Number(AT, Decimal(n), True)),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda n: tree.Number(AT, n, False)),
)
LEAVES = st.one_of(
    NUMBERS,
    st.builds(tree.NameRef, st.just(AT), NAMES),
    st.builds(tree.CandidateRef, st.just(AT), NAMES),
    st.builds(tree.String, st.just(AT), st.text(max_size=3)),
    st.builds(tree.Bool, st.just(AT), st.booleans()),
    st.builds(tree.Duration, st.just(AT), st.integers(-(2**70), 2**70)),
    st.builds(tree.Timestamp, st.just(AT), st.integers(-(2**40), 2**40)),
    st.builds(tree.Time, st.just(AT), st.integers(0, 86_399_999_999)),
    st.builds(tree.Date, st.just(AT), st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))),
    st.builds(tree.Regex, st.just(AT), st.sampled_from(["a", "[", "a+", "[a-z]{3}", "(a|b)"])),
    st.just(tree.Null(AT)),
    st.just(tree.ErrorExpr(AT)),
)
PERCENTS = st.decimals(0, 200, places=1).map(lambda d: tree.Percent(AT, d))
FUNCTIONS = st.sampled_from(
    [
        "normal",
        "poisson",
        "sum",
        "count",
        "max",
        "first",
        "index_in",
        "split",
        "pick",
        "exact",
        "distinct",
        "load",
        "sql",
        "lower",
        "coalesce",
        "greatest",
        "zipf",
        "sequence",
        "foo",
        "round",
        "uuid4",
        "sentence",
    ]
).map(lambda n: tree.Name(AT, n))


def grow(inner: st.SearchStrategy[tree.Expr]) -> st.SearchStrategy[tree.Expr]:
    few = st.lists(inner, min_size=1, max_size=3).map(tuple)
    args = st.lists(
        st.builds(tree.Arg, st.just(AT), st.none() | NAMES, inner, st.none() | inner), max_size=3
    ).map(tuple)
    arms = st.lists(st.builds(tree.Arm, st.just(AT), inner, st.none() | PERCENTS), min_size=1, max_size=3)
    return st.one_of(
        st.builds(tree.Attribute, st.just(AT), inner, NAMES),
        st.builds(tree.Call, st.just(AT), FUNCTIONS, args),
        st.builds(tree.Unary, st.just(AT), st.sampled_from(tree.UnaryOp), inner),
        st.builds(tree.Binary, st.just(AT), st.sampled_from(tree.BinaryOp), inner, inner, st.just(AT)),
        st.builds(tree.Range, st.just(AT), st.none() | inner, st.none() | inner),
        st.builds(tree.Choice, st.just(AT), arms.map(tuple)),
        st.builds(tree.If, st.just(AT), inner, inner, inner),
        st.builds(
            tree.Match,
            st.just(AT),
            inner,
            st.lists(st.builds(tree.MatchArm, st.just(AT), st.just(()) | few, inner), max_size=3).map(tuple),
        ),
        st.builds(tree.ListLiteral, st.just(AT), few),
        st.builds(tree.TupleLiteral, st.just(AT), few),
        st.builds(
            tree.MapLiteral,
            st.just(AT),
            st.lists(st.builds(tree.MapEntry, st.just(AT), inner, inner), max_size=2).map(tuple),
        ),
        st.builds(
            tree.FString,
            st.just(AT),
            st.lists(
                st.text(max_size=2)
                | st.builds(
                    tree.FormatPart, st.just(AT), inner, st.sampled_from(["", "05d", ".2f", "%Y", "q"])
                ),
                max_size=3,
            ).map(tuple),
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, grow, max_leaves=12)
NAMED = st.builds(
    tree.NamedType,
    st.just(AT),
    st.booleans(),
    st.sampled_from(
        [
            "int",
            "int8",
            "float",
            "string",
            "bool",
            "date",
            "timestamp",
            "duration",
            "uuid",
            "json",
            "bytes",
            "decimal",
            "E",
            "M",
            "foo",
            "t",
        ]
    ).map(lambda n: tree.Name(AT, n)),
    st.lists(st.builds(tree.Arg, st.just(AT), st.none() | NAMES, LEAVES), max_size=2).map(tuple),
)
MODIFIERS = st.one_of(
    st.builds(
        tree.Within, st.just(AT), st.builds(tree.Range, st.just(AT), st.none() | LEAVES, st.none() | LEAVES)
    ),
    st.builds(tree.NullRate, st.just(AT), PERCENTS, st.none() | EXPRESSIONS, st.none() | PERCENTS),
    st.just(tree.KeyMark(AT)),
    st.just(tree.UniqueMark(AT)),
    st.just(tree.HiddenMark(AT)),
    st.builds(tree.Each, st.just(AT), st.none() | EXPRESSIONS, st.none() | LEAVES),
    st.builds(tree.Where, st.just(AT), EXPRESSIONS),
    st.builds(tree.DistinctPer, st.just(AT), st.lists(NAMES, min_size=1, max_size=2).map(tuple)),
    st.builds(tree.Skew, st.just(AT), st.builds(tree.Call, st.just(AT), FUNCTIONS, st.just(()))),
)
SIZES = st.none() | LEAVES | st.builds(tree.Range, st.just(AT), st.none() | NUMBERS, st.none() | NUMBERS)


def wider(inner: st.SearchStrategy[tree.TypeExpr]) -> st.SearchStrategy[tree.TypeExpr]:
    field = st.builds(
        tree.FieldDecl,
        st.just(AT),
        NAMES,
        st.none() | inner,
        st.lists(MODIFIERS, max_size=1).map(tuple),
        st.none() | EXPRESSIONS,
    )
    return st.one_of(
        st.builds(tree.ListType, st.just(AT), st.booleans(), inner, SIZES),
        st.builds(tree.StructType, st.just(AT), st.booleans(), st.lists(field, max_size=2).map(tuple)),
    )


TYPES = st.recursive(NAMED, wider, max_leaves=3)


@st.composite
def columns(draw: st.DrawFn) -> tree.ColumnDecl:
    names = draw(st.lists(NAMES, min_size=1, max_size=2))
    reference = draw(st.none() | st.builds(tree.RefClause, st.just(AT), NAMES, st.booleans()))
    return tree.ColumnDecl(
        AT,
        tuple(names),
        len(names) > 1 or draw(st.booleans()),
        tuple(draw(st.none() | TYPES) for _ in names),
        None if reference else draw(st.none() | TYPES),
        reference,
        tuple(draw(st.lists(MODIFIERS, max_size=3))),
        draw(st.none() | EXPRESSIONS),
    )


MEMBERS = st.one_of(
    columns(),
    columns(),
    columns(),
    st.builds(tree.KeyDecl, st.just(AT), st.lists(NAMES, min_size=1, max_size=2).map(tuple)),
    st.builds(tree.UniqueDecl, st.just(AT), st.lists(NAMES, min_size=1, max_size=2).map(tuple)),
    st.builds(tree.CheckDecl, st.just(AT), NAMES, EXPRESSIONS),
    st.builds(tree.ErrorMember, st.just(AT), st.none() | NAMES),
)
TABLES = st.builds(
    tree.TableDecl,
    st.just(AT),
    NAMES,
    st.none() | LEAVES,
    st.none() | st.builds(tree.Over, st.just(AT), NAMES, EXPRESSIONS, st.none() | LEAVES),
    st.none() | st.just(tree.String(AT, "plans.csv")),
    st.none()
    | st.just(tree.Call(AT, tree.Name(AT, "sql"), (tree.Arg(AT, None, tree.String(AT, "-- a int")),))),
    st.lists(MEMBERS, max_size=4).map(tuple),
)
ENUM = tree.EnumDecl(
    AT, tree.Name(AT, "E"), tuple(tree.EnumMember(AT, tree.Name(AT, n), None) for n in ("m", "n"))
)
POOL = tree.PoolDecl(
    AT,
    tree.Name(AT, "P"),
    tree.Call(AT, tree.Name(AT, "load"), (tree.Arg(AT, None, tree.String(AT, "plans.csv")),)),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(TABLES, min_size=1, max_size=3),
    st.builds(
        tree.TypeDecl, st.just(AT), st.just(tree.Name(AT, "M")), TYPES, st.just(()), st.none() | EXPRESSIONS
    ),
)
def test_arbitrary_trees(tables: list[tree.TableDecl], money: tree.TypeDecl) -> None:
    spread = tuple(_placed(item, i) for i, item in enumerate([ENUM, POOL, money, *tables]))
    checked(tree.File(AT, spread))


def _placed(node: Any, start: int) -> Any:
    """The tree with a different span for each item, as in a text."""
    if isinstance(node, Span):
        return Span(node.file, start, start)
    if isinstance(node, tuple):
        return tuple(_placed(n, start) for n in node)
    if is_dataclass(node) and not isinstance(node, type):
        return replace(node, **{f.name: _placed(getattr(node, f.name), start) for f in fields(node)})
    return node


def test_deep_trees() -> None:
    deep: tree.Expr = tree.Number(AT, Decimal(1), True)
    for _ in range(3_000):
        deep = tree.Binary(AT, tree.BinaryOp.ADD, deep, tree.Number(AT, Decimal(1), True), AT)
    column = tree.ColumnDecl(AT, (tree.Name(AT, "a"),), False, (None,), None, None, (), deep)
    table = tree.TableDecl(
        AT, tree.Name(AT, "t"), tree.Number(AT, Decimal(3), True), None, None, None, (column,)
    )
    bag = DiagnosticBag()
    check_program(tree.File(AT, (table,)), {}, MemoryFiles(), Overrides(), bag)
    assert [d.code for d in bag] == ["DG130"]


def test_long_chains_of_columns() -> None:
    lines = "\n".join(f"  c{i} = c{i + 1} + 1" for i in range(2_000))
    compile_and_read(f"table t 10 {{\n{lines}\n}}\n")


def test_long_chains_of_keys() -> None:
    tables = "\n".join(f"table t{i} 5 {{ a -> t{i + 1} key }}" for i in range(800))
    compile_and_read(tables + "\ntable t800 5 { a int key }\n")


def test_a_thousand_lines_are_understood() -> None:
    block = """table t{i} 100 {{
  id     int key
  up     -> t{j}? 10% null
  name   string = "a" 50% | "b" | "c"
  label  string = f"{{name}}-{{row:05d}}"
  amount decimal(10, 2) in 0..1_000 = lognormal(mean: 3, sigma: 0.5)
  twice  decimal(12, 2) = amount * 2
  kind   int = match name {{ "a" => 1, "b", "c" => 2 }}
  at     timestamp = 2024-01-01 .. 2024-12-31
  check positive: amount >= 0
}}
"""
    text = "".join(block.format(i=i, j=max(0, i - 1)) for i in range(90))
    source = SourceFile("main.dgen", text)
    parsed = parse(source)
    bag = DiagnosticBag()
    dataset, _ = check_program(parsed.tree, {}, MemoryFiles(), Overrides(), bag, {"main.dgen": source})
    assert dataset is not None
    assert len(dataset.tables) == 90
    assert not bag.has_errors
