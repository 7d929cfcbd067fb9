"""A schema that was exported gives the spec that it came from: the same rows at the same seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdsl.exporters.spec import Spec, Wanted
from specdsl.importers.json_schema.exported import rules_of
from specdsl.importers.json_schema.importer import import_source
from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings
from specdsl.source import SourceFile
from tests import examples
from tests.exporters.exporting import ALL, DRAFTS, exported, rows, same_rows, schema_of, spec_of, validator
from tests.exporters.test_json_shapes import CASES

SHAPES = sorted(CASES)


def imported(schema: str | Any, path: str = "spec.schema.json") -> Imported:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return import_source(SourceFile(path, text), Settings())


def back(spec: Spec, wanted: Wanted = ALL, path: str = "spec.schema.json") -> Spec:
    """The spec that is made of the schema of ``spec``."""
    found = imported(exported(spec, wanted=wanted), path)
    assert found.text is not None and not found.findings, [one.message for one in found.findings]
    return spec_of(found.text, str(Path(path).with_name("imported.dgen")))


@pytest.mark.parametrize("path", examples.ALL, ids=lambda p: p.stem)
def test_examples(path: Path) -> None:
    spec = spec_of(path.read_text("utf-8"), str(path))
    again = back(spec, path=str(path))
    assert same_rows(spec, again)
    for name, table in spec.dataset.tables.items():
        other = again.dataset.tables[name]
        assert (table.key, table.uniques, table.references) == (other.key, other.uniques, other.references)
        assert [one.name for one in table.checks] == [one.name for one in other.checks]
    assert schema_of(again, Wanted(examples=0)) == schema_of(spec, Wanted(examples=0))


SPEC = """
## Things that are sold.
dataset d { seed 11, now 2025-02-01 }

import "common.dgen"

enum Plan { free 80%, pro }
type Unused = int in 1..3

table parents 30 {
  id int key
  secret int hidden = 1..9
  (a, b) = (1, "x") | (2, "y")
}

table children {
  parent_id -> parents each 0..4
  no int = index_in(parent_id)
  plan Plan
  level Level
  key (parent_id, no)
  check small: no < 100
}
"""


@pytest.mark.parametrize("draft", DRAFTS)
def test_every_draft_and_each_table_carries_the_whole(draft: str, tmp_path: Path) -> None:
    (tmp_path / "common.dgen").write_text("type Level = int in 1..4\n", "utf-8")
    spec = spec_of(SPEC, str(tmp_path / "d.dgen"))
    for tables in ((), ("children",), ("parents",)):
        again = back(spec, Wanted(tables, draft))
        assert {n: t.key for n, t in again.dataset.tables.items()} == {
            n: t.key for n, t in spec.dataset.tables.items()
        }
        for name in spec.dataset.tables:
            assert rows(again, name, 20) == rows(spec, name, 20)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4, unique=True),
    seed=st.integers(0, 2**31),
    optional=st.booleans(),
    draft=st.sampled_from(sorted(DRAFTS)),
)
def test_generated_specs(shapes: list[str], seed: int, optional: bool, draft: str) -> None:
    types = "".join(sorted({CASES[name][0] for name in shapes}))
    columns = "".join(f"  c{i} {CASES[name][1]}\n" for i, name in enumerate(shapes))
    extra = (
        "  note string? 30% null = /[a-f]{2,5}/\n"
        if optional
        else "  at date 10% absent = 2025-01-01..2025-02-01\n"
    )
    spec = spec_of(
        f"dataset d {{ seed {seed} }}\n{types}\ntable t 60 {{\n  id int key\n{columns}{extra}}}\n"
        "table u 20 {\n  t_id -> t\n  n int unique = 1..500\n}\n"
    )
    wanted = Wanted(variant=draft)
    assert same_rows(spec, back(spec, wanted))
    valid = validator(schema_of(spec, wanted), draft)
    for table in ("t", "u"):
        for row in rows(spec, table, 20):
            valid.validate(row)


@pytest.mark.parametrize("name", SHAPES)
def test_the_schema_alone_gives_rows_that_it_accepts(name: str) -> None:
    """Without its texts a schema is imported like any other, and its own export takes no wrong instance."""
    types, written, _, wrong = CASES[name]
    spec = spec_of(f"{types}\ntable t 50 {{\n  v {written}\n}}\n")
    plain = schema_of(spec, Wanted(plain=True))
    assert "x-specdsl-declaration" not in json.dumps(plain)
    found = imported(plain)
    assert found.text is not None
    again = spec_of(found.text)
    valid, narrower = validator(plain), validator(schema_of(again))
    made = rows(again, "t", 50)
    for row in made:
        valid.validate(row)
        narrower.validate(row)
    assert [one for one in wrong if narrower.is_valid({"v": one})] == []


def test_a_schema_that_was_changed_is_imported_as_it_is() -> None:
    schema = schema_of(spec_of("table t 5 {\n  age int in 18..90 = normal(mean: 40, sd: 9)\n}\n"))
    schema["properties"]["age"]["maximum"] = 65
    found = imported(schema)
    assert [d.code for d in found.diagnostics] == ["DG715"]
    assert found.text is not None and "18..65" in found.text and "normal" not in found.text


RELATED = """table users 40 {
  id    int key = sequence(start: 100)
  email string unique = f"{row}@example.com"
  age   int in 18..90
  check grown: age >= 21
}

table rooms 20 {
  sku string key = /[A-Z]{3}-[0-9]{6}/
}

table stays 60 {
  user_id -> users
  room_id -> rooms
  night   int in 1..30
  paid    int in 0..90
  owed    int in 0..90
  key (room_id, night)
  check settled: paid + owed <= 120
}
"""


def test_keys_references_and_checks_come_back_without_the_texts() -> None:
    spec = spec_of(RELATED)
    changed = schema_of(spec)
    changed["$defs"]["stays"]["properties"]["night"]["maximum"] = 25
    for schema in (schema_of(spec, Wanted(plain=True)), changed):
        found = imported(schema)
        assert found.text is not None
        again = spec_of(found.text)
        users, stays = rows(again, "users", 200), rows(again, "stays", 200)
        names = {row["sku"] for row in rows(again, "rooms", 1_000)}
        assert len({row["id"] for row in users}) == len({row["email"] for row in users}) == len(users)
        assert all(row["age"] >= 21 for row in users)
        assert {row["room_id"] for row in stays} <= names
        assert len({(row["room_id"], row["night"]) for row in stays}) == len(stays)
        assert all(row["paid"] + row["owed"] <= 120 for row in stays)
        assert "user_id -> users" in found.text
        valid = validator(schema)
        for row in [*users, *stays]:
            valid.validate(row)


def test_a_rule_that_no_row_can_hold_is_left_out_and_told() -> None:
    plain = schema_of(spec_of(RELATED), Wanted(plain=True))
    plain["$defs"]["users"]["x-specdsl-checks"]["grown"] = "age >= 91"
    plain["$defs"]["stays"]["x-specdsl-checks"]["other"] = "nights < 3 } table more 3 { a int"
    found = imported(plain)
    assert found.text is not None and "grown" not in found.text and "more" not in found.text
    assert any("the check `grown` is not kept" in one.message for one in found.findings)


def test_only_whole_conditions_are_read() -> None:
    told = {
        "a": "x > 1",
        "b": "match x { 1 => true, else => false }",
        "c": "match x { 1 => true",
        "d": "x } y",
        "e": " ",
    }
    assert [check.name for check in rules_of({"x-specdsl-checks": told}).checks] == ["a", "b"]


@pytest.mark.parametrize(
    "declaration",
    [
        "table t 5 {",
        "table t 5 { age int in 1..5 }",
        "table other 5 { age int in 18..20 }",
        "",
        'import "/etc/passwd"',
    ],
)
def test_texts_that_say_something_else_are_not_used(declaration: str) -> None:
    schema = schema_of(spec_of("table t 5 {\n  age int in 18..90\n}\n"))
    schema["x-specdsl-declaration"] = declaration
    found = imported(schema)
    assert [d.code for d in found.diagnostics] == ["DG715"]
    assert found.text is not None and "18..90" in found.text


def test_what_is_for_people_may_change() -> None:
    spec = spec_of("## Old.\ntable t 5 {\n  age int in 18..90 = normal(mean: 40, sd: 9)\n}\n")
    schema = schema_of(spec)
    schema |= {"description": "New.", "examples": [], "$id": "https://example.com/t"}
    found = imported(json.dumps(schema, indent=7, sort_keys=True))
    assert not found.findings and found.text is not None and "normal" in found.text
