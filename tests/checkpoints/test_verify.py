"""Batches that were written, held against the spec: all of them, or one with those before it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.checkpoints.making import SHOP
from tests.cli.running import Ran, run


def made(folder: Path, *options: str, batches: int = 3) -> Path:
    (folder / "shop.dgen").write_text(SHOP, "utf-8")
    for _ in range(batches):
        done = run("build", str(folder / "shop.dgen"), "--checkpoint", str(folder / "state.duckdb"), *options)
        assert done.status == 0, done.err
    return folder / "out"


def verify(folder: Path, data: Path, *options: str) -> Ran:
    return run("verify", str(folder / "shop.dgen"), str(data), *options)


def broken(ran: Ran) -> list[tuple[int, str]]:
    document = json.loads(ran.out)
    return [
        (batch["batch"], rule["rule"])
        for batch in document["batches"]
        for rule in batch["rules"]
        if rule["verdict"] == "broken"
    ]


def changed(path: Path, column: str, row: int, value: object) -> None:
    table = pq.read_table(path)
    values = table.column(column).to_pylist()
    values[row] = value
    at = table.column_names.index(column)
    pq.write_table(table.set_column(at, table.field(at), pa.array(values, table.field(at).type)), path)


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl", "sqlite"])
def test_all_batches_hold(form: str, tmp_path: Path) -> None:
    out = made(tmp_path, "-f", form, batches=2)
    ran = verify(tmp_path, out, "--json")
    assert ran.status == 0, ran.out
    assert [b["batch"] for b in json.loads(ran.out)["batches"]] == [1, 2]
    told = verify(tmp_path, out)
    assert f"batch 2, {out / 'batch=0002'}" in told.out


def test_one_batch_finds_those_before_it(tmp_path: Path) -> None:
    out = made(tmp_path)
    ran = verify(tmp_path, out / "batch=0003")
    assert ran.status == 0
    assert ran.out.startswith("batch 3, ")
    assert "batch 2" not in ran.out
    shutil.copytree(out / "batch=0003", tmp_path / "alone")
    alone = verify(tmp_path, tmp_path / "alone")
    assert alone.status == 1
    assert "batch 3 refers to rows of those before it, and batch 1 is not there" in alone.err
    state = ("--checkpoint", str(tmp_path / "state.duckdb"))
    assert verify(tmp_path, tmp_path / "alone", *state).status == 0
    shutil.rmtree(out / "batch=0002")
    gone = verify(tmp_path, tmp_path / "alone", *state)
    assert gone.status == 1
    assert "batch 2 is not there" in gone.err


def test_what_does_not_hold_across_batches(tmp_path: Path) -> None:
    out = made(tmp_path, batches=2)
    first = pq.read_table(out / "batch=0001" / "payments.parquet").column("id").to_pylist()
    changed(out / "batch=0002" / "payments.parquet", "id", 3, first[5])
    ran = verify(tmp_path, out, "--json")
    assert ran.status == 1
    assert (2, "payments.key new in this batch") in broken(ran)
    assert {batch for batch, _ in broken(ran)} == {2}


def test_rows_that_are_referred_to_and_gone(tmp_path: Path) -> None:
    out = made(tmp_path, batches=2)
    path = out / "batch=0001" / "orders.parquet"
    pq.write_table(pq.read_table(path).slice(0, 1), path)
    ran = verify(tmp_path, out / "batch=0002", "--json")
    assert ran.status == 1
    assert any("payments.order_id" in rule for _, rule in broken(ran))


def test_keys_are_those_of_the_checkpoint(tmp_path: Path) -> None:
    out = made(tmp_path, batches=2)
    state = ("--checkpoint", str(tmp_path / "state.duckdb"), "--json")
    assert verify(tmp_path, out, *state).status == 0
    changed(out / "batch=0002" / "payments.parquet", "id", 3, 999_999)
    assert (2, "payments.key as the checkpoint has it") in broken(verify(tmp_path, out, *state))


def test_another_spec(tmp_path: Path) -> None:
    out = made(tmp_path, batches=2)
    spec = tmp_path / "shop.dgen"
    spec.write_text(SHOP.replace("price int        = 1..100", "price int        = 1..99"), "utf-8")
    ran = verify(tmp_path, out)
    assert ran.status == 1
    assert "batch 1 in" in ran.err
    assert "was made with another spec" in ran.err


def test_a_checkpoint_without_batches_in_the_folder(tmp_path: Path) -> None:
    made(tmp_path, batches=1)
    (tmp_path / "empty").mkdir()
    ran = verify(tmp_path, tmp_path / "empty", "--checkpoint", str(tmp_path / "state.duckdb"))
    assert ran.status == 1
    assert "has no batch of a checkpoint" in ran.err
    assert verify(tmp_path, tmp_path / "out", "--scale", "2").status == 2
    assert verify(tmp_path, tmp_path / "out" / "batch=0001").status == 0
