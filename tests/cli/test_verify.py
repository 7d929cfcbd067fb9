from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import GOOD, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.dgen").write_text(GOOD, "utf-8")
    return tmp_path


USERS = "id,name,age,twin\n1,Ann,30,0\n2,Bob,,2\n3,Ann,90,2\n"
ORDERS = "id,user_id,total\n" + "".join(f"{100 + i},{i // 2 + 1},{5 + i}.50\n" for i in range(6))


def data(users: str = USERS, orders: str = ORDERS, where: str = "data") -> None:
    Path(where).mkdir()
    Path(where, "users.csv").write_text(users, "utf-8")
    Path(where, "orders.csv").write_text(orders, "utf-8")


def test_good() -> None:
    data()
    ran = run("verify", "-q", "good.dgen", "data")
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    told = run("verify", "good.dgen", "data").out
    assert "users  3 rows" in told
    assert "orders  6 rows" in told


@pytest.mark.parametrize(
    ("users", "orders", "rule"),
    [
        (USERS.replace("3,Ann", "2,Ann"), ORDERS, "users.key"),
        (USERS.replace("90", "91"), ORDERS, "users.age"),
        (USERS, ORDERS.replace("105,3", "105,4"), "orders.user_id"),
        (USERS, ORDERS.replace("5.50", "0.50", 1), "orders.total"),
        (USERS.replace("name", "nom"), ORDERS, "users"),
    ],
)
def test_broken(users: str, orders: str, rule: str) -> None:
    data(users, orders)
    ran = run("verify", "good.dgen", "data", "--json")
    assert ran.status == 1
    broken = [r["rule"] for r in json.loads(ran.out)["rules"] if r["verdict"] == "broken"]
    assert any(r.startswith(rule) for r in broken), broken
    text = run("verify", "-q", "good.dgen", "data")
    assert text.status == 1
    assert f"broken: {rule}" in text.out


def test_files_by_number_and_in_folders() -> None:
    data()
    Path("data/users").mkdir()
    Path("data/users.csv").rename("data/users/part-b.csv")
    head, *rows = ORDERS.splitlines()
    for i in (1, 2, 10):
        part = rows[:2] if i == 1 else rows[2:4] if i == 2 else rows[4:]
        Path(f"data/orders-{i}.csv").write_text("\n".join([head, *part]) + "\n", "utf-8")
    Path("data/orders.csv").unlink()
    ran = run("verify", "good.dgen", "data", "--json")
    assert ran.status == 0, ran.out
    assert json.loads(ran.out)["tables"] == {"users": {"rows": 3}, "orders": {"rows": 6}}


def test_missing_table() -> None:
    data()
    Path("data/orders.csv").unlink()
    ran = run("verify", "good.dgen", "data")
    assert ran.status == 1
    assert "`data` has no data of table `orders`" in ran.err


def test_two_formats() -> None:
    data()
    Path("data/users.jsonl").write_text("{}\n", "utf-8")
    ran = run("verify", "good.dgen", "data")
    assert ran.status == 1
    assert "several formats: users.csv and users.jsonl" in ran.err


@pytest.mark.parametrize(
    ("where", "status", "message"),
    [("gone", 3, "no folder `gone`"), ("good.dgen", 3, "is a file"), ("empty", 1, "no data of this spec")],
)
def test_no_data(where: str, status: int, message: str) -> None:
    Path("empty").mkdir()
    ran = run("verify", "-q", "good.dgen", where)
    assert ran.status == status
    assert message in ran.err


def test_a_build_with_other_counts_is_still_a_build_of_the_spec() -> None:
    run("build", "-q", "good.dgen", "--rows", "users=8")
    ran = run("verify", "good.dgen", "out")
    assert ran.status == 0, ran.out + ran.err


def test_a_changed_file_is_mentioned() -> None:
    run("build", "-q", "good.dgen", "-f", "csv")
    path = Path("out/users.csv")
    path.write_text(path.read_text("utf-8").replace("Ann", "Bob"), "utf-8")
    ran = run("verify", "good.dgen", "out")
    assert "`out/users.csv` has changed since it was built" in ran.err
    path.unlink()
    gone = run("verify", "good.dgen", "out")
    assert gone.status == 1
    assert "`out/users.csv` is gone" in gone.err


def test_other_counts_of_data_from_elsewhere() -> None:
    data(USERS + "4,Ann,20,4\n", ORDERS + "106,4,7\n107,4,7\n")
    assert run("verify", "-q", "good.dgen", "data").status == 1
    assert run("verify", "-q", "good.dgen", "data", "--rows", "users=4").status == 0


def test_a_manifest_that_is_damaged_is_told(tmp_path: Path) -> None:
    spec, out = tmp_path / "good.dgen", tmp_path / "out"
    spec.write_text(GOOD, "utf-8")
    assert run("build", str(spec), "-o", str(out)).status == 0
    (out / "manifest.json").write_text("{bad", "utf-8")
    ran = run("verify", str(spec), str(out))
    assert ran.status == 0
    assert "manifest.json` is not one of specdsl's: files are taken by their names" in ran.err
