"""Rows that are spoiled on purpose: just those of the answer key, each in one way, in every format."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.build import BuildOptions, Mode, build
from specdsl.building.finding import find_tables
from specdsl.building.manifest import KEY_NAME, read_manifest
from specdsl.diagnostics.runtime import DirtNotFound
from specdsl.errors import DataError, UsageError
from specdsl.generate.errors import GenerationError
from specdsl.sinks.registry import CONTAINERS, SINKS
from specdsl.verify.report import VerifyReport
from specdsl.verify.verifier import verify
from tests.build.specs import built, compiled

SPEC = """
dataset d { seed 5 }
enum Status { new, paid, sent }

table users 1_200 {
  id      int key = sequence(start: 1)
  email   string unique = f"user{row}@example.com"
  name    string = full_name(locale: "fr_FR")
  nick    string(min: 2, max: 14) = first_name()
  code    string = /[A-Z]{3}-[0-9]{4}/
  age     int in 18..90
  status  Status
  born    date = 1950-01-01 .. 2000-12-31
  hired   date = 2019-01-01 .. 2024-12-31
  left    date? 50% null in hired.. = hired + 10d..400d
  note    string = f"{2020-01-01 .. 2024-12-31}"
  bonus   int hidden = age * 2
  tags    list<string>[0..2] = "a" | "b"
  spent   decimal(12, 2) = sum(orders.total)
  check adult: hired >= born + 6574d
  check paid_old: status != paid or bonus > 36
  violate adult 1%
  violate paid_old 3 rows
  violate email.unique 12 rows
  violate name.null 1%
  violate tags.null 3 rows
  violate age.range 1%
  violate code.pattern 1%
  violate nick.length 1%
  violate status.enum 1%
  violate left.range 1%
  duplicate rows 2%
  duplicate near 7 rows
  typos(name) 1%
  outliers(age) 5 rows
  malformed(name) 1%
  malformed(note) 1%
  misencoded(name) 1%
}

table orders 3_000 {
  id      uuid key
  user_id -> users
  total   decimal(10, 2) in 0.. = lognormal(mean: 3, sigma: 1)
  placed  timestamp = 2024-01-01 .. 2024-12-31
  rate    float = 0.0..1.0
  violate user_id.reference 1%
  violate total.range 4 rows
  outliers(total) 5 rows
  outliers(placed) 5 rows
  outliers(rate) 5 rows
}
"""
BROKEN = {
    "adult": "hired < born + 6574",
    "paid_old": "status = 'paid' and age <= 18",
    "name.null": "name is null",
    "tags.null": "tags is null",
    "age.range": "age not between 18 and 90",
    "code.pattern": "not regexp_full_match(code, '[A-Z]{3}-[0-9]{4}')",
    "nick.length": "length(nick) not between 2 and 14",
    "status.enum": "status not in ('new', 'paid', 'sent')",
    "left.range": '"left" < hired',
}
"""What breaks a rule of users, said by hand."""
LINES = re.compile(r"^  (?:violate|duplicate|typos|outliers|malformed|misencoded)\b.*\n", re.MULTILINE)
STRICT = ("sqlite", "duckdb", "sql")
FORMATS = [*SINKS, *(name for name in CONTAINERS if name not in STRICT)]


def answers(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / KEY_NAME).to_pylist()
    return found


def rows_of(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return found


def verified(folder: Path, spec: str = SPEC) -> VerifyReport:
    dataset = compiled(spec).dataset
    assert dataset is not None
    found = find_tables(dataset, folder)
    return verify(dataset, found.tables, "full", None, found.rows, found.answers)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dirt")
    assert built(out, SPEC).ok
    return out


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clean")
    assert built(out, LINES.sub("", SPEC)).ok
    return out


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_it_and_is_verified(tmp_path: Path, form: str) -> None:
    result = built(tmp_path, SPEC, format=form)
    assert result.report is not None
    assert result.ok, [(r.rule.name, r.note) for r in result.report.broken]
    report = verified(tmp_path)
    assert report.ok
    assert sum(r.expected for r in report.rules) == sum(r.broken for r in report.rules) == 203
    (tmp_path / "manifest.json").unlink()
    assert verified(tmp_path).ok


def test_rows_break_the_rule_of_the_key_and_no_other(folder: Path) -> None:
    """Said in SQL by hand, so that generating and verifying cannot be wrong alike."""
    users = f"(select *, file_row_number as row from read_parquet('{folder / 'users.parquet'}', file_row_number = true))"
    key: dict[str, set[int]] = {}
    for line in answers(folder):
        if line["table"] == "users":
            key.setdefault(line["rule"], set()).add(line["row"])
    key["age.range"] |= key.pop("outliers(age)")  # beyond bounds that are closed
    for rule, broken in BROKEN.items():
        found = duckdb.sql(f"select row from {users} where {broken}").fetchall()
        assert {row for (row,) in found} == key[rule], rule
    copies = key["duplicate"] | key["duplicate near"]
    repeated = duckdb.sql(f"select row from {users} where row >= 1200").fetchall()
    assert {row for (row,) in repeated} == copies
    emails = duckdb.sql(
        f"select email from {users} where row < 1200 group by 1 having count(*) > 1"
    ).fetchall()
    assert len(emails) == len(key["email.unique"]) == 12
    orphans = duckdb.sql(
        f"select count(*) from '{folder / 'orders.parquet'}' o anti join {users} u on o.user_id = u.id"
    ).fetchall()
    assert orphans == [(30,)]


def test_what_is_not_in_the_key_is_as_it_would_be_without(folder: Path, clean: Path) -> None:
    lines = answers(folder)
    for table in ("users", "orders"):
        dirty, plain = rows_of(folder, table), rows_of(clean, table)
        changed = {
            x["row"]: x for x in lines if x["table"] == table and not x["rule"].startswith("duplicate")
        }
        assert len(changed) == sum(
            x["table"] == table and not x["rule"].startswith("duplicate") for x in lines
        ), "a row is spoiled in one way"
        for number, (row, before) in enumerate(zip(dirty, plain, strict=False)):
            different = [name for name in row if row[name] != before[name]]
            assert different == ([changed[number]["column"]] if number in changed else [])
        assert len(dirty) - len(plain) == sum(
            x["table"] == table and x["rule"].startswith("duplicate") for x in lines
        )


def test_the_key_tells_what_was_and_what_is(folder: Path, clean: Path) -> None:
    for table in ("users", "orders"):
        dirty, plain = rows_of(folder, table), rows_of(clean, table)
        by_id = {str(row["id"]): row for row in plain}
        for line in answers(folder):
            if line["table"] != table:
                continue
            row = dirty[line["row"]]
            before = by_id[str(json.loads(line["key"])["id"])]
            if line["column"] is None:
                assert line["rule"] == "duplicate"
                assert row == before
                continue
            assert [n for n in row if row[n] != before[n]] == [line["column"]]
            for text, value in ((line["clean"], before), (line["dirty"], row)):
                assert same(None if text is None else json.loads(text), value[line["column"]])


def same(told: Any, value: Any) -> bool:
    """Whether a value of the key is that of the file."""
    if hasattr(value, "isoformat"):
        return bool(told.removesuffix("Z") == value.isoformat().replace("+00:00", ""))
    return bool(told == value or float(told) == float(value))


def test_counts_are_exact(folder: Path) -> None:
    counts: dict[str, int] = {}
    for line in answers(folder):
        counts[line["rule"]] = counts.get(line["rule"], 0) + 1
    assert counts["adult"] == counts["name.null"] == counts["status.enum"] == 12
    assert counts["paid_old"] == 3
    assert counts["duplicate"] == 24
    assert counts["duplicate near"] == 7
    assert counts["user_id.reference"] == 30


def test_roll_ups_see_clean_values(folder: Path) -> None:
    """Totals are those of the clean orders, so that they differ where an order was spoiled."""
    users = {row["id"]: row["spent"] for row in rows_of(folder, "users")[:1200] if row["id"]}
    orders = rows_of(folder, "orders")
    for line in answers(folder):
        if line["table"] == "orders" and line["column"] == "total":
            orders[line["row"]]["total"] = pa.scalar(line["clean"]).cast(pa.decimal128(10, 2)).as_py()
        if line["table"] == "orders" and line["column"] == "user_id":
            orders[line["row"]]["user_id"] = int(line["clean"])
    totals = dict.fromkeys(users, 0)
    for row in orders:
        totals[row["user_id"]] += row["total"]
    assert totals == users


@pytest.mark.parametrize("options", [{"batch_rows": 100, "workers": 1}, {"workers": 4}, {"files": 3}])
def test_rows_do_not_depend_on_how_they_are_made(tmp_path: Path, folder: Path, options: Any) -> None:
    assert built(tmp_path, SPEC, **options).ok
    assert answers(tmp_path) == answers(folder)
    for table in ("users", "orders"):
        found = pa.concat_tables([pq.read_table(p) for p in sorted(tmp_path.glob(f"{table}*.parquet"))])
        assert found.to_pylist() == rows_of(folder, table)


def test_another_seed_spoils_other_rows(tmp_path: Path, folder: Path) -> None:
    assert built(tmp_path, SPEC, seed=6).ok
    assert [x["row"] for x in answers(tmp_path)] != [x["row"] for x in answers(folder)]


def test_a_line_more_leaves_the_others_alone(tmp_path: Path, folder: Path) -> None:
    more = SPEC.replace("  outliers(rate) 5 rows\n", "  outliers(rate) 5 rows\n  violate rate.null 3 rows\n")
    assert built(tmp_path, more).ok
    assert [x for x in answers(tmp_path) if x["rule"] != "rate.null"] == answers(folder)


def test_clean_is_what_the_spec_without_the_lines_gives(tmp_path: Path, clean: Path) -> None:
    assert built(tmp_path, SPEC, clean=True).ok
    for table in ("users", "orders"):
        name = f"{table}.parquet"
        assert (tmp_path / name).read_bytes() == (clean / name).read_bytes()
    assert not (tmp_path / KEY_NAME).exists()
    assert verified(tmp_path).ok
    mine, theirs = read_manifest(tmp_path), read_manifest(clean)
    assert mine is not None
    assert theirs is not None
    assert mine.origin == theirs.origin


def test_the_manifest_names_the_key(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.answers is not None
    assert (manifest.answers.path, manifest.answers.rows) == (KEY_NAME, len(answers(folder)))
    assert KEY_NAME in manifest.names()


def test_replacing_removes_the_key(tmp_path: Path) -> None:
    assert built(tmp_path, SPEC).ok
    assert built(tmp_path, SPEC, mode=Mode.OVERWRITE, clean=True).ok
    assert not (tmp_path / KEY_NAME).exists()
    assert built(tmp_path, SPEC, mode=Mode.OVERWRITE).ok
    assert (tmp_path / KEY_NAME).exists()


# --- files and keys that do not agree --------------------------------------------------------------


def spoiled(folder: Path, tmp_path: Path) -> Path:
    """A copy of the build without its manifest, to be changed."""
    for path in folder.glob("*.parquet"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def change(path: Path, row: int, column: str, value: Any) -> None:
    table = pq.read_table(path)
    values = table.column(column).to_pylist()
    values[row] = value
    kind = table.schema.field(column).type
    table = table.set_column(table.schema.get_field_index(column), column, pa.array(values, kind))
    pq.write_table(table, path)


def broken(report: VerifyReport) -> set[str]:
    return {r.rule.name for r in report.broken}


def test_a_row_that_is_not_in_the_key(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    taken = {x["row"] for x in answers(folder) if x["table"] == "users"}
    row = next(i for i in range(1200) if i not in taken)
    change(out / "users.parquet", row, "age", 7)
    assert broken(verified(out)) == {"users.age in 18..90", "users.age as drawn"}


def test_another_spoiled_value_in_the_key(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    at = next(i for i, x in enumerate(answers(folder)) if x["rule"] == "age.range")
    change(out / KEY_NAME, at, "dirty", "1999")
    report = verified(out)
    assert "users violate age.range" in broken(report)
    notes = [r.note for r in report.broken if r.rule.name == "users violate age.range"]
    assert notes == ["1 row is not in the files as the key says"]


def test_a_violation_that_was_put_right(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    row = next(x["row"] for x in answers(folder) if x["rule"] == "age.range")
    change(out / "users.parquet", row, "age", 40)
    report = verified(out)
    assert broken(report) == {"users.age in 18..90", "users violate age.range"}
    result = next(r for r in report.rules if r.rule.name == "users.age in 18..90")
    assert result.note == "1 row is not as the answer key says"
    assert [dict(x) for x in result.offenders] == [{"row": row}]


def test_another_dirty_value(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    row = next(x["row"] for x in answers(folder) if x["rule"] == "typos(name)")
    change(out / "users.parquet", row, "name", "someone else")
    assert broken(verified(out)) == {"users typos(name)"}


def test_a_copy_that_is_none(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    row = next(x["row"] for x in answers(folder) if x["rule"] == "duplicate")
    change(out / "users.parquet", row, "name", "someone else")
    assert broken(verified(out)) == {"users duplicate"}


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("age.range", {"users.age in 18..90", "users violate age.range"}),
        ("email.unique", {"users.email unique", "users violate email.unique"}),
        ("user_id.reference", {"orders.user_id -> users", "orders violate user_id.reference"}),
    ],
)
def test_a_line_of_the_key_that_is_gone(folder: Path, tmp_path: Path, rule: str, found: set[str]) -> None:
    out = spoiled(folder, tmp_path)
    table = pq.read_table(out / KEY_NAME)
    at = table.column("rule").to_pylist().index(rule)
    pq.write_table(pa.concat_tables([table.slice(0, at), table.slice(at + 1)]), out / KEY_NAME)
    assert found <= broken(verified(out))


def test_another_clean_value_in_the_key(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    at = next(i for i, x in enumerate(answers(folder)) if x["rule"] == "age.range")
    change(out / KEY_NAME, at, "clean", "99")
    assert broken(verified(out)) == {"users.age in 18..90", "users.age as drawn"}


def test_what_is_no_key(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    pq.write_table(pa.table({"a": [1]}), out / KEY_NAME)
    with pytest.raises(DataError, match="is no answer key"):
        verified(out)
    (out / KEY_NAME).write_text("nothing of the kind")
    with pytest.raises(DataError, match="is no answer key"):
        verified(out)


def test_without_the_key_the_dirt_breaks_the_rules(folder: Path, tmp_path: Path) -> None:
    out = spoiled(folder, tmp_path)
    (out / KEY_NAME).unlink()
    assert "users.age in 18..90" in broken(verified(out))
    dataset = compiled(SPEC).dataset
    assert dataset is not None
    assert any("says what was spoiled" in note for note in find_tables(dataset, out).notes)


# --- what cannot be --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", STRICT)
def test_databases_that_declare_rules_refuse_it(tmp_path: Path, form: str) -> None:
    with pytest.raises(UsageError, match="refuses rows that break them"):
        built(tmp_path, SPEC, format=form)
    assert not any(tmp_path.iterdir())
    assert built(tmp_path, SPEC, format=form, clean=True).ok


def test_dirt_that_breaks_no_rule_goes_into_a_database(tmp_path: Path) -> None:
    spec = """
    table users 500 {
      id int key
      name string = full_name()
      typos(name) 2%
      malformed(name) 3 rows
    }
    """
    assert built(tmp_path, spec, format="sqlite").ok
    assert verified(tmp_path, spec).ok


def test_rows_are_not_added(tmp_path: Path) -> None:
    assert built(tmp_path, SPEC).ok
    with pytest.raises(UsageError, match="rows cannot be added"):
        built(tmp_path, SPEC, mode=Mode.APPEND)


def test_too_few_rows_can_be_spoiled(tmp_path: Path) -> None:
    spec = """
    table users 100 {
      id int key
      age int in 18..90
      check adult: age >= 18
      violate adult 5 rows
    }
    """
    compilation = compiled(spec)
    with pytest.raises(GenerationError) as failure:
        build(compilation, BuildOptions(tmp_path))
    told = failure.value.diagnostic(compilation.spans)
    assert isinstance(told, DirtNotFound)
    assert (told.wanted, told.found, told.tried) == (5, 0, 100)
    assert spec[told.span.start : told.span.end] == "violate adult 5 rows"
    assert not any(tmp_path.iterdir())


def test_a_rule_of_the_spoiled_column_that_is_in_the_way_is_named(tmp_path: Path) -> None:
    spec = "table t 100 {\n  id int key\n  code string = /[A-Z]{3}-[0-9]{4}/\n  malformed(code) 5 rows\n}\n"
    compilation = compiled(spec)
    with pytest.raises(GenerationError) as failure:
        build(compilation, BuildOptions(tmp_path))
    assert failure.value.diagnostic(compilation.spans).help().startswith("`violate code.pattern` breaks that")


def test_fewer_rows_than_the_text_says(tmp_path: Path) -> None:
    """Numbers of rows that are not the text's are no mistake of the text, and only builds of dirt need them."""
    spec = "table users 1_000 {\n  id int key\n  age int in 18..90\n  violate age.range 30 rows\n}\n"
    compilation = compiled(spec, rows=10)
    with pytest.raises(GenerationError, match="takes 30 rows, and there are 10"):
        build(compilation, BuildOptions(tmp_path / "out"))
    assert build(compilation, BuildOptions(tmp_path / "out", clean=True)).ok
