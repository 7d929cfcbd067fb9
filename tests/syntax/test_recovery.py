"""One mistake, one diagnostic, and the rest of the file is still understood."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.source import SourceFile
from specdsl.syntax.lexer import lex
from tests.syntax.shapes import EXAMPLES, SHOP, codes, names_of, parsed

# In place of a column between two others: the codes, and what of it is left.
IN_A_TABLE = [
    ("b int =", ["DG122"], ["b!"]),
    ("b int = 1 +", ["DG122"], ["b!"]),
    ("b int = 1 + * 3", ["DG122"], ["b!"]),
    ("b int = f(1, 2", ["DG102"], ["b"]),
    ("b int = f(1, 2]", ["DG143"], ["b"]),
    ("b int = [1, 2", ["DG102"], ["b"]),
    ('b int = pick({"a": 1', ["DG102"], ["b"]),
    ("b int = f(1, , 2)", ["DG129"], ["b"]),
    ("b int = f(1 2)", ["DG128"], ["b"]),
    ("b int = 1 + 2)", ["DG103"], ["b"]),
    ("b string = 'x'", ["DG107"], ["b"]),
    ('b string = "x', ["DG104"], ["b"]),
    ('b string = load("x)', ["DG104"], ["b"]),
    ('b string = f"{a', ["DG105"], ["b"]),
    ('b string = f"{a"', ["DG105"], ["b"]),
    ('b string = f"{lower(a"', ["DG105"], ["b"]),
    ('b string = f"{}"', ["DG138"], ["b!"]),
    ('b string = f"{a}}"', ["DG131"], ["b"]),
    ("b string = /[a-z]", ["DG106"], ["b"]),
    (r'b string = "\q \w"', ["DG108"], ["b"]),
    ("b date = 2025-02-30", ["DG109"], ["b"]),
    ("b date = 2025-2-3", ["DG109"], ["b"]),
    ("b time = 25:00", ["DG109"], ["b"]),
    ("b timestamp = 2025-01-01T24:00:00Z", ["DG109"], ["b"]),
    ("b duration = 5x", ["DG110"], ["b"]),
    ("b float = .5", ["DG111"], ["b"]),
    ("b float = 1.2.3", ["DG111"], ["b"]),
    ("b float = 1e999999", ["DG112"], ["b"]),
    ("b string = “x”", ["DG113"], ["b"]),
    ("b\u00a0int = 1", ["DG113"], ["b"]),
    ("b int = 5 // two words", ["DG114"], ["b"]),
    ("-- two words", ["DG114"], []),
    ("/* two\n words */", ["DG114"], []),
    ("b bool = a && a", ["DG115"], ["b"]),
    ("b bool = !a", ["DG115"], ["b"]),
    ("b bool = a is not null", ["DG115"], ["b"]),
    ("b int == 5", ["DG115"], ["b"]),
    ("check c: a = 5", ["DG116"], ["check c"]),
    ("b -> u where .a = a", ["DG116"], ["b"]),
    ("check c: 1 < a < 5", ["DG117"], ["check c"]),
    ("b int = 1;", ["DG118"], ["b"]),
    ("b: int = 1", ["DG119"], ["b"]),
    ("b int? = NULL", ["DG120"], ["b"]),
    ("b bool = a AND a", ["DG120"], ["b"]),
    ("match int = 1", ["DG121"], ["match"]),
    ("key int", ["DG121"], ["key!"]),
    ("b", ["DG123"], ["b!"]),
    ("b key", ["DG123"], ["b!"]),
    ("b int PRIMARY KEY", ["DG125"], ["b"]),
    ("b int = case when a then 1 end", ["DG125"], ["b"]),
    ("b int = if a then 1", ["DG126"], ["b!"]),
    ("b int = a ? 1 : 2", ["DG126"], ["b"]),
    ("b int = 1 unique", ["DG127"], ["b"]),
    ("b = 1 int", ["DG127"], ["b"]),
    ("b int = 1 c int = 2", ["DG128"], ["b", "c"]),
    ("b string = a.lower()", ["DG132"], ["b"]),
    ("b int = 5..", ["DG133"], ["b!"]),
    ("check c: a in 5..", ["DG133"], ["check c"]),
    ("check a > 5", ["DG134"], ["?!"]),
    ("b -> u(id)", ["DG136"], ["b"]),
    ("b => u", ["DG142"], ["b"]),
    ("`b int = 1", ["DG137"], ["b int = 1!"]),
    ("b string = match a { 1 | 2 | 3 => 4 }", ["DG139"], ["b"]),
    ("b string = match a { 1: 2, 3: 4 }", ["DG142"], ["b"]),
    ("b string = match a {\n    1 => 2\n    3 4\n    5 => 6\n  }", ["DG101"], ["b!"]),
    ("b string = match a {\n    1 => 2", ["DG102"], ["b"]),
    ("b string? null 5% = a", ["DG140"], ["b!"]),
    ("b string absent 5% = a", ["DG140"], ["b!"]),
    ("b int foo = 1", ["DG101"], ["b"]),
    ("b list<int = 1", ["DG101"], ["b!"]),
    ("b struct { c int = 1 d int = 2 }", ["DG128"], ["b"]),
    ("b struct { c: int }", ["DG119"], ["b"]),
    ("b int = 1 +\n\n  c int = 2", ["DG122"], ["b!", "c"]),
    ("b int =\n  c int =", ["DG122", "DG122"], ["b!", "c!"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "left"), IN_A_TABLE)
def test_in_a_table(text: str, expected: list[str], left: list[str]) -> None:
    result = parsed(f"table t 9 {{\n  a int = 1\n  {text}\n  z int = 2\n}}\n\ntable after 1 {{ a int }}\n")
    assert [d.code for d in result.diagnostics] == expected
    assert names_of(result) == ["t", "t.a", *(f"t.{name}" for name in left), "t.z", "after", "after.a"]


# At the top of a file, before another table.
AT_THE_TOP = [
    ("table t 9 {\n  a int", ["DG102"], ["t", "t.a"]),
    ("table t 9 {\n  a int\n  }\n  b int\n}", ["DG103"], ["t", "t.a", "t.b"]),
    ("table t 9 {\n  a int\n}\n}", ["DG103"], ["t", "t.a"]),
    ("table t 9 {\n  a int = match b {\n    1 => 2\n  c int\n}", ["DG102"], ["t", "t.a", "t.c"]),
    ("table t(id int)", ["DG125"], ["t!"]),
    ("CREATE TABLE t (\n  id int primary key,\n  b text\n);", ["DG125"], ["?!"]),
    ("tabel t 9 { a int }", ["DG124"], ["t", "t.a"]),
    ("t 9 { a int }", ["DG124"], ["t", "t.a"]),
    ("TABLE t 9 { a int }", ["DG120"], ["t", "t.a"]),
    ("a int\nb int\nc int", ["DG124"], ["?!", "?!", "?!"]),
    ("table t 9", ["DG135"], ["t!"]),
    ("enum E { a b c }", ["DG128"], ["E", "E.a", "E.b", "E.c"]),
    ("enum E { a | b | c }", ["DG139"], ["E", "E.a", "E.b", "E.c"]),
    ("enum E { a: 5%, b }", ["DG119"], ["E", "E.a", "E.b"]),
    ("dataset d { seed = 4 }", ["DG119"], ["d"]),
    ("import a.dgen", ["DG101"], ["?!"]),
    ("type T int", ["DG144"], ["T"]),
    ("pool P =", ["DG122"], ["P"]),
    ("enum E { a } enum F { b }", ["DG128"], ["E", "E.a", "F", "F.b"]),
    ("table t foo bar {\n  a int =\n}", ["DG101", "DG122"], ["t", "t.a!"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "left"), AT_THE_TOP)
def test_at_the_top(text: str, expected: list[str], left: list[str]) -> None:
    result = parsed(f"{text}\n\ntable after 1 {{ a int }}\n")
    assert [d.code for d in result.diagnostics] == expected
    assert names_of(result) == [*left, "after", "after.a"]


ITEM = re.compile(r"^(?=[a-z#])", re.MULTILINE)


def test_cut_off_anywhere_the_file_has_one_mistake() -> None:
    starts = [found.start() for found in ITEM.finditer(SHOP)]
    for end in range(len(SHOP) + 1):
        # What stands before the item that is cut changes nothing: leave it out, except for now and then.
        start = 0 if end % 50 == 0 else max((s for s in starts if s < end), default=0)
        found = codes(SHOP[start:end])
        assert len(found) <= 1, (SHOP[max(end - 40, 0) : end], found)


def test_a_file_of_mistakes_is_summed_up() -> None:
    (only,) = parsed("\0é$%&" * 3000).diagnostics
    assert only.code == "DG141"


@pytest.mark.parametrize("opening,closing", ["()", "[]", "{}"])
def test_a_thousand_brackets(opening: str, closing: str) -> None:
    for text in (opening * 1000 + "1" + closing * 1000, opening * 1000):
        assert codes(f"table t 1 {{\n  a int = {text}\n}}\ntable u 1 {{ a int }}") == ["DG130"]


@pytest.mark.parametrize(
    "text",
    [
        "1" + " + 1" * 10_000,
        "if a then 1 else " * 1000 + "2",
        "not " * 3000 + "a",
        "- " * 3000 + "1",
        "a" + ".b" * 3000,
        "f(" * 1000 + "1" + ")" * 1000,
        "match a { 1 => " * 500 + "2" + " }" * 500,
        'f"{' * 300 + "1" + '}"' * 300,
        "1\n  b " + "list<" * 1000 + "int" + ">" * 1000,
    ],
)
def test_nesting_is_bounded(text: str) -> None:
    assert codes(f"table t 1 {{\n  a int = {text}\n  c int\n}}") == ["DG130"]


def test_width_is_not_bounded() -> None:
    assert (
        codes(f"table t 1 {{\n  a int = {' | '.join(['1'] * 3000)}\n  b list<int> = [{'1, ' * 3000}]\n}}")
        == []
    )


TOKENS = {
    name: [token.text for token in lex(SourceFile(name, text)).tokens] for name, text in EXAMPLES.items()
}
JUNK = [
    "{",
    "}",
    "(",
    ")",
    '"',
    "'",
    "`",
    "/",
    'f"',
    '"""',
    "\n",
    "\0",
    "“",
    "//",
    "table",
    "match",
    "if",
    "..",
    "|",
    "%",
]


@settings(deadline=None)
@given(st.sampled_from(sorted(TOKENS)), st.integers(0, 2**32), st.integers(1, 12))
def test_any_text_parses(name: str, seed: int, edits: int) -> None:
    draw = random.Random(seed)
    tokens = TOKENS[name][:]
    for _ in range(edits):
        at = draw.randrange(len(tokens))
        if draw.random() < 0.5:
            tokens[at] = draw.choice(JUNK)
        else:
            del tokens[at]
    text = "".join(tokens)
    for diagnostic in parsed(text).diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message()
        assert diagnostic.help()
        diagnostic.label(), diagnostic.labels(), diagnostic.fix()
