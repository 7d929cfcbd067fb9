"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.docs.markdown import blocks

pytest_plugins = ["pytester"]

SPEC = """
dataset shop { seed 1 }
table users 100 { id int key, age int = 18..90 }
table orders { id int key, user_id -> users each 0..3 }
"""


def run(pytester: pytest.Pytester, test: str, *arguments: str) -> pytest.RunResult:
    pytester.makefile(".dgen", shop=SPEC)
    pytester.makepyfile(test_it=test)
    names = {point.name for point in entry_points(group="pytest11")}
    plugin = [] if "specdsl" in names else ["-p", "specdsl.pytest_plugin"]
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", "--strict-markers", *plugin, *arguments)


def test_the_plugin_is_declared() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    assert '[project.entry-points.pytest11]\nspecdsl = "specdsl.pytest_plugin"' in text


def test_data_in_every_form(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pyarrow.csv, pytest
        from pathlib import Path

        def test_factory(dgen):
            data = dgen("shop.dgen", rows={"users": 5})
            assert data["users"].row_count == 5 and data.seed == dgen.seed
            assert dgen(Path("shop.dgen"), seed=3).seed == 3
            assert dgen("table t 4 { id int key }")["t"].row_count == 4
            assert dgen("shop.dgen", scale=0.1)["users"].row_count == 10

        @pytest.mark.dgen("shop.dgen", rows=20, format="csv")
        class TestMarked:
            def test_data(self, dgen_data, dgen):
                assert dgen_data["users"].row_count == 20
                assert dgen()["users"].to_arrow().equals(dgen_data["users"].to_arrow())
                assert dgen(rows=7)["users"].row_count == 7

            def test_duckdb(self, dgen_duckdb):
                assert dgen_duckdb.execute("select count(*) from users").fetchall() == [(20,)]
                orphans = "select count(*) from orders anti join users on user_id = users.id"
                assert dgen_duckdb.execute(orphans).fetchall() == [(0,)]

            def test_files(self, dgen_dir):
                assert pyarrow.csv.read_csv(dgen_dir / "users.csv").num_rows == 20
                assert (dgen_dir / "manifest.json").is_file()

            @pytest.mark.dgen("shop.dgen", seed=9)
            def test_nearest_marker(self, dgen_data):
                assert dgen_data.seed == 9 and dgen_data["users"].row_count == 100
        """,
    )
    result.assert_outcomes(passed=5)


SEEDS = """
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_one(dgen, n):
    print("SEED", n, dgen("shop.dgen").seed)

def test_two(dgen):
    print("SEED two", dgen("shop.dgen").seed)
"""


def test_seeds_follow_from_names(pytester: pytest.Pytester) -> None:
    first = re.findall("SEED.*", run(pytester, SEEDS, "-s").stdout.str())
    again = re.findall("SEED.*", run(pytester, SEEDS, "-s", "-p", "no:randomly").stdout.str())
    assert first == again == ["SEED 1 2942652518", "SEED 2 3910769072", "SEED two 2506112203"]
    given = re.findall("SEED.*", run(pytester, SEEDS, "-s", "--dgen-seed", "5").stdout.str())
    assert [line.split()[-1] for line in given] == ["5", "5", "5"]


def test_a_failure_tells_its_data(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
        import pytest

        @pytest.mark.dgen("shop.dgen", rows=3)
        def test_fails(dgen_data):
            assert dgen_data["users"].row_count == 4

        @pytest.mark.dgen("shop.dgen")
        def test_passes(dgen_data):
            pass

        def test_none():
            assert False
        """,
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.re_match_lines(
        [
            "-+ specdsl -+",
            r"data of `shop\.dgen`, rows=3, seed=(\d+); the same again: "
            r"pytest 'test_it\.py::test_fails' --dgen-seed \1",
        ]
    )
    assert result.stdout.str().count("data of ") == 1


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("def test_it(dgen): dgen('nope.dgen')", "*there is no spec `nope.dgen` in `*"),
        (
            "def test_it(dgen_data): pass",
            "*test_it.py::test_it names no spec, nor has it a marker that does*",
        ),
        (
            "import pytest\n@pytest.mark.dgen('shop.dgen', row=3)\ndef test_it(dgen_data): pass",
            "*the marker of test_it.py::test_it is dgen(spec, *",
        ),
        ("def test_it(dgen): dgen('table t 3 { id int kye }')", "*error[[]DG*"),
    ],
)
def test_mistakes(pytester: pytest.Pytester, test: str, told: str) -> None:
    result = run(pytester, test)
    result.stdout.fnmatch_lines([told])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "Traceback" not in result.stdout.str()


def test_pytest_lists_marker_fixtures_and_option(pytester: pytest.Pytester) -> None:
    run(pytester, "", "--markers").stdout.fnmatch_lines(["@pytest.mark.dgen(spec, *"])
    run(pytester, "", "--fixtures").stdout.fnmatch_lines_random(
        ["dgen -- *", "dgen_duckdb -- *", "dgen_dir -- *"]
    )
    run(pytester, "", "--help").stdout.fnmatch_lines(["*--dgen-seed=N*"])


def test_starting_pytest_imports_nothing_heavy() -> None:
    script = "import sys, specdsl.pytest_plugin; print([m for m in ('numpy', 'pyarrow', 'duckdb', 'lark', 'specdsl.api') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_examples_of_the_page(pytester: pytest.Pytester) -> None:
    page = Path(__file__).parents[2] / "docs" / "pytest.md"
    code = "\n".join(block.text for block in blocks(page) if block.language == "python")
    result = run(pytester, code)
    result.assert_outcomes(passed=3)
