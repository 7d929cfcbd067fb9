"""Rows that break their schema on purpose, the answer key, and verification that agrees with both."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from specdsl.build import BuildInterruptedError, BuildResult, Mode, VerifyLevel
from specdsl.building import invalid
from specdsl.building.answered import as_verified
from specdsl.building.finding import find_tables
from specdsl.building.options import Breaking
from specdsl.building.share import rows_of, share_of, share_text
from specdsl.errors import DataError, UsageError
from specdsl.mutations.documents import NOTHING, path_of, pointer_of, replaced
from specdsl.verify.unpacked import opened
from specdsl.verify.verifier import verify
from tests.build.specs import Heard, built, compiled, contents, names

SPEC = """
dataset shop { seed 7, now 2025-01-01T00:00:00Z }
enum Status { new 50%, paid 50% }

table users 120 {
  id     int key = sequence(start: 1)
  name   string(min: 2, max: 20) = first_name()
  age    int? in 18..90 10% null
  status Status
  code   string = /[A-Z]{3}-[0-9]{4}/
  born   date = 1950-01-01..2000-01-01
  home   struct { zip string = /[0-9]{5}/, floor int in 0..9 }
  tags   list<string>[1..3] = distinct("a" | "b" | "c" | "d")
  nick   string 30% absent = word()
  pay    variant kind { card struct { number int in 1..99 }, cash struct { paid bool } }
  big    int in 9_007_199_254_740_993..9_223_372_036_854_775_807
}

table orders {
  id      int key = sequence(start: 100)
  user_id -> users each 0..4
  total   decimal(10, 2) in 1..100
}

table totals = sql("select user_id, sum(total) as total from orders group by 1 order by 1")

table scores 30 { v int bare = 1..5 }
"""
PARTITIONED = """
table visits 60 {
  id      int key
  country string = "DE" | "FR"
  n       int in 1..5
  partition by (country)
}
"""
TEN = Breaking(Decimal("0.1"))
FEW = {"users": 20}


def made(out: Path, text: str = SPEC, share: Breaking | None = TEN, **options: Any) -> BuildResult:
    return built(out, text, **{"format": "jsonl", "invalid": share, **options})


def key(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "_answers.jsonl").read_text("utf-8").splitlines()]


def rows(path: Path) -> list[Any]:
    with opened(path) as file:
        text = file.read().decode()
    return json.loads(text) if ".json." in f"{path.name}." else [json.loads(x) for x in text.splitlines()]


def verified(out: Path, text: str = SPEC, overrides: dict[str, int] | None = None) -> list[str]:
    """The names of the rules that are broken."""
    dataset = compiled(text, overrides).dataset
    assert dataset is not None
    with as_verified(find_tables(dataset, out)) as (found, held):
        report = verify(dataset, found.tables, "full", None, found.rows)
        return [one.rule.name for one in (report if held is None else held.joined(report)).broken]


def validator(out: Path, pointer: str) -> Any:
    document = json.loads((out / "_schema.json").read_text("utf-8"))
    kind = jsonschema.Draft202012Validator
    schema = document if pointer == "" else {"$ref": f"#{pointer}", "$defs": document["$defs"]}
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("invalid") / "out"
    assert made(out).ok
    yield out


def test_the_share_is_exact(whole: Path) -> None:
    counts = {
        name: sum(one["table"] == name for one in key(whole))
        for name in ("users", "orders", "totals", "scores")
    }
    manifest = json.loads((whole / "manifest.json").read_text("utf-8"))
    total = {name: table["rows"] for name, table in manifest["tables"].items()}
    assert counts == {name: max(1, (count + 5) // 10) for name, count in total.items()}
    assert manifest["invalid"]["rows"] == counts
    assert manifest["invalid"]["asked"] == {"share": "10%"}


def test_rows_break_what_the_key_says_and_nothing_else(whole: Path) -> None:
    answers = {(one["file"], one["row"]): one for one in key(whole)}
    for name in ("users", "orders", "totals", "scores"):
        check = validator(whole, f"/$defs/{name}")
        for number, row in enumerate(rows(whole / f"{name}.jsonl")):
            answer = answers.pop((f"{name}.jsonl", number), None)
            errors = list(check.iter_errors(row))
            if answer is None:
                assert errors == []
                continue
            (error,) = errors
            assert (error.validator, pointer_of(tuple(error.absolute_path))) == (
                answer["keyword"],
                answer["path"],
            )
            assert answer["schema"].endswith(f"/{answer['keyword']}")
            clean = replaced(row, path_of(answer["changed"], row), answer.get("clean", NOTHING))
            assert list(check.iter_errors(clean)) == []
            if name != "scores" and answer["key"]:
                assert answer["key"] == {"id": clean["id"]}
    assert answers == {}


def test_all_else_is_as_without_it(whole: Path, tmp_path: Path) -> None:
    made(tmp_path, share=None)
    answers = {(one["file"], one["row"]): one for one in key(whole)}
    for name in ("users.jsonl", "orders.jsonl", "totals.jsonl", "scores.jsonl"):
        lines = (whole / name).read_text("utf-8").splitlines()
        for number, line in enumerate((tmp_path / name).read_text("utf-8").splitlines()):
            if (name, number) not in answers:
                assert lines[number] == line
                continue
            row, answer = json.loads(lines[number]), answers[name, number]
            clean = replaced(row, path_of(answer["changed"], row), answer.get("clean", NOTHING))
            assert clean == json.loads(line)


def test_many_keywords_come_up(whole: Path) -> None:
    found = {one["keyword"] for one in key(whole) if one["table"] in ("users", "orders")}
    assert found >= {"type", "required", "additionalProperties", "minimum", "maximum", "pattern", "enum"}


def test_every_row_may_be_broken(tmp_path: Path) -> None:
    assert made(tmp_path, share=Breaking(Decimal(1)), rows=FEW).ok
    found = {one["keyword"] for one in key(tmp_path) if one["table"] == "users"}
    assert (
        found >= {"anyOf", "format", "minItems", "maxItems", "minLength"}
        and verified(tmp_path, overrides=FEW) == []
    )
    assert sum(one["table"] == "users" for one in key(tmp_path)) == 20


def test_verification_agrees(whole: Path) -> None:
    assert verified(whole) == []


def test_bytes_do_not_depend_on_workers_and_batches(whole: Path, tmp_path: Path) -> None:
    made(tmp_path, workers=1, batch_rows=7)
    assert contents(tmp_path) == contents(whole)
    made(tmp_path / "other", seed=8)
    assert [(one["table"], one["row"]) for one in key(tmp_path / "other")] != [
        (one["table"], one["row"]) for one in key(whole)
    ]


@pytest.mark.parametrize(
    ("form", "compression"),
    [
        ("jsonl", "gzip"),
        ("jsonl", "zip"),
        ("json", "none"),
        ("json", "zstd"),
        ("json", "xz"),
        ("json", "bz2"),
    ],
)
def test_formats_and_several_files(whole: Path, tmp_path: Path, form: str, compression: str) -> None:
    assert made(tmp_path, format=form, compression=compression, files=3).ok
    assert verified(tmp_path) == []
    plain = [(one["table"], one["keyword"], one["changed"], one["key"]) for one in key(whole)]
    assert [(one["table"], one["keyword"], one["changed"], one["key"]) for one in key(tmp_path)] == plain
    for one in key(tmp_path):
        row = rows(tmp_path / one["file"])[one["row"]]
        assert "broken" not in one or row == replaced(row, path_of(one["changed"], row), one["broken"])


def test_partitions_keep_their_columns(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lack the columns that they are partitioned by") as told:
        made(tmp_path / "out", PARTITIONED)
    assert "-O partition_columns=true" in told.value.help
    assert not (tmp_path / "out").exists()
    assert made(tmp_path / "out", PARTITIONED, values=(("partition_columns", "true"),)).ok
    assert {one["file"].split("/")[1] for one in key(tmp_path / "out")} == {"country=DE", "country=FR"}
    assert verified(tmp_path / "out", PARTITIONED) == []


# --- verification does not agree --------------------------------------------------------------


def tampered(whole: Path, out: Path, name: str, change: Any) -> list[str]:
    shutil.copytree(whole, out)
    lines = (out / name).read_text("utf-8").splitlines()
    change(lines)
    (out / name).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return verified(out)


def at(whole: Path, table: str, keyword: str | None = None) -> int:
    return next(
        one["row"] for one in key(whole) if one["table"] == table and keyword in (None, one["keyword"])
    )


def test_a_row_that_is_not_in_the_key(whole: Path, tmp_path: Path) -> None:
    taken = {one["row"] for one in key(whole) if one["table"] == "orders"}
    number = next(n for n in range(50) if n not in taken)

    def change(lines: list[str]) -> None:
        row = json.loads(lines[number])
        lines[number] = json.dumps(row | {"total": 1000})

    broken = tampered(whole, tmp_path / "out", "orders.jsonl", change)
    assert "orders.total in 1.00..100.00" in broken
    assert not any(name.endswith(".answers") for name in broken)


def test_a_broken_row_that_is_mended(whole: Path, tmp_path: Path) -> None:
    number = at(whole, "orders", "maximum")

    def change(lines: list[str]) -> None:
        lines[number] = json.dumps(json.loads(lines[number]) | {"total": 50})

    assert "orders.answers" in tampered(whole, tmp_path / "out", "orders.jsonl", change)


def test_a_broken_row_that_breaks_more(whole: Path, tmp_path: Path) -> None:
    number = at(whole, "orders", "maximum")

    def change(lines: list[str]) -> None:
        lines[number] = json.dumps(json.loads(lines[number]) | {"more": 1})

    assert "orders.answers" in tampered(whole, tmp_path / "out", "orders.jsonl", change)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines.pop(3),
        lambda lines: lines.insert(3, lines[3]),
        lambda lines: lines.reverse(),
        lambda lines: lines.__setitem__(0, lines[0].replace('"row":', '"row":9999')),
        lambda lines: lines.__setitem__(0, json.dumps(json.loads(lines[0]) | {"keyword": "format"})),
        lambda lines: lines.__setitem__(0, json.dumps(json.loads(lines[0]) | {"changed": "/a/b/c"})),
        lambda lines: lines.__setitem__(0, json.dumps(json.loads(lines[0]) | {"changed": "a"})),
        lambda lines: lines.__setitem__(0, json.dumps(json.loads(lines[0]) | {"table": "strangers"})),
    ],
    ids=["removed", "twice", "reversed", "no such row", "keyword", "no such place", "no pointer", "table"],
)
def test_a_changed_key(whole: Path, tmp_path: Path, change: Any) -> None:
    assert "users.answers" in tampered(whole, tmp_path / "out", "_answers.jsonl", change)


def test_a_damaged_key_or_schema_is_told(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 1 of .*_answers.jsonl` is no line of an answer key"):
        tampered(whole, tmp_path / "key", "_answers.jsonl", lambda lines: lines.__setitem__(0, "[1]"))
    with pytest.raises(DataError, match=r"_schema.json` is no JSON"):
        tampered(whole, tmp_path / "schema", "_schema.json", lambda lines: lines.__setitem__(0, "{{"))
    (tmp_path / "schema" / "_schema.json").write_text('{"$defs": {"users": {}}}')
    with pytest.raises(DataError, match=r"has no schema of `orders`"):
        verified(tmp_path / "schema")
    (tmp_path / "key" / "_answers.jsonl").unlink()
    with pytest.raises(DataError, match=r"_answers.jsonl` is gone"):
        verified(tmp_path / "key")


@pytest.mark.parametrize("compression", ["gzip", "xz", "zip", "bz2"])
def test_a_damaged_file_is_told(tmp_path: Path, compression: str) -> None:
    made(tmp_path, compression=compression, rows=FEW)
    (path,) = tmp_path.glob("users.jsonl.*")
    path.write_bytes(path.read_bytes()[:200])
    broken = verified(tmp_path, overrides=FEW)
    assert {"users schema", "users.answers"} <= set(broken)
    assert not any(name.startswith("scores") for name in broken)


# --- what stands in the way -------------------------------------------------------------------


@pytest.mark.parametrize("form", ["parquet", "csv", "sqlite"])
def test_formats_that_cannot(tmp_path: Path, form: str) -> None:
    with pytest.raises(UsageError, match=f"in {form} a column holds values of its type alone") as told:
        made(tmp_path / "out", format=form)
    assert told.value.help == "--invalid is for -f json and -f jsonl"
    assert not (tmp_path / "out").exists()


def test_appending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--invalid cannot add rows"):
        made(tmp_path, mode=Mode.APPEND)
    made(tmp_path, rows=FEW)
    before = contents(tmp_path)
    with pytest.raises(DataError, match="has rows that are broken on purpose"):
        made(tmp_path, share=None, mode=Mode.APPEND, rows=FEW)
    assert contents(tmp_path) == before


def test_a_table_of_the_name_of_the_key(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"table `_answers` and the build itself would both be written to"):
        made(tmp_path, "table _answers 3 { id int key }")


def test_overwriting_removes_the_key(tmp_path: Path) -> None:
    made(tmp_path, rows=FEW)
    with pytest.raises(DataError, match="already holds"):
        made(tmp_path, rows=FEW)
    assert made(tmp_path, share=None, mode=Mode.OVERWRITE, rows=FEW).ok
    assert not {"_answers.jsonl", "_schema.json"} & set(names(tmp_path))
    assert verified(tmp_path, overrides=FEW) == []


def test_a_foreign_file_of_the_name_stays(tmp_path: Path) -> None:
    (tmp_path / "_answers.jsonl").write_text("mine")
    with pytest.raises(DataError, match=r"already holds _answers\.jsonl"):
        made(tmp_path, rows=FEW)
    assert (tmp_path / "_answers.jsonl").read_text() == "mine"
    assert names(tmp_path) == ["_answers.jsonl"]


def test_interrupted_and_resumed(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def interrupted(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*args)

    original = invalid._file
    monkeypatch.setattr(invalid, "_file", interrupted)
    with pytest.raises(BuildInterruptedError, match="interrupted while breaking rows") as told:
        made(tmp_path)
    assert "--resume" in told.value.help
    monkeypatch.undo()
    with pytest.raises(DataError, match="invalid"):
        made(tmp_path, resume=True, share=None)
    assert made(tmp_path, resume=True).ok
    assert contents(tmp_path) == contents(whole)
    heard = Heard()
    assert made(tmp_path, resume=True, listener=heard).ok
    assert heard.notes == ["the build is complete already"]


# --- tables and schemas of all kinds ----------------------------------------------------------


def test_tables_without_anything_to_break(tmp_path: Path) -> None:
    text = "table docs 20 { v json bare = any_json(depth: 1) }\n"
    with pytest.raises(DataError, match="no row can be broken") as told:
        made(tmp_path / "a", text)
    assert told.value.help == "leave out --invalid"
    assert not (tmp_path / "a").exists()
    heard = Heard()
    assert made(tmp_path / "b", text + "table others 5 { id int key }\n", listener=heard).ok
    assert "no row of docs is broken" in "".join(heard.notes)
    assert [one["table"] for one in key(tmp_path / "b")] == ["others"]


def test_a_schema_that_no_row_satisfies(tmp_path: Path) -> None:
    """The first error says why no row can be broken."""
    text = "table t 30 { id int key }\ntable u 30 { id int key }\n"
    said = r"none of \d+ rows satisfies `s.json`: \d+ is not of type 'string' \(at /id\)"
    wrong = {"type": "object", "properties": {"id": {"type": "string"}}}
    right = {"type": "object", "properties": {"id": {"type": "integer"}}}
    heard = Heard()
    share = Breaking(Decimal("0.1"), {"t": wrong, "u": right}, "`s.json`")
    assert made(tmp_path / "a", text, share, listener=heard).ok
    assert re.search(f"no row of t is broken: {said}", "".join(heard.notes))
    assert {one["table"] for one in key(tmp_path / "a")} == {"u"}
    with pytest.raises(DataError, match=said):
        made(tmp_path / "b", text, Breaking(Decimal("0.1"), {"t": wrong, "u": wrong}, "`s.json`"))
    assert not (tmp_path / "b").exists()


def test_tables_without_rows(tmp_path: Path) -> None:
    assert made(tmp_path, "table none 0 { id int key }", format="json").ok
    assert key(tmp_path) == []
    assert (tmp_path / "none.json").read_text() == "[]\n"
    assert verified(tmp_path, "table none 0 { id int key }") == []


def test_another_schema(tmp_path: Path) -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {
            "orders": {"properties": {"total": {"multipleOf": 0.01}, "id": {"not": {"const": 0}}}},
            "scores": {"type": "integer", "if": {"minimum": 3}, "then": {"maximum": 5}},
        },
    }
    share = Breaking(Decimal("0.2"), schema)
    with pytest.raises(DataError, match="the schema to break says nothing of `users`"):
        made(tmp_path, share=share)
    assert made(tmp_path, share=share, tables=("orders", "scores")).ok
    assert {one["schema"] for one in key(tmp_path)} == {
        "/definitions/orders/properties/total/multipleOf",
        "/definitions/orders/properties/id/not",
        "/definitions/scores/type",
        "/definitions/scores/then/maximum",
    }
    assert verified(tmp_path) == []
    with pytest.raises(DataError, match=r"the schema to break is none: .* \(at /type\)"):
        made(tmp_path / "wrong", share=Breaking(Decimal("0.2"), {"type": "text"}))


def test_without_verification(whole: Path, tmp_path: Path) -> None:
    assert made(tmp_path, verify=VerifyLevel.OFF).ok
    there, here = contents(whole), contents(tmp_path)
    assert {name: one for name, one in here.items() if name != "manifest.json"} == {
        name: one for name, one in there.items() if name != "manifest.json"
    }


def test_shares() -> None:
    assert [share_text(share_of(one)) for one in ("5%", "0.5 %", "100%", 0.05, 1, 1e-05)] == [
        "5%", "0.5%", "100%", "5%", "100%", "0.001%",
    ]  # fmt: skip
    for wrong in ("5", "0%", "101%", "-1%", "x%", "nan%", 0, 1.5, True, float("nan"), float("inf")):
        with pytest.raises(UsageError, match="is no share of rows"):
            share_of(wrong)
    assert [rows_of(Decimal("0.05"), count) for count in (0, 1, 10, 29, 30, 1000)] == [0, 1, 1, 1, 2, 50]
