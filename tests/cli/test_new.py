from __future__ import annotations

from pathlib import Path

import pytest

from tests import examples
from tests.cli.running import run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "file", "dataset"),
    [
        (None, "my_data.dgen", "my_data"),
        ("shop", "shop.dgen", "shop"),
        ("shop.dgen", "shop.dgen", "shop"),
        ("my shop-2", "my shop-2.dgen", "my_shop_2"),
        ("2024", "2024.dgen", "data_2024"),
        ("match", "match.dgen", "data_match"),
        ("магазин", "магазин.dgen", "магазин"),
        ("§§", "§§.dgen", "data"),
    ],
)
def test_starter_is_valid_and_in_the_layout(name: str | None, file: str, dataset: str) -> None:
    ran = run("new", *([name] if name else []))
    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith(f"wrote {file}; next:\n")
    assert f"\ndataset {dataset} {{\n" in Path(file).read_text("utf-8")
    checked = run("check", file)
    assert (checked.status, checked.err) == (0, f"no problems in {file}\n")
    assert run("fmt", "--check", "--diff", file).out == ""


def test_starter_builds() -> None:
    run("new", "shop")
    ran = run("build", "shop.dgen")
    assert ran.status == 0, ran.err
    assert Path("out/orders.parquet").exists()


def test_never_overwrites() -> None:
    Path("shop.dgen").write_text("mine", "utf-8")
    ran = run("new", "shop")
    assert ran.status == 2
    assert ran.err == "error: `shop.dgen` is there already and stays as it is\n  help: choose another name\n"
    assert Path("shop.dgen").read_text("utf-8") == "mine"


def test_no_such_folder() -> None:
    ran = run("new", "gone/shop")
    assert ran.status == 3
    assert ran.err == "error: there is no folder `gone`\n"


def test_quiet() -> None:
    assert run("new", "-q", "shop").err == ""


def test_next_steps_can_be_pasted() -> None:
    assert "specdsl preview 'my shop.dgen' " in run("new", "my shop").err


def test_examples_are_listed() -> None:
    listed = run("new", "--list").out
    for path in examples.ALL:
        assert f"\n{path.parent.name} " in "\n" + listed, path
    assert listed.endswith("specdsl new --from NAME copies one.\n")


def test_a_copy_of_an_example_with_the_files_that_it_reads() -> None:
    ran = run("new", "--from", "shop")
    assert (ran.status, ran.err.split("\n")[0]) == (0, "wrote shop.dgen and plans.csv; next:")
    assert Path("shop.dgen").read_bytes() == examples.SHOP.read_bytes()
    assert run("check", "shop.dgen").status == 0


def test_a_copy_under_another_name() -> None:
    Path("mine").mkdir()
    assert run("new", "mine/bank2", "--from", "bank").status == 0
    assert run("check", "mine/bank2.dgen").status == 0


def test_a_copy_is_all_or_nothing() -> None:
    Path("plans.csv").write_text("mine", "utf-8")
    ran = run("new", "--from", "shop")
    assert ran.status == 2
    assert "`plans.csv` is there already" in ran.err
    assert not Path("shop.dgen").exists()
    assert Path("plans.csv").read_text("utf-8") == "mine"


def test_no_such_example() -> None:
    ran = run("new", "--from", "shpo")
    assert ran.status == 2
    assert ran.err == (
        "error: there is no example `shpo`\n  help: did you mean `shop`? specdsl new --list shows them all\n"
    )
