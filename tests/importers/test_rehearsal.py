"""What is wrong with an imported spec is blamed on what is wrong."""

from __future__ import annotations

import pytest

from specdsl.importers.model import Spec
from specdsl.importers.rehearsal import problem


@pytest.mark.parametrize("end", ["", "\v", "\f", "\x1c", "\x85", "\u2028"])
def test_line_ends_of_unicode_inside_of_a_text(end: str) -> None:
    text = f'table t 5 {{\n  id int key\n  note string = "a{end}b"\n  low int = nothing()\n  check low: low > 1\n}}\n'
    found = problem(Spec(()), text)
    assert found is not None
    assert (found.table, found.columns, found.check) == ("t", ("low",), None)
