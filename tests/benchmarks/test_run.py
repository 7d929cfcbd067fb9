"""The benchmarks run, on a few rows, and their page has what they measured."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]


def test_a_workload_of_a_few_rows_prints_every_contender(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "w1", "w3"]
    options = ["--rows", "2000", "--rounds", "1", "--no-docs", "--work", str(tmp_path)]
    done = subprocess.run([*command, *options], stdout=subprocess.PIPE, text=True, check=True)
    for name in ("every trick", "specdsl, --verify off", "specdsl, --verify full", "numpy + pyarrow"):
        assert f"\n| {name} |" in done.stdout
    assert "## W1: one table of ten columns, 2,000 rows" in done.stdout
    assert "## W3: 2,000 nested records" in done.stdout


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


@pytest.mark.usefixtures("modules")
def test_specs_made_by_size_are_good() -> None:
    import compiling
    import scaling

    from specdsl.compiler import compile_source
    from specdsl.local_files import LocalFiles
    from specdsl.source import SourceFile

    wide = scaling.wide_spec(12).replace("table t {", "table t 5 {")
    for text, tables in ((wide, 1), (scaling.many_spec(4), 4), (compiling.long_spec(60), 3)):
        compilation = compile_source(SourceFile("made.dgen", text), LocalFiles())
        assert compilation.dataset is not None, compilation.diagnostics[0].message()
        assert len(compilation.dataset.tables) == tables


@pytest.mark.usefixtures("modules")
def test_charts_are_well_formed() -> None:
    import charts

    for text in (
        charts.bars("a < b", {"specdsl": 0.5, "x & y": 20.0}, " s"),
        charts.lines("title", "rows", [10, 100], {"s": [1.0, 2.0], "MB": [50.0, 60.0]}, (" s", " MB")),
    ):
        assert ElementTree.fromstring(text).tag.endswith("svg")


@pytest.mark.usefixtures("modules")
def test_few_rows_are_scaled_without_their_start(tmp_path: Path) -> None:
    from measuring import Run
    from workloads import Contender

    class Fixed(Contender):
        def run(self, rows: int, work: Path) -> Run:
            return Run(2.0 + rows / 1000, 1.0, 1.0, 0, "")

    run, how = Fixed("fixed", [], few=(1000, 3000)).scaled(100_000, tmp_path)
    assert run.cpu == pytest.approx(102.0)
    assert how == "scaled from 1,000 and 3,000"


def test_streams_are_measured() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "streams.py"), "stdout", "--seconds", "0.5"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0][0] == "target"
    assert rows[1][:2] == ["stdout", "100"]
    assert rows[-1][:2] == ["stdout", "max"]


@pytest.mark.usefixtures("modules")
def test_the_page_has_streams_and_batches() -> None:
    import page

    rates = {str(rate): {"off": [-0.002, 0.001, 0.004], "p50": [1.0], "p99": [2.5]} for rate in (100, 1_000)}
    streams = [
        {"name": "stdout", "most": [500_000.0, 400_000.0], "rates": rates},
        {"name": "slow", "most": [90.0], "rates": {}},
    ]
    results = {
        "streams": {"seconds": 5.0, "rounds": 3, "targets": streams},
        "batches": {
            "batches": 100,
            "some": 2,
            "cpu": [[1.0, 3.0], [2.0, 3.0]],
            "wall": [[2.0], [3.0]],
            "changing": {"batches": 50, "some": 1, "cpu": [[1.0], [4.0]], "wall": [[1.0], [5.0]]},
        },
    }
    text, _ = page.render(results, "benchmarks")
    assert "| stdout | 0.10% | 1.0 ms | 2.5 ms | 450,000 | 1.000 |" in text
    assert "| 99 to 100 | 2.50 (2.00-3.00) | 1.25 | 3.00 | 1.50 |" in text
    assert "| 50 to 50 | 4.00 | 4.00 | 5.00 | 5.00 |" in text


@pytest.mark.parametrize("what", [[], ["changes"]])
def test_batches_are_measured(what: list[str]) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "batches.py"), "5", *what]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["batches 2 to 3", "batches 4 to 5"]
