"""What each form of the language becomes."""

from __future__ import annotations

import pytest

from specdsl.syntax import tree
from tests.syntax.shapes import FORMS, SHOP, column, nodes, parsed, shape, value

EXPRESSIONS = [
    ("1 + 2 * 3", "(1 + (2 * 3))"),
    ("1 - 2 - 3", "((1 - 2) - 3)"),
    ("(1 + 2) * 3", "((1 + 2) * 3)"),
    ("placed_at + 1d..7d", "(placed_at + [Duration<86400000000>..Duration<604800000000>])"),
    ("-5..5", "[(- 5)..5]"),
    ("0..9 + 0..9", "([0..9] + [0..9])"),
    ("10%3", "(10 % 3)"),
    ("row % 10", "(row % 10)"),
    ("a // b / c", "((a // b) / c)"),
    ("not a == b and c or d", "(((not (a == b)) and c) or d)"),
    ("a not in [1, 2]", "(a not in ListLiteral<(1 2)>)"),
    ("a in 1..5", "(a in [1..5])"),
    ("a == null", "(a == Null<>)"),
    ("a.b.c", "a.b.c"),
    ("1.5e3", "1.5E+3"),
    ("1_000", "1000"),
    ("true", "Bool<True>"),
    ('"a" 70% | "b"', "Choice<(Arm<'a' 70%> Arm<'b'>)>"),
    ('"a" 70%', "Choice<(Arm<'a' 70%>)>"),
    ('("a" | "b") 5% | "c"', "Choice<(Arm<Choice<(Arm<'a'> Arm<'b'>)> 5%> Arm<'c'>)>"),
    ("if a then 1 else 2 | 3", "If<a 1 Choice<(Arm<2> Arm<3>)>>"),
    ("1 | if a then 2 else 3", "Choice<(Arm<1> Arm<If<a 2 3>>)>"),
    ("if a then 1 else if b then 2 else 3", "If<a 1 If<b 2 3>>"),
    ("match a { 1, 2 => x, 3.. => y, ..0 => z, else => w }",
     "Match<a (MatchArm<(1 2) x> MatchArm<([3..-]) y> MatchArm<([-..0]) z> MatchArm<w>)>"),
    ("match (a, b) { (1, 2) => x, null => y }",
     "Match<TupleLiteral<(a b)> (MatchArm<(TupleLiteral<(1 2)>) x> MatchArm<(Null<>) y>)>"),
    ("f()", "Call<f>"),
    ("f(1, b: 2, c: x | y)", "Call<f (Arg<1> Arg<b 2> Arg<c Choice<(Arm<x> Arm<y>)>>)>"),
    ("sum(o.total where .paid)", "Call<sum (Arg<o.total .paid>)>"),
    ("distinct(a | b)", "Call<distinct (Arg<Choice<(Arm<a> Arm<b>)>>)>"),
    ("exact(a 50% | b 50%)", "Call<exact (Arg<Choice<(Arm<a 50%> Arm<b 50%>)>>)>"),
    ('pick({"a": 7, "b": 2})', "Call<pick (Arg<MapLiteral<(MapEntry<'a' 7> MapEntry<'b' 2>)>>)>"),
    ("[1, [2], 3,]", "ListLiteral<(1 ListLiteral<(2)> 3)>"),
    ("(1, 2)", "TupleLiteral<(1 2)>"),
    ("max + min", "(max + min)"),
    ("/[A-Z\\/]{3}/", "Regex<'[A-Z/]{3}'>"),
    ("a / b / c", "((a / b) / c)"),
    ("2025-02-28", "Date<datetime.date(2025, 2, 28)>"),
    ("1970-01-01T00:00:01Z", "Timestamp<1000000>"),
    ("1970-01-01T02:00:01+02:00", "Timestamp<1000000>"),
    ("1970-01-02T00:00:00.25", "Timestamp<86400250000>"),
    ("09:30", "Time<34200000000>"),
    ("23:59:59.5", "Time<86399500000>"),
    ("250ms", "Duration<250000>"),
    ("1.5h", "Duration<5400000000>"),
    ('"\\n\\t\\"\\\\\\u{1F600}\\u00e9\\xe9"', "String<>".replace("String<>", repr('\n\t"\\😀éé'))),
    ('"""a\n"b" c"""', repr('a\n"b" c')),
    ('f"{a}-{b:08d}{{}}"', "FString<(FormatPart<a> '-' FormatPart<b '08d'> '{}')>"),
    ('f"{"x" | f"{a}"}"', "FString<(FormatPart<Choice<(Arm<'x'> Arm<FString<(FormatPart<a>)>>)>>)>"),
    ('f"{ {"a": 1} }"', "FString<(FormatPart<MapLiteral<(MapEntry<'a' 1>)>>)>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS)
def test_expression(text: str, expected: str) -> None:
    assert shape(value(text)) == expected


COLUMNS = [
    ("a int", "ColumnDecl<(a) (-) NamedType<int>>"),
    ("a = 5", "ColumnDecl<(a) (-) 5>"),
    ("type string", "ColumnDecl<(type) (-) NamedType<string>>"),
    ("check bool = true", "ColumnDecl<(check) (-) NamedType<bool> Bool<True>>"),
    ("`key` int", "ColumnDecl<(key) (-) NamedType<int>>"),
    ("größe int", "ColumnDecl<(größe) (-) NamedType<int>>"),
    ("नाम int", "ColumnDecl<(नाम) (-) NamedType<int>>"),
    ("a decimal(10, 2)?", "ColumnDecl<(a) (-) NamedType<True decimal (Arg<10> Arg<2>)>>"),
    ("a string(max: 40) unique", "ColumnDecl<(a) (-) NamedType<string (Arg<max 40>)> (UniqueMark<>)>"),
    ("a list<list<int>?>[1..3]",
     "ColumnDecl<(a) (-) ListType<ListType<True NamedType<int>> [1..3]>>"),
    ("a list<int>[3]", "ColumnDecl<(a) (-) ListType<NamedType<int> 3>>"),
    ("a list<int>[1..]", "ColumnDecl<(a) (-) ListType<NamedType<int> [1..-]>>"),
    ("a struct { b int = 1, c = 2 }?",
     "ColumnDecl<(a) (-) StructType<True (FieldDecl<b NamedType<int> 1> FieldDecl<c 2>)>>"),
    ("a int in 0.. key hidden", "ColumnDecl<(a) (-) NamedType<int> (Within<[0..-]> KeyMark<> HiddenMark<>)>"),
    ("a timestamp in .. now", "ColumnDecl<(a) (-) NamedType<timestamp> (Within<[-..now]>)>"),
    ("a int? 5% null = 1", "ColumnDecl<(a) (-) NamedType<True int> (NullRate<5%>) 1>"),
    ("a int? null 40% when b < 25 else 5% = 1",
     "ColumnDecl<(a) (-) NamedType<True int> (NullRate<40% (b < 25) 5%>) 1>"),
    ("a int 5% absent bare = 1", "ColumnDecl<(a) (-) NamedType<int> (NullRate<5% True> BareMark<>) 1>"),
    ("absent bare absent 40% when absent < 25 = bare",
     "ColumnDecl<(absent) (-) NamedType<bare> (NullRate<40% (absent < 25) True>) bare>"),
    ("a -> absent absent 5% when bare", "ColumnDecl<(a) (-) RefClause<absent> (NullRate<5% bare True>)>"),
    ("a -> t each absent bare", "ColumnDecl<(a) (-) RefClause<t> (Each<absent> BareMark<>)>"),
    ("a -> t each 1..bare 5% absent", "ColumnDecl<(a) (-) RefClause<t> (Each<[1..bare]> NullRate<5% True>)>"),
    ("a -> t?", "ColumnDecl<(a) (-) RefClause<t True>>"),
    ("a -> t zipf(1.1) where .x == x distinct per (b, c) 60% null",
     "ColumnDecl<(a) (-) RefClause<t> (Skew<Call<zipf (Arg<1.1>)>> Where<(.x == x)> DistinctPer<(b c)> NullRate<60%>)>"),
    ("a -> t each poisson(3) max 40 zipf(2)",
     "ColumnDecl<(a) (-) RefClause<t> (Each<Call<poisson (Arg<3>)> 40> Skew<Call<zipf (Arg<2>)>>)>"),
    ("a -> t each 1.. unique", "ColumnDecl<(a) (-) RefClause<t> (Each<[1..-]> UniqueMark<>)>"),
    ("a -> t each", "ColumnDecl<(a) (-) RefClause<t> (Each<>)>"),
    ("a -> t each if .vip then 5..10 else 1..2 20% null",
     "ColumnDecl<(a) (-) RefClause<t> (Each<If<.vip [5..10] [1..2]>> NullRate<20%>)>"),
    ("(a, b) = (1, 2)", "ColumnDecl<(a b) True (- -) TupleLiteral<(1 2)>>"),
    ("(a string, b) -> t key", "ColumnDecl<(a b) True (NamedType<string> -) RefClause<t> (KeyMark<>)>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COLUMNS)
def test_column(text: str, expected: str) -> None:
    assert shape(column(text)) == expected


ITEMS = [
    ('import "a.dgen"', "Import<'a.dgen'>"),
    ("dataset d { seed 42, locale \"x\" }", "DatasetDecl<d (Setting<seed 42> Setting<locale 'x'>)>"),
    ('enum E { a 20%, `b c`, "d" 5% }', "EnumDecl<E (EnumMember<a 20%> EnumMember<b c> EnumMember<d 5%>)>"),
    ("type M = decimal(10, 2) in 0..9 = 5", "TypeDecl<M NamedType<decimal (Arg<10> Arg<2>)> (Within<[0..9]>) 5>"),
    ('pool P = load("p.csv")', "PoolDecl<P Call<load (Arg<'p.csv'>)>>"),
    ("table t 10 { }", "TableDecl<t 10>"),
    ("table t { key (a, b)\n unique (c) }", "TableDecl<t (KeyDecl<(a b)> UniqueDecl<(c)>)>"),
    ("table t { partition by a }", "TableDecl<t (PartitionDecl<(a)>)>"),
    ("table t { partition by (a, b,)\n a int }", "TableDecl<t (PartitionDecl<(a b)> ColumnDecl<(a) (-) NamedType<int>>)>"),
    ("table t 5 over day = 1..9 by 2 { a int }",
     "TableDecl<t 5 Over<day [1..9] 2> (ColumnDecl<(a) (-) NamedType<int>>)>"),
    ('table t from "a.parquet"', "TableDecl<t 'a.parquet'>"),
    ('table t = sql("q.sql")', "TableDecl<t Call<sql (Arg<'q.sql'>)>>"),
    ("table t { check c: a > 1 }", "TableDecl<t (CheckDecl<c (a > 1)>)>"),
    ("table t { violate c 0.5% }", "TableDecl<t (ViolateDecl<c Amount<0.5% True>>)>"),
    ("table t { violate a.null 3 rows }", "TableDecl<t (ViolateDecl<a null Amount<3 True>>)>"),
    ("table t { duplicate near rows 3% }", "TableDecl<t (DuplicateDecl<True Amount<3% True>>)>"),
    ("table t { typos(a) 3 }", "TableDecl<t (SpoilDecl<typos a Amount<3>>)>"),
    ("table t { changes { update 3% of rows where a > 1 set b, c = 2 } }",
     "TableDecl<t (ChangesDecl<(UpdateDecl<Amount<3% True> (a > 1) (Assignment<b> Assignment<c 2>)>)>)>"),
    ("table t { changes { update a as time passes\ndelete 5 rows } }",
     "TableDecl<t (ChangesDecl<(PassingDecl<(a)> DeleteDecl<Amount<5 True>>)>)>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ITEMS)
def test_item(text: str, expected: str) -> None:
    result = parsed(text)
    assert not result.diagnostics
    assert [shape(item) for item in result.tree.items] == [expected]


def test_lines_go_on() -> None:
    joined = value('"a" 70% | "b" | "c"')
    for text in (
        '"a" 70%\n    | "b"\n    | "c"',
        '"a" 70% |\n "b" |\n\n # why\n "c"',
        '"a"\n70% | "b" | "c"',
    ):
        assert shape(value(text)) == shape(joined)
    assert shape(value("f(\n  1,\n  2\n)")) == shape(value("f(1, 2)"))
    assert shape(value("if a\n then 1\n else 2")) == shape(value("if a then 1 else 2"))


def test_an_arm_may_begin_with_a_sign() -> None:
    written = value("match a {\n  1 => x\n  -1 => y\n  ..0 => z\n  else => w\n}")
    assert shape(written) == shape(value("match a { 1 => x, -1 => y, ..0 => z, else => w }"))


def test_documentation() -> None:
    result = parsed(
        "## one\n##  two\n# not this\ntable t 1 {\n  ## three\n\n  a int  ## not this\n  b int\n}\n"
        "## four\nenum E {\n  ## five\n  x\n}\n"
    )
    table, enum = result.tree.items
    assert isinstance(table, tree.TableDecl)
    assert isinstance(enum, tree.EnumDecl)
    assert table.doc == "one\n two"
    assert [m.doc for m in table.members if isinstance(m, tree.ColumnDecl)] == ["three", ""]
    assert (enum.doc, enum.members[0].doc) == ("four", "five")


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "\ufeff", "\r\n  \t\f"])
def test_empty(text: str) -> None:
    result = parsed(text)
    assert not result.diagnostics
    assert result.tree.items == ()


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(end: str) -> None:
    plain, other = parsed(SHOP), parsed("\ufeff" + SHOP.replace("\n", end))
    assert not other.diagnostics
    assert shape(other.tree) == shape(plain.tree)


@pytest.mark.parametrize("text", [SHOP, FORMS])
def test_spans_nest_and_cover_their_text(text: str) -> None:
    result = parsed(text)
    assert not result.diagnostics
    for node in nodes(result.tree):
        covered = text[node.span.start : node.span.end]
        if not isinstance(node, tree.File):
            assert covered == covered.strip(), node
        for inner in nodes(node)[1:]:
            assert node.span.start <= inner.span.start <= inner.span.end <= node.span.end
        if isinstance(node, tree.Name):
            assert covered.strip('`"') == node.text
        if isinstance(node, tree.Binary):
            assert text[node.op_span.start : node.op_span.end].split() == str(node.op.value).split()
