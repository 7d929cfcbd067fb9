"""Declared dirt in the batches of a checkpoint: each is spoiled on its own, and what is kept of it is clean."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.build import BuildOptions, build
from specdsl.building import answers as writing_answers
from specdsl.building.manifest import KEY_NAME, read_manifest
from specdsl.building.staging import Staging
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.following import BatchRequest
from specdsl.checkpoints.pending import Pending
from specdsl.checkpoints.store import Store
from specdsl.compiler import compile_source
from specdsl.diagnostics.runtime import DirtNotFound, MoreDirtThanRows
from specdsl.errors import UsageError
from specdsl.generate.errors import GenerationError
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from tests.checkpoints.making import Batches
from tests.checkpoints.test_crash import after, die
from tests.checkpoints.test_verify import broken, changed
from tests.cli.running import Ran, run

SPEC = """
dataset shop {
  seed 7
  now  2025-01-01T00:00:00Z
  per batch 1d
}

enum Status { new, paid, sent }

table users 400 grows 200 per batch {
  id      int key = sequence(start: 1)
  email   string unique = f"user{row}@example.com"
  name    string    = full_name(locale: "fr_FR")
  code    string    = /[A-Z]{3}-[0-9]{4}/
  number  int unique in 1..5000
  age     int in 18..90
  created timestamp in 2023-01-01 .. now = now - exponential(mean: 20d)
  boss_id -> users 40% null
  spent   int       = sum(payments.amount)
  violate email.unique 3 rows
  violate number.range 9 rows
  violate age.range 2%
  violate code.pattern 1%
  violate name.null 2 rows
  typos(email) 5 rows
  misencoded(name) 3 rows
}

table orders {
  id      int key = sequence(start: 1000)
  user_id -> users each poisson(3) max 20
  at      timestamp = user_id.created + 1h..2h
  status  Status
  done    timestamp = at + 1h..9h
  check in_order: done > at
  violate in_order 2%
  violate status.enum 1%
}

table payments 500 grows 200 per batch {
  id       int key = row
  order_id -> orders zipf(1.1)
  payer_id -> users since 2 batches
  amount   int in 1..5
  at       timestamp = order_id.at + 1d
  check later: at > order_id.at
  violate later 1%
  violate order_id.reference 2%
  violate id.unique 5 rows
  outliers(amount) 2 rows
  duplicate rows 3%
  duplicate near 4 rows
}

table notes 300 grows 100 per batch {
  order_id -> orders
  number   int = 1 + index_in(order_id)
  body     string = sentence(words: 2..4)
  key (order_id, number)
  violate body.null 2%
}

table kinds 10 {
  id   int key
  name string = word()
  violate name.null 2 rows
  duplicate rows 20%
}
"""
LINES = re.compile(r"^  (?:violate|duplicate|typos|outliers|misencoded)\b.*\n", re.MULTILINE)
CLEAN = LINES.sub("", SPEC)
TABLES = ("users", "orders", "payments", "notes", "kinds")
OFFENDERS = {
    ("users", "age.range"): "age not between 18 and 90",
    ("users", "number.range"): "number not between 1 and 5000",
    ("users", "code.pattern"): "not regexp_full_match(code, '[A-Z]{3}-[0-9]{4}')",
    ("users", "name.null"): "name is null",
    ("orders", "in_order"): 'done <= "at"',
    ("orders", "status.enum"): "status not in ('new', 'paid', 'sent')",
    ("payments", "outliers(amount)"): "amount not between 1 and 5",
    ("notes", "body.null"): "body is null",
}
"""What breaks a rule of one row, said by hand."""
COUNT = 3


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    return made(tmp_path_factory.mktemp("dirty"), SPEC)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    return made(tmp_path_factory.mktemp("clean"), CLEAN)


def made(folder: Path, spec: str, **options: Any) -> Batches:
    batches = Batches(folder, spec, **options)
    for _ in range(COUNT):
        batches.add()
    return batches


def lines(folder: Path, table: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / KEY_NAME).to_pylist()
    return [line for line in found if table in (None, line["table"])]


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    path = folder / f"{table}.parquet"
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist() if path.exists() else []
    return found


def relation(batches: Batches, table: str, *numbers: int) -> str:
    """The rows of a table in some batches, with ``at``: the batch and the position in its files."""
    parts = [
        f"select *, {n} as batch_, file_row_number as row_ from read_parquet("
        f"'{batches.made[n - 1] / f'{table}.parquet'}', file_row_number = true, hive_partitioning = false)"
        for n in numbers
        if (batches.made[n - 1] / f"{table}.parquet").exists()
    ]
    return f"({' union all by name '.join(parts)})"


def told(batches: Batches, table: str, rule: str, *numbers: int) -> set[tuple[int, int]]:
    """Batch and position of the rows that the answer keys name."""
    return {
        (n, line["row"])
        for n in numbers
        for line in lines(batches.made[n - 1], table)
        if line["rule"] == rule
    }


def found(sql: str) -> set[tuple[int, int]]:
    return set(duckdb.sql(sql).fetchall())


EACH_AND_ALL = [*((n,) for n in range(1, COUNT + 1)), tuple(range(1, COUNT + 1))]


# --- the same data -----------------------------------------------------------------------------------


def test_the_first_batch_is_the_plain_build(dirty: Batches, tmp_path: Path) -> None:
    specdsl.load(SPEC).build(tmp_path / "plain")
    for name in (*(f"{table}.parquet" for table in TABLES), KEY_NAME):
        assert (dirty.made[0] / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()


def test_with_the_answers_put_back_it_is_the_data_without_dirt(dirty: Batches, clean: Batches) -> None:
    for spoiled, plain in zip(dirty.made, clean.made, strict=True):
        for table in TABLES:
            expected, written = rows(plain, table), rows(spoiled, table)
            seen = set()
            for line in lines(spoiled, table):
                row = written[line["row"]]
                assert line["row"] not in seen, "a row is spoiled in one way"
                seen.add(line["row"])
                if line["rule"].startswith("duplicate"):
                    assert line["row"] >= len(expected)
                    continue
                before = expected[line["row"]]
                assert [n for n in row if row[n] != before[n]] == [line["column"]]
                key = {n: before[n] for n in ("id", "order_id", "number") if n in json.loads(line["key"])}
                assert json.loads(line["key"]) == key
                row[line["column"]] = before[line["column"]]
            assert written[: len(expected)] == expected
            copies = [line for line in lines(spoiled, table) if line["rule"].startswith("duplicate")]
            assert len(written) - len(expected) == len(copies)


def test_copies_are_of_rows_of_the_batch(dirty: Batches) -> None:
    for folder in dirty.made:
        payments = rows(folder, "payments")
        own = {row["id"] for row in payments[:200]}
        for line in lines(folder, "payments"):
            if line["rule"] == "duplicate":
                assert payments.count(payments[line["row"]]) == 2
            if line["rule"].startswith("duplicate"):
                assert payments[line["row"]]["id"] in own or folder == dirty.made[0]


def test_the_checkpoint_keeps_clean_keys(dirty: Batches, clean: Batches) -> None:
    with duckdb.connect() as state:
        state.execute(f"attach '{dirty.checkpoint.path}' as a (read_only)")
        state.execute(f"attach '{clean.checkpoint.path}' as b (read_only)")
        for table in TABLES:
            for one, other in (("a", "b"), ("b", "a")):
                query = f"from {one}.keys_{table} except all from {other}.keys_{table}"
                assert state.execute(query).fetchall() == []
        counted = "select batch, table_name, first_row, rows from {}.batch_rows order by all"
        assert state.execute(counted.format("a")).fetchall() == state.execute(counted.format("b")).fetchall()


def test_a_build_without_the_dirt_is_that_of_the_spec_without(clean: Batches, tmp_path: Path) -> None:
    batches = made(tmp_path, SPEC, clean=True)
    for mine, theirs in zip(batches.made, clean.made, strict=True):
        assert not (mine / KEY_NAME).exists()
        for path in theirs.glob("*.parquet"):
            assert (mine / path.name).read_bytes() == path.read_bytes()


def test_dirt_may_come_and_go_from_batch_to_batch(dirty: Batches, clean: Batches, tmp_path: Path) -> None:
    batches = Batches(tmp_path, SPEC)
    batches.add()
    batches.add(CLEAN)
    batches.add()
    for mine, theirs in zip(batches.made, [dirty.made[0], clean.made[1], dirty.made[2]], strict=True):
        for path in theirs.glob("*.parquet"):
            assert (mine / path.name).read_bytes() == path.read_bytes()


# --- exactly what the keys say ------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", EACH_AND_ALL, ids=str)
def test_offenders_are_those_of_the_keys(dirty: Batches, numbers: tuple[int, ...]) -> None:
    for (table, rule), condition in OFFENDERS.items():
        offending = f"select batch_, row_ from {relation(dirty, table, *numbers)} where {condition}"
        assert found(offending) == told(dirty, table, rule, *numbers), rule


@pytest.mark.parametrize("numbers", EACH_AND_ALL, ids=str)
def test_orphans_are_those_of_the_keys(dirty: Batches, numbers: tuple[int, ...]) -> None:
    """Over all batches, too: what no batch had yet, none has later."""
    parents = relation(dirty, "orders", *range(1, max(numbers) + 1))
    orphans = (
        f"select batch_, row_ from {relation(dirty, 'payments', *numbers)} as p "
        f"anti join {parents} as o on p.order_id = o.id"
    )
    assert found(orphans) == told(dirty, "payments", "order_id.reference", *numbers)


@pytest.mark.parametrize("numbers", EACH_AND_ALL, ids=str)
def test_values_that_repeat_are_those_of_the_keys(dirty: Batches, numbers: tuple[int, ...]) -> None:
    payments = relation(dirty, "payments", *numbers)
    ((repeated,),) = duckdb.sql(
        f"select sum(n - 1) from (select count(*) as n from {payments} group by id having n > 1)"
    ).fetchall()
    rules = ("id.unique", "duplicate", "duplicate near")
    named = set().union(*(told(dirty, "payments", rule, *numbers) for rule in rules))
    assert repeated == len(named)
    for column, rule in (("email", "email.unique"), ("number", None)):
        users = relation(dirty, "users", *numbers)
        again = duckdb.sql(
            f"select list((batch_, row_)) from {users} group by {column} having count(*) > 1"
        ).fetchall()
        expected = set() if rule is None else told(dirty, "users", rule, *numbers)
        assert len(again) == len(expected)
        assert all(len(expected & set(map(tuple, pairs))) == 1 for (pairs,) in again)


def test_shares_and_numbers_are_of_the_new_rows_of_each_batch(dirty: Batches) -> None:
    for number, folder in enumerate(dirty.made, 1):
        counts = Counter((line["table"], line["rule"]) for line in lines(folder))
        users, payments = (400, 500) if number == 1 else (200, 200)
        assert counts["users", "age.range"] == users // 50
        assert counts["users", "number.range"] == 9
        assert counts["payments", "duplicate"] == payments * 3 // 100
        assert counts["payments", "id.unique"] == 5
        assert counts["orders", "in_order"] == int(len(rows(folder, "orders")) * 0.02 + 0.5)


def test_which_rows_depends_on_the_batch(dirty: Batches) -> None:
    chosen = [
        [line["row"] for line in lines(folder, "payments") if line["rule"] == "later"]
        for folder in dirty.made[1:]
    ]
    assert len({tuple(some) for some in chosen}) == COUNT - 1
    assert all(row < 200 for some in chosen for row in some)


def test_a_table_without_new_rows_is_not_spoiled(dirty: Batches) -> None:
    assert len(lines(dirty.made[0], "kinds")) == 4
    for folder in dirty.made[1:]:
        assert not (folder / "kinds.parquet").exists()
        assert lines(folder, "kinds") == []


def test_the_manifest_names_the_key_and_counts_the_copies(dirty: Batches) -> None:
    for folder in dirty.made:
        manifest = read_manifest(folder)
        assert manifest is not None
        assert manifest.answers is not None
        assert (manifest.answers.path, manifest.answers.rows) == (KEY_NAME, len(lines(folder)))
        copies = [line for line in lines(folder, "payments") if line["rule"].startswith("duplicate")]
        assert manifest.tables["payments"].copies == len(copies)
        assert manifest.tables["payments"].rows == len(rows(folder, "payments"))


KEYS = """
dataset keys { seed 3, now 2025-01-01T00:00:00Z, per batch 1d }
table places 30 grows 10 per batch { code string key = f"P{row}" }
table days   20 grows 5 per batch { day date key = 2024-01-01..2024-12-31 }
table units  40 grows 10 per batch { id uuid key }
table small  20 grows 3 per batch { id int8 key = row + 60 }
table visits 200 grows 80 per batch {
  place    -> places
  day      -> days
  unit     -> units
  small_id -> small? 10% null
  n        int in 0.. = row
  ref      string unique = f"{row:06}"
  key (ref, n)
  violate place.reference 9 rows
  violate day.reference 9 rows
  violate unit.reference 9 rows
  violate small_id.reference 9 rows
  violate n.null 2%
  typos(ref) 3%
  duplicate rows 5%
}
table passports 30 grows 10 per batch {
  place -> places key
  violate place.reference 2 rows
}
"""


def test_keys_of_every_type_stay_without_a_parent(tmp_path: Path) -> None:
    batches = made(tmp_path, KEYS)
    numbers = tuple(range(1, COUNT + 1))
    for table, column, parent, key in (
        ("visits", "place", "places", "code"),
        ("visits", "day", "days", "day"),
        ("visits", "unit", "units", "id"),
        ("visits", "small_id", "small", "id"),
        ("passports", "place", "places", "code"),
    ):
        orphans = (
            f"select batch_, row_ from {relation(batches, table, *numbers)} as c anti join "
            f'{relation(batches, parent, *numbers)} as p on c."{column}" = p."{key}" '
            f'where c."{column}" is not null'
        )
        expected = told(batches, table, f"{column}.reference", *numbers)
        assert len(expected) >= 2 * COUNT
        assert found(orphans) == expected, (table, column)


# --- the same bytes ------------------------------------------------------------------------------------


def test_made_again_a_batch_has_the_same_bytes(dirty: Batches, tmp_path: Path) -> None:
    batches = Batches(tmp_path, SPEC)
    for _ in range(3):
        batches.add()
    batches.checkpoint.reset(1)
    del batches.made[1:]
    for workers in (1, 3):
        batches.add(mode="overwrite", workers=workers)
    for mine, theirs in zip(batches.made, dirty.made, strict=True):
        assert sorted(p.name for p in mine.iterdir()) == sorted(p.name for p in theirs.iterdir())
        for path in theirs.glob("*.parquet"):
            assert (mine / path.name).read_bytes() == path.read_bytes()


def test_rows_do_not_depend_on_the_files(dirty: Batches, tmp_path: Path) -> None:
    batches = made(tmp_path, SPEC, files=3)
    for mine, theirs in zip(batches.made, dirty.made, strict=True):
        assert lines(mine) == lines(theirs)
        for table in ("users", "payments"):
            found = pa.concat_tables([pq.read_table(p) for p in sorted(mine.glob(f"{table}-*.parquet"))])
            assert found.to_pylist() == rows(theirs, table)


# --- verified again ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return by_command(tmp_path_factory.mktemp("written"))


def by_command(folder: Path, *options: str, batches: int = 3) -> Path:
    (folder / "shop.dgen").write_text(SPEC, "utf-8")
    state = ("--checkpoint", str(folder / "state.duckdb"), "-o")
    for number in range(1, batches + 1):
        out = str(folder / "out" / f"batch={number:04d}")
        done = run("build", str(folder / "shop.dgen"), *state, out, *options)
        assert done.status == 0, done.err
    return folder / "out"


def copied(out: Path, folder: Path) -> Path:
    for path in out.parent.rglob("*"):
        if path.is_file() and ".pending" not in str(path):
            place = folder / path.relative_to(out.parent)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return folder / "out"


def verified(out: Path, data: Path, *options: str) -> Ran:
    return run("verify", str(out.parent / "shop.dgen"), str(data), "--json", *options)


def expected(ran: Ran) -> dict[int, int]:
    """The expected violations by batch."""
    return {
        batch["batch"]: sum(rule["expected"] for rule in batch["rules"] if rule["expected"])
        for batch in json.loads(ran.out)["batches"]
    }


def breaking(folder: Path) -> int:
    """Lines of the key about rows that break a rule of theirs."""
    return sum(not line["rule"].startswith(("typos", "misencoded")) for line in lines(folder))


@pytest.mark.parametrize("form", ["csv", "jsonl", "delta"])
def test_all_batches_agree_with_their_keys(form: str, tmp_path: Path) -> None:
    out = by_command(tmp_path, "-f", form, batches=2)
    ran = verified(out, out, "--checkpoint", str(tmp_path / "state.duckdb"))
    assert ran.status == 0, ran.out
    assert expected(ran) == {n: breaking(out / f"batch={n:04d}") for n in (1, 2)}


def test_one_batch_agrees_with_its_key(written: Path) -> None:
    ran = verified(written, written / "batch=0003")
    assert ran.status == 0
    assert expected(ran) == {3: breaking(written / "batch=0003")}


def test_a_row_that_is_not_in_the_key(written: Path, tmp_path: Path) -> None:
    out = copied(written, tmp_path)
    taken = {line["row"] for line in lines(out / "batch=0002", "users")}
    row = next(i for i in range(200) if i not in taken)
    changed(out / "batch=0002" / "users.parquet", "age", row, 7)
    ran = verified(out, out)
    assert ran.status == 1
    assert (2, "users.age in 18..90") in broken(ran)
    assert {batch for batch, _ in broken(ran)} == {2}


def test_a_violation_that_was_put_right(written: Path, tmp_path: Path) -> None:
    out = copied(written, tmp_path)
    line = next(x for x in lines(out / "batch=0002", "payments") if x["rule"] == "order_id.reference")
    changed(out / "batch=0002" / "payments.parquet", "order_id", line["row"], int(line["clean"]))
    ran = verified(out, out)
    assert ran.status == 1
    assert (2, "payments violate order_id.reference") in broken(ran)
    assert (2, "payments.order_id -> orders") in broken(ran)


def test_a_line_of_an_earlier_key_that_is_gone(written: Path, tmp_path: Path) -> None:
    """What later rows take from earlier ones is checked against the clean values, by the keys of those."""
    out = copied(written, tmp_path)
    key = out / "batch=0001" / KEY_NAME
    table = pq.read_table(key)
    at = table.column("rule").to_pylist().index("id.unique")
    pq.write_table(pa.concat_tables([table.slice(0, at), table.slice(at + 1)]), key)
    ran = verified(out, out)
    assert ran.status == 1
    assert (1, "payments violate id.unique") in broken(ran)


def test_a_spoiled_key_that_an_earlier_batch_has(written: Path, tmp_path: Path) -> None:
    out = copied(written, tmp_path)
    folder = out / "batch=0002"
    table = pq.read_table(folder / KEY_NAME)
    at = table.column("rule").to_pylist().index("id.unique")
    changed(folder / KEY_NAME, "dirty", at, "17")
    changed(folder / "payments.parquet", "id", table.column("row")[at].as_py(), 17)
    ran = verified(out, out)
    assert ran.status == 1
    assert (2, "payments.key new in this batch") in broken(ran)


def test_a_clean_key_that_an_earlier_batch_has(written: Path, tmp_path: Path) -> None:
    out = copied(written, tmp_path)
    folder = out / "batch=0002"
    at = pq.read_table(folder / KEY_NAME).column("rule").to_pylist().index("id.unique")
    changed(folder / KEY_NAME, "clean", at, "17")
    ran = verified(out, out)
    assert ran.status == 1
    assert (2, "payments.key new in this batch") in broken(ran)
    state = ("--checkpoint", str(tmp_path / "state.duckdb"))
    assert (2, "payments.key as the checkpoint has it") in broken(verified(out, out, *state))


def test_a_key_that_is_gone(written: Path, tmp_path: Path) -> None:
    out = copied(written, tmp_path)
    (out / "batch=0001" / KEY_NAME).unlink()
    ran = verified(out, out / "batch=0003")
    assert ran.status == 1
    assert f"{KEY_NAME}` is gone, which the manifest lists" in ran.err


# --- whatever kills a build ------------------------------------------------------------------------------


MOMENTS: dict[str, tuple[Any, str, Callable[..., Any], bool]] = {
    "before the answers are written": (writing_answers, "write_answers", die, False),
    "when the answers are written": (
        writing_answers,
        "write_answers",
        after(writing_answers.write_answers),
        False,
    ),
    "before the batch is recorded": (Pending, "record", die, False),
    "when publishing begins": (Staging, "_move", die, True),
    "before the checkpoint is written": (Store, "add", die, True),
    "when the checkpoint is written": (Store, "add", after(Store.add), True),
}


def build_until(moment: str, state: str, folder: str) -> None:
    """Builds a batch in this process, which ends at ``moment``."""
    place, name, replacement, _ = MOMENTS[moment]
    setattr(place, name, replacement)
    specdsl.load(SPEC).build(folder, checkpoint=Checkpoint(state), workers=1)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_moment(moment: str, dirty: Batches, tmp_path: Path) -> None:
    counts = MOMENTS[moment][-1]
    batches = Batches(tmp_path, SPEC)
    batches.add()
    code = "import sys; from tests.checkpoints.test_dirt import build_until; build_until(*sys.argv[1:])"
    words = [sys.executable, "-c", code, moment, str(batches.checkpoint.path), str(tmp_path / "batch2")]
    assert subprocess.run(words, check=False, cwd=Path(__file__).parents[2]).returncode == -signal.SIGKILL
    with batches.checkpoint.locked():
        assert [b.number for b in batches.checkpoint.batches()] == ([1, 2] if counts else [1])
    there = [(tmp_path / "batch2" / name).exists() for name in (KEY_NAME, "manifest.json")]
    assert there == [counts, counts]
    if counts:
        batches.made.append(tmp_path / "batch2")
    else:
        batches.add(resume=True)
    batches.add()
    for mine, theirs in zip(batches.made, dirty.made[:3], strict=True):
        for path in theirs.glob("*.parquet"):
            assert (mine / path.name).read_bytes() == path.read_bytes()


# --- what cannot be --------------------------------------------------------------------------------------


FEW = """
table t 100 grows 4 per batch {
  id  int key
  age int in 0..200 = 18..90
  check odd: age < 91 or id % 4 != 0
  LINE
}
"""


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        (
            "violate age.range 9 rows",
            MoreDirtThanRows,
            "the dirt of table `t` takes 9 rows, and there are 4 in batch 2",
        ),
        (
            "violate odd 2 rows",
            DirtNotFound,
            "`violate odd` needs 2 rows of batch 2, but of 4 that were tried only 1 can be spoiled so that no "
            "other rule breaks",
        ),
    ],
)
def test_too_few_rows_of_a_batch(line: str, kind: type, message: str, tmp_path: Path) -> None:
    compilation = compile_source(SourceFile("t.dgen", FEW.replace("LINE", line)), LocalFiles())
    request = BatchRequest(specdsl.Checkpoint())
    assert build(compilation, BuildOptions(tmp_path / "batch1"), batch=request).ok
    with pytest.raises(GenerationError) as failure:
        build(compilation, BuildOptions(tmp_path / "batch2"), batch=request)
    told = failure.value.diagnostic(compilation.spans)
    assert isinstance(told, kind)
    assert told.message() == message
    assert not (tmp_path / "batch2").exists()
    assert len(request.checkpoint.batches()) == 1
    more = BatchRequest(request.checkpoint, more={"t": 40})
    assert build(compilation, BuildOptions(tmp_path / "batch2"), batch=more).ok


def test_change_records_are_of_clean_rows_alone(tmp_path: Path) -> None:
    batches = Batches(tmp_path, SPEC)
    with pytest.raises(UsageError, match="rows of `users` are to be spoiled") as failure:
        batches.add(changes="plain")
    assert failure.value.help is not None
    assert "--clean" in failure.value.help
    assert not batches.checkpoint.batches()
    batches.add(changes="plain", clean=True)


def test_a_snapshot_has_clean_rows(dirty: Batches, clean: Batches, tmp_path: Path) -> None:
    batches = Batches(tmp_path, SPEC)
    for _ in range(2):
        batches.add(snapshot=True)
    for mine, theirs in zip(batches.made, dirty.made[:2], strict=True):
        assert (mine / KEY_NAME).read_bytes() == (theirs / KEY_NAME).read_bytes()
    for table in TABLES:
        assert rows(batches.made[1] / "snapshot", table) == clean.table(table, 1, 2).to_pylist()
