"""What is said of a `cover` that names too few columns."""

from __future__ import annotations

import pytest

from specdsl.compiler import compile_source
from specdsl.source import SourceFile
from tests.language.memory import MemoryFiles


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("b", "and one is named"),
        ("b, b", "and only `b` is named, twice"),
        ("b, b, b", "and only `b` is named, 3 times"),
    ],
)
def test_too_few_columns(named: str, words: str) -> None:
    text = f"table t {{\n  a int = 1..3\n  b int = 1..3\n  cover pairwise ({named})\n}}\n"
    found = compile_source(SourceFile("t.dgen", text), MemoryFiles({})).diagnostics
    (message,) = (d.message() for d in found if d.code == "DG485")
    assert message == f"`cover pairwise` combines the values of columns, {words}"
