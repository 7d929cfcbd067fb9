"""Every entry is complete, and every example of every entry compiles and runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import specdsl
from specdsl.datatypes import types as t
from specdsl.functions import registry
from specdsl.functions.entry import REQUIRED, Form, Function
from specdsl.functions.reference import render
from specdsl.functions.registry import FUNCTIONS

EXAMPLES = [(f, e) for f in FUNCTIONS.values() for e in f.examples]

_FRAME = """
dataset d {{
  seed 7
  now 2025-01-01T00:00:00Z
}}
{before}
table users 4 {{
  id int key
  {column}
}}
table orders {{
  id int key
  user_id -> users each 1..3
  total decimal(10, 2) = 1.00 .. 99.99
  status string = "paid" | "open"
  placed_at timestamp = 2024-01-01 .. 2024-12-31
  {child}
}}
table order_items {{
  order_id -> orders each 1..3
  amount decimal(10, 2) {part}
  key (order_id, line_no)
  line_no int = 1 + index_in(order_id)
}}
{after}
"""


def _program(function: Function, code: str, type: str) -> tuple[str, str, str]:
    """A spec with the example in it, and the table and column that show its value."""
    where = {"before": "", "column": "", "child": "", "part": "= 1.00 .. 9.99", "after": ""}
    table, column = "users", "x"
    if type == "pool":
        where["before"] = f"pool Some = {code}"
        where["column"] = "x string = pick(Some.name)"
    elif type == "table":
        where["after"] = f"table derived = {code.replace('country', 'status').replace('users', 'orders')}"
        table, column = "derived", "n"
    elif function.name == "split":
        where["part"] = f"= {code}"
        table, column = "order_items", "amount"
    elif function.name == "index_in":
        table, column = "order_items", "line_no"
    elif function.name in ("running", "previous", "next", "first_in", "last_in"):
        where["child"] = f"x {type} = {code}"
        table = "orders"
    else:
        where["column"] = f"x {type} = {code}"
    return _FRAME.format(**where), table, column


@pytest.mark.parametrize(("function", "example"), EXAMPLES, ids=[f"{f.name}: {e.code}" for f, e in EXAMPLES])
def test_examples_run(function, example, tmp_path):
    (tmp_path / "plans.csv").write_text("name,weight\nfree,70\npro,30\n")
    (tmp_path / "cities.csv").write_text("name,population\nOslo,700000\nBergen,290000\n")
    text, table, column = _program(function, example.code, example.type)
    spec = tmp_path / "spec.dgen"
    spec.write_text(text)
    data = specdsl.load(spec)
    if table == "derived":
        assert table in data.tables
        return
    made = data[table].to_arrow().column(column)
    assert len(made) > 0
    if "?" not in example.type:
        assert made.null_count == 0
    if function.form is Form.FUNCTION and not function.draws and function.name != "sequence":
        shown = _shown(made)
        assert set(shown) == {_plain(example.note)}, "the note says what comes out"


def _shown(column: pa.ChunkedArray) -> list[str]:
    out = []
    for value in column.to_pylist():
        if value is None:
            out.append("null")
        elif hasattr(value, "isoformat"):
            out.append(value.isoformat().replace("+00:00", "Z"))
        elif hasattr(value, "total_seconds"):
            out.append(str(value.total_seconds()))
        else:
            out.append(str(value).lower() if isinstance(value, bool) else str(value))
    return out


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def _plain(note: str) -> str:
    if re.fullmatch(r"\d+[smhdw]", note):
        return str(float(int(note[:-1]) * _SECONDS[note[-1]]))
    return note.strip('"')


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_entries_are_complete(function):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", function.name)
    assert function.summary.endswith(".") and len(function.summary) <= 90
    assert function.doc and function.examples
    assert (function.kernel is None) == (function.form is not Form.FUNCTION)
    names = [p.name for p in function.parameters]
    assert len(set(names)) == len(names)
    seen_optional = False
    for parameter in function.parameters:
        assert parameter.doc and parameter.doc.endswith("."), parameter.name
        assert not (seen_optional and parameter.default is REQUIRED and not parameter.variadic), (
            "required first"
        )
        seen_optional |= parameter.default is not REQUIRED
        assert parameter.same_as is None or parameter.same_as in names
        assert not parameter.variadic or parameter is function.parameters[-1]
        assert not parameter.choices or parameter.constant or "column" in parameter.doc  # the kernel checks
    assert function.signature().startswith(f"{function.name}(")
    if function.at is not None:
        assert function.domain is not None or function.name == "sequence"
    if function.skew:
        assert function.truncates and function.result == t.INT
    assert not (function.draws and function.sql), "what draws cannot be checked by drawing again"


def test_names_are_unique_and_families_complete():
    listed = [f.name for family in registry._FAMILIES for f in family.FUNCTIONS]
    assert len(set(listed)) == len(listed) == len(FUNCTIONS)
    modules = {family.__name__.rpartition(".")[2] for family in registry._FAMILIES}
    assert {function.family for function in FUNCTIONS.values()} <= modules, "a family is a module's name"


def test_the_catalogue_is_light_to_import():
    """Neither the locale library nor Arrow's functions are loaded for reading the catalogue."""
    code = "import sys, json; import specdsl.functions.registry; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    )
    assert not [m for m in loaded if m.split(".")[0] in ("mimesis", "scipy", "duckdb", "pandas", "lark")]
    assert "pyarrow.compute" not in loaded


def test_the_reference_is_up_to_date(request):
    path = Path(__file__).parents[2] / "docs" / "functions.md"
    if request.config.getoption("--regenerate"):
        path.write_text(render(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == render(), (
        "run: python -m specdsl.functions.reference docs/functions.md"
    )
