"""Strings in documents are held to the lengths of their types while rows are made, wherever they stand."""

from __future__ import annotations

import pytest

from specdsl.compiler import compile_source
from specdsl.source import SourceFile
from tests.language.memory import MemoryFiles


@pytest.mark.parametrize(
    ("form", "checks"),
    [
        ("json { m string(max: 4) = word() }", 1),
        ("json { m string = word() }", 0),
        ('json { m string(max: 4) = "abc" }', 0),
        ("json { l list<string(max: 3)>[1..2] = word() }", 1),
        ("json { s struct { q string(max: 2) = word() } }", 1),
        ("variant { string(max: 3) = word(), null }", 1),
        ("tuple<string(min: 3) = word(), int = 1..2>", 1),
        ("map<string = /[a-z]{3}/, string(max: 3) = word()>[1..2]", 1),
        ("struct { q string(max: 2) = word() }", 0),  # verification holds it to that
        ("string(max: 3) = word()", 0),
    ],
)
def test_lengths(form: str, checks: int) -> None:
    source = SourceFile("t.dgen", f"table t 5 {{\n  a {form}\n}}\n")
    dataset = compile_source(source, MemoryFiles({})).dataset
    assert dataset is not None
    assert repr(dataset.tables["t"].columns["a"].value).count("LengthChecked(") == checks
