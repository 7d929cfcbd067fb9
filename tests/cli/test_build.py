from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from specdsl.building.finding import ENDINGS
from specdsl.sinks import registry
from specdsl.sinks.names import FORMAT_NAMES
from tests.cli.running import GOOD, environment, process, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.dgen").write_text(GOOD, "utf-8")
    return tmp_path


def test_formats_are_those_of_the_sinks() -> None:
    assert set(FORMAT_NAMES) == set(registry.FORMATS) == set(ENDINGS)


def test_beside_the_spec() -> None:
    Path("sub").mkdir()
    Path("good.dgen").rename("sub/good.dgen")
    ran = run("build", "sub/good.dgen")
    assert (ran.status, ran.out) == (0, "")
    assert sorted(p.name for p in Path("sub/out").iterdir()) == [
        "manifest.json",
        "orders.parquet",
        "users.parquet",
    ]
    assert "users: 3 rows\n" in ran.err
    assert "│ orders │    6 │     1 │" in ran.err
    assert "9 rows, " in ran.err
    assert "in sub/out/ after " in ran.err


def test_edge_rows() -> None:
    assert run("build", "-q", "good.dgen", "--edge", "100%").status == 0
    assert json.loads(Path("out/manifest.json").read_text())["dataset"]["edge"] == 1.0
    assert run("verify", "-q", "good.dgen", "out").status == 0
    plain, edged = (run("preview", "-q", "good.dgen", *more).out for more in ((), ("--edge", "100%")))
    assert plain != edged


@pytest.mark.parametrize("command", ["build", "preview"])
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("0", "'0' is not a share above 0% and at most 100%: write 10%, say"),
        ("0%", "'0%' is not a share above 0% and at most 100%: write 10%, say"),
        ("-5%", "'-5%' is not a share above 0% and at most 100%"),
        ("200%", "'200%' is not a share above 0% and at most 100%"),
        ("nan%", "'nan%' is not a share above 0% and at most 100%"),
        ("10", "'10' is not a share of the rows: write 10%"),
        ("10%%", "'10%%' is not a share of the rows, such as 10%"),
        ("abc", "'abc' is not a share of the rows, such as 10%"),
        ("", "'' is not a share of the rows, such as 10%"),
    ],
)
def test_a_share_that_is_none(command: str, written: str, told: str) -> None:
    ran = run(command, "good.dgen", "--edge", written)
    assert (ran.status, ran.out) == (2, "")
    assert told in " ".join(ran.err.split())
    assert not Path("out").exists()


def test_quiet() -> None:
    assert run("build", "-q", "good.dgen") == (run("build", "-q", "good.dgen", "--mode", "overwrite"))
    assert Path("out/users.parquet").exists()


@pytest.mark.parametrize("form", registry.SINKS)
def test_formats(form: str) -> None:
    assert run("build", "-q", "good.dgen", "-f", form, "-o", form).status == 0
    assert Path(form, f"users.{form}").exists()
    assert run("verify", "-q", "good.dgen", form).status == 0


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("xlsx", "did you mean `excel`?"),
        ("NDJSON", "did you mean `jsonl`?"),
        ("json-lines", "did you mean `jsonl`?"),
        ("postgres", "did you mean `sql -O dialect=postgresql`?"),
        ("tsv", "did you mean `csv -O delimiter=tab`?"),
        ("parket", "did you mean `parquet`?"),
        ("zzz", "there are parquet, csv, "),
    ],
)
def test_formats_by_other_names(said: str, hint: str) -> None:
    ran = run("build", "good.dgen", "-f", said)
    assert ran.status == 2
    assert hint in ran.err


@pytest.mark.parametrize(
    ("output", "hint"),
    [("shop.sqlite", "-f sqlite -o FOLDER"), ("a/users.csv.gz", "-f csv -o a")],
)
def test_an_output_that_is_called_as_a_file(output: str, hint: str) -> None:
    ran = run("build", "good.dgen", "-o", output)
    assert ran.status == 2
    assert f"`{output}` is the name of a file" in ran.err
    assert hint in ran.err
    assert not Path(output).exists()
    Path(output).mkdir(parents=True)
    assert run("build", "-q", "good.dgen", "-o", output).status == 0


def test_json() -> None:
    ran = run("build", "-q", "good.dgen", "--json", "--files", "2")
    made = json.loads(ran.out)
    assert made["ok"] is True
    assert made["out_dir"] == "out"
    users, orders = made["tables"]
    assert (users["name"], users["rows"], users["written"]) == ("users", 3, 3)
    assert orders["files"] == ["out/orders-00001.parquet", "out/orders-00002.parquet"]
    assert made["verification"]["ok"] is True


def test_rows_and_scale_and_tables() -> None:
    def rows(*options: str) -> dict[str, int]:
        ran = run("build", "-q", "good.dgen", "--mode", "overwrite", "--json", *options)
        assert ran.status == 0, ran.err
        return {t["name"]: t["rows"] for t in json.loads(ran.out)["tables"]}

    assert rows("--rows", "5") == {"users": 5, "orders": 10}
    assert rows("--rows", "users=7") == {"users": 7, "orders": 14}
    assert rows("--scale", "2") == {"users": 6, "orders": 12}
    assert rows("-t", "users") == {"users": 3}


@pytest.mark.parametrize(
    ("options", "message", "help"),
    [
        (["--rows", "user=5"], "there is no table `user`", "did you mean `users`?"),
        (["--rows", "orders=5"], "`orders` has no row count to replace", "the tables with a count are users"),
        (["-t", "nothing"], "there is no table `nothing`", "the tables are users, orders"),
        (["--rows", "5", "--rows", "6"], "--rows N is given twice", "--rows users=10"),
        (["--compression", "lzma"], "lzma", ""),
        (["-f", "xml"], "there is no format 'xml'", "build --help"),
        (["-f", "jsonl", "--invalid", "5"], "`5` is no share of rows", "such as 5%"),
        (["--invalid", "5%"], "in parquet a column holds values of its type alone", "-f json and -f jsonl"),
        (["--schema", "s.json"], "`--schema` is for `--invalid` alone", "add --invalid 5%"),
    ],
)
def test_usage(options: list[str], message: str, help: str) -> None:
    ran = run("build", "-q", "good.dgen", *options)
    assert ran.status == 2
    assert message in ran.err
    assert help in ran.err
    assert not Path("out").exists()


def test_explain() -> None:
    ran = run("build", "-q", "good.dgen", "--explain")
    assert ran.status == 0
    assert ran.out.startswith("order: users, orders\n")
    assert not Path("out").exists()


def test_data_that_is_there_stays() -> None:
    run("build", "-q", "good.dgen")
    before = Path("out/users.parquet").read_bytes()
    ran = run("build", "good.dgen", "--seed", "9")
    assert ran.status == 1
    assert "error: " in ran.err
    assert "--mode" in ran.err
    assert Path("out/users.parquet").read_bytes() == before


def test_output_that_is_a_file() -> None:
    Path("out").write_text("mine", "utf-8")
    ran = run("build", "-q", "good.dgen")
    assert ran.status == 3
    assert ran.err.startswith("error: ")
    assert Path("out").read_text("utf-8") == "mine"


def test_wrong_spec() -> None:
    Path("wrong.dgen").write_text("table t 3 { a int = nothing }\n", "utf-8")
    ran = run("build", "wrong.dgen")
    assert ran.status == 1
    assert ran.err.splitlines()[-1] == "1 error in wrong.dgen"
    assert not Path("out").exists()


def test_data_that_breaks_a_rule_is_not_published() -> None:
    """A check over an aggregate cannot be solved for; verification finds what breaks it."""
    text = GOOD.replace("  half int", "  n int = count(orders)\n  check few: n < 2\n  half int")
    Path("bad.dgen").write_text(text, "utf-8")
    ran = run("build", "bad.dgen")
    assert ran.status == 1
    assert "few" in ran.err
    assert not Path("out/users.parquet").exists()


def test_progress_in_a_log_is_plain() -> None:
    ran = process("build", "good.dgen", env=environment(COLUMNS="80"))
    assert "\x1b" not in ran.err
    assert "\r" not in ran.err
    assert ran.err.splitlines()[:3] == ["users: 3 rows", "orders: 6 rows", "checking the written files"] or (
        "users: 3 rows" in ran.err
    )


BIG = GOOD.replace("users 3", "users 30_000_000")


def heed_interrupts() -> None:
    """A background job of a shell ignores SIGINT, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def reads_stdin(pid: int) -> bool:
    """Whether the process waits in read(0, ...) (system call 0 on x86, 63 on ARM)."""
    fields = Path(f"/proc/{pid}/syscall").read_text("ascii").split()
    return fields[0] in {"0", "63"} and fields[1:2] == ["0x0"]


def test_interrupt_and_resume(folder: Path) -> None:
    Path("big.dgen").write_text(BIG, "utf-8")
    child = subprocess.Popen(
        [sys.executable, "-m", "specdsl", "build", "big.dgen", "--files", "200", "-q", "-t", "users"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(folder.rglob("users-*.parquet")):
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("interrupted")
    assert not (folder / "out" / "manifest.json").exists()


def test_interrupt_while_starting() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "specdsl", "fmt", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not reads_stdin(child.pid):
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, b"", b"interrupted\n")


def test_rows_broken_on_purpose() -> None:
    ran = run("build", "good.dgen", "-f", "jsonl", "--invalid", "50%", "--json")
    assert json.loads(ran.out)["invalid"] == {
        "share": "50%",
        "rows": {"users": 2, "orders": 3},
        "answers": "out/_answers.jsonl",
        "schema": "out/_schema.json",
    }
    assert "breaking rows on purpose" in ran.err
    again = run("build", "good.dgen", "-f", "jsonl", "--invalid", "50%", "--mode", "overwrite")
    assert "5 rows break their schema on purpose: out/_answers.jsonl says which" in again.err
    assert run("verify", "good.dgen", "out").status == 0
    lines = Path("out/users.jsonl").read_text("utf-8").splitlines()
    Path("out/users.jsonl").write_text("".join(f"{line}\n" for line in reversed(lines)), "utf-8")
    told = run("verify", "good.dgen", "out")
    assert told.status == 1
    assert "users.answers" in told.out
    assert "`out/users.jsonl` has changed since it was built" in told.err


def test_rows_that_break_a_schema_of_a_file() -> None:
    Path("s.json").write_text('{"type": "object", "properties": {"name": {"minLength": 2}}}', "utf-8")
    ran = run(
        "build", "-q", "good.dgen", "-f", "json", "--invalid", "100%", "--schema", "s.json", "-t", "users"
    )
    assert ran.status == 0, ran.err
    answers = [json.loads(line) for line in Path("out/_answers.jsonl").read_text("utf-8").splitlines()]
    assert {one["keyword"] for one in answers} == {"type", "minLength"}
    assert json.loads(Path("out/_schema.json").read_text("utf-8")) == json.loads(
        Path("s.json").read_text("utf-8")
    )
    for name, text, status in (
        ("none.json", None, 3),
        ("bad.json", "{", 1),
        ("wrong.json", '{"type": 1}', 1),
    ):
        if text is not None:
            Path(name).write_text(text, "utf-8")
        ran = run(
            "build",
            "-q",
            "good.dgen",
            "-f",
            "json",
            "--invalid",
            "9%",
            "--schema",
            name,
            "-o",
            "no",
            "-t",
            "users",
        )
        assert ran.status == status
        assert "Traceback" not in ran.err
        assert not Path("no").exists()


DIRTY = """
table users 200 {
  id  int key
  age int in 18..90
  violate age.range 5 rows
  duplicate rows 1%
}
"""


def test_dirt_is_told_and_can_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "d.dgen").write_text(DIRTY)
    done = run("build", "d.dgen", "-o", "out")
    assert done.status == 0
    assert "7 rows are spoiled as declared: out/_answers.parquet says which" in done.err
    assert "7 expected violations" in done.err
    done = run("verify", "d.dgen", "out")
    assert done.status == 0
    assert "202 rows" in done.out
    assert "7 expected violations" in done.out
    done = run("build", "d.dgen", "-o", "clean", "--clean")
    assert done.status == 0
    assert "spoiled" not in done.err
    assert not (tmp_path / "clean" / "_answers.parquet").exists()
    assert run("verify", "d.dgen", "clean").status == 0


def test_the_plan_tells_of_dirt(tmp_path: Path) -> None:
    (tmp_path / "d.dgen").write_text(DIRTY)
    assert "users: violate age.range when written, in 5 rows" in run("build", "d.dgen", "--explain").out
    assert "when written" not in run("build", "d.dgen", "--explain", "--clean").out


def test_dirt_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "d.dgen").write_text(
        DIRTY.replace("  violate age.range", "  check grown: age > 17 and age < 91\n  violate age.range")
    )
    done = run("build", "d.dgen", "-o", "out")
    assert done.status == 1
    assert "error[DG581]" in done.err
    assert "what breaks with it most often is check `grown`" in done.err
    assert not (tmp_path / "out").exists()
