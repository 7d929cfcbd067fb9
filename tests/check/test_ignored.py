"""Comments that silence hints and warnings: where they stand, what they are about, and what is said of them."""

from __future__ import annotations

import pytest

from specdsl.compiler import Compilation, Overrides, compile_source
from specdsl.diagnostics.model import Fix, Severity
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from tests.language.memory import MemoryFiles

SILENT = [
    "table t 3 {\n  id int key\n  fee float = 1.0..2.0  # ignore: DG605\n}\n",
    "table t 3 {\n  id int key\n  fee float = 1.0..2.0  # a share # ignore: DG605 so it is\n}\n",
    "table t 3 {\n  id int key\n  fee float = 1.0..2.0  ## a share # ignore: DG605\n}\n",
    "table t 3 {\n  id int key\n  # ignore: DG605\n  fee float = 1.0..2.0\n}\n",
    "table t 3 {\n  id int key\n  # ignore: DG605\n  # Why.\n  ## What.\n  fee float = 1.0..2.0\n}\n",
    "table t 3 {\n  id int key\n  fee float =\n    1.0 |\n    2.0  # ignore: DG605\n}\n",
    "table t 3 {\n  id int key\n  fee float = match id {\n    1 => 1.0\n    else => 2.0\n  }  # ignore: DG605\n}\n",
    "table t 3 {\n  id int key\n  fee float? = 1.0..2.0  # ignore: DG605, DG614\n}\n",
    "table t 3 {\n  id int key\n  fee float? = 1.0..2.0  #ignore:DG605 DG614 as of old\n}\n",
    "# ignore: DG605\ntable t 3 {\n  id int key\n  fee float = 1.0..2.0\n  cost float = 1.0..2.0\n}\n",
    "table t 3 { id int key, fee float = 1.0..2.0 }  # ignore: DG605\n",
    "table t 3 {\n  id int key, fee float = 1.0..2.0 }  # ignore: DG605\n",
    "enum E { a, b }  # ignore: DG602\n\ntable t 3 { id int key }\n",
    "# ignore: DG602\nenum E {\n  a\n  b\n}\n\ntable t 3 { id int key }\n",
    "table order 3 {  # ignore: DG613\n  id int key\n}\n",
    "table t 3 {\r\n  id int key\r\n  # ignore: DG605\r\n  fee float = 1.0..2.0\r\n}\r\n",
    "table t 3 {\n  id int key\n  x int hidden = 1..3  # ignore: DG603\n}\n",
    "table p 2 { id int key }\n\ntable o 3 { id int key }\n\ntable i {\n  o_id -> o each 0..3\n"
    "  p_id -> p distinct per o_id  # ignore: DG612\n}\n",
]


def compiled(text: str, overrides: Overrides | None = None) -> Compilation:
    return compile_source(SourceFile("main.dgen", text), MemoryFiles({}), overrides or Overrides())


def codes(text: str) -> list[str]:
    return [d.code for d in compiled(text).diagnostics]


@pytest.mark.parametrize("text", SILENT)
def test_silent(text: str) -> None:
    assert codes(text) == []
    silent = compiled(text).silent
    assert silent
    bare = codes(
        "\n".join(line.partition("# ignore")[0].partition("#ignore")[0] for line in text.splitlines())
    )
    assert sorted(d.code for d in silent) == sorted(bare)


@pytest.mark.parametrize("text", SILENT)
def test_formatting_keeps_it_silent(text: str) -> None:
    formatted = format_text(SourceFile("main.dgen", text))
    assert formatted is not None
    assert codes(formatted) == []
    assert compiled(formatted).silent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # another line, another statement, another code
        ("table t 3 {\n  id int key  # ignore: DG605\n  fee float = 1.0..2.0\n}\n", ["DG618", "DG605"]),
        ("table t 3 {\n  # ignore: DG605\n\n  fee float = 1.0..2.0\n}\n", ["DG618", "DG605"]),
        ("table t 3 {\n  # ignore: DG605\n  x int = 1..2\n  fee float = 1.0..2.0\n}\n", ["DG618", "DG605"]),
        ("table t 3 {\n  fee float = 1.0..2.0  # ignore: DG614\n}\n", ["DG605", "DG618"]),
        ("table t 3 {  # ignore: DG605\n  fee float = 1.0..2.0\n}\n", ["DG618", "DG605"]),
        ("  # ignore: DG605\ntable t 3 {\n  fee float = 1.0..2.0\n}\n", ["DG618", "DG605"]),
        # documentation, texts and other words are none
        ("table t 3 {\n  ## ignore: DG605\n  fee float = 1.0..2.0\n}\n", ["DG605"]),
        ('table t 3 {\n  fee float = 1.0..2.0\n  s string = "# ignore: DG605" }\n', ["DG605"]),
        ("table t 3 {\n  # ignore: the next line\n  fee float = 1.0..2.0\n}\n", ["DG605"]),
        # what is no code of a hint
        ("table t 3 {\n  fee float = 1.0..2.0  # ignore: DG999, DG605\n}\n", ["DG619"]),
        ("table t 3 {\n  fee float = 1.0..2.0  # ignore: dg605, DG605\n}\n", ["DG619"]),
        ("table t 3 {\n  fee float = 1.0..2.0  # ignore: DG605, DG405, DG618, DG619\n}\n", ["DG619"] * 3),
        ("table t 3 {\n  fee float = 1.0..2.0  # ignore: money-as-float\n}\n", ["DG605", "DG619"]),
        # errors stay
        ("table t 3 {\n  fee float = 1.0..2.0  # ignore: DG605\n  x Knd  # ignore: DG203\n}\n", ["DG203"]),
    ],
)
def test_told(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def corrected(text: str) -> str:
    """``text`` with the corrections of what is said of its comments."""
    while found := [d for d in compiled(text).diagnostics if d.code in ("DG618", "DG619")]:
        fix = found[0].fix()
        assert isinstance(fix, Fix)
        for edit in fix.edits:
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("  # ignore: DG605, DG614", "  # ignore: DG605"),
        ("  # ignore: DG614, DG605, DG602 why", "  # ignore: DG605 why"),
        ("  # ignore: DG614 why", ""),
        ("  # why # ignore: DG614", "  # why"),
        ("  # ignore: dg605", "  # ignore: DG605"),
        ("  # ignore: money-as-float, never-null", "  # ignore: DG605"),
    ],
)
def test_corrections(comment: str, left: str) -> None:
    text = "table t 3 {\n  fee float = 1.0..2.0#\n}\n"
    assert corrected(text.replace("#", comment)) == text.replace("#", left)
    alone = "table t 3 {\n#  fee float = 1.0..2.0\n}\n"
    assert corrected(alone.replace("#", f"{comment}\n")) == alone.replace("#", f"{left}\n" if left else "")


def test_other_numbers_of_rows_say_nothing_of_comments() -> None:
    text = "table p 2 { id int key }\n\ntable o 3 { id int key }\n\ntable i {\n  o_id -> o each 0..3\n"
    text += "  p_id -> p distinct per o_id  # ignore: DG612\n}\n"
    assert compiled(text, Overrides(rows={"p": 9})).diagnostics == []
    assert [d.code for d in compiled(text.replace("p 2", "p 9")).diagnostics] == ["DG618"]


def test_imported_files() -> None:
    shared = "table t 3 {\n  fee float = 1.0..2.0  # ignore: DG605\n  x int = 1..2  # ignore: DG614\n}\n"
    found = compile_source(
        SourceFile("main.dgen", 'import "shared.dgen"\n'), MemoryFiles({"shared.dgen": shared})
    )
    assert found.diagnostics == []
    assert [d.code for d in found.silent] == ["DG605"]


def test_warnings_are_silent_beside_errors() -> None:
    text = "table p 2 { id int key }\n\ntable o 3 { id int key }\n\ntable i {\n  o_id -> o each 0..3\n"
    text += "  p_id -> p distinct per o_id{}\n  x int in 5..1 = 1..2\n}\n"
    assert [d.severity for d in compiled(text.replace("{}", "")).diagnostics].count(Severity.WARNING) == 1
    assert all(
        d.severity is Severity.ERROR for d in compiled(text.replace("{}", "  # ignore: DG612")).diagnostics
    )
