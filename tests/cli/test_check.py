from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, GOOD, environment, process, run

WRONG = "table users 10 { id int key = sequence(start: 1), boss -> usres }\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str | bytes) -> str:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return name


def test_good() -> None:
    ran = run("check", write("good.dgen", GOOD))
    assert ran.status == 0
    assert ran.out == ""
    assert ran.err.endswith("in good.dgen\n")
    assert "error" not in ran.err


def test_quiet() -> None:
    assert run("check", "-q", write("good.dgen", GOOD)).err == ""
    assert "error[DG" in run("check", "-q", write("wrong.dgen", WRONG)).err


def test_settings_that_nobody_reads_are_told() -> None:
    spec = write("good.dgen", GOOD)
    write("specdsl.toml", 'ignor = ["DG602"]\n')
    ran = run("check", spec)
    assert ran.status == 0
    assert ran.err.startswith("warning: specdsl.toml: there is no setting `ignor`; did you mean `ignore`?\n")
    write("specdsl.toml", "a = \n")
    assert "specdsl.toml: Invalid value" in run("check", "--format", "json", spec).err
    assert run("check", "-q", spec).err == ""


def test_wrong() -> None:
    ran = run("check", write("wrong.dgen", WRONG))
    assert ran.status == 1
    assert ran.out == ""
    assert "error[DG2" in ran.err
    assert "`usres`" in ran.err
    assert "`users`" in ran.err
    assert ran.err.splitlines()[-1] == "1 error in wrong.dgen"


@pytest.mark.parametrize("example", sorted(p.name for p in EXAMPLES.rglob("*.dgen")))
def test_examples(example: str) -> None:
    path = next(EXAMPLES.rglob(example))
    assert run("check", str(path)).status == 0


def test_several_files_with_one_that_is_not_there() -> None:
    ran = run("check", write("good.dgen", GOOD), "gone.dgen", write("wrong.dgen", WRONG))
    assert ran.status == 3
    assert "error[DG216]: there is no file `gone.dgen`" in ran.err
    assert ran.err.splitlines()[-1].endswith("in 2 files")


def test_a_mistake_in_a_shared_file_is_told_once() -> None:
    write("common.dgen", "enum Status { a 50%, b 40% }\n")
    for name in ("one.dgen", "two.dgen"):
        write(name, 'import "common.dgen"\n' + GOOD)
    ran = run("check", "one.dgen", "two.dgen")
    assert ran.status == 1
    assert ran.err.count("common.dgen:1:") == 1


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_formats_go_to_stdout(form: str) -> None:
    ran = run("check", "--format", form, write("wrong.dgen", WRONG))
    assert ran.status == 1
    assert ran.err == ""
    assert "wrong.dgen" in ran.out
    if form == "json":
        assert json.loads(ran.out)["summary"]["errors"] == 1
    if form == "sarif":
        assert json.loads(ran.out)["version"] == "2.1.0"
    if form == "github":
        assert ran.out.startswith("::error file=wrong.dgen,line=1,")


class TestFilesThatAreNoSpecs:
    def lines(self, *arguments: str) -> tuple[int, str]:
        ran = run("check", *arguments)
        assert ran.out == ""
        assert "Traceback" not in ran.err
        assert "bug" not in ran.err
        return ran.status, ran.err

    def test_missing(self) -> None:
        write("shop.dgen", GOOD)
        status, err = self.lines("shpo.dgen")
        assert status == 3
        assert "there is no file `shpo.dgen`" in err
        assert "did you mean `shop.dgen`?" in err

    def test_missing_ending(self) -> None:
        write("shop.dgen", GOOD)
        assert "did you mean `shop.dgen`?" in self.lines("shop")[1]

    def test_folder(self, folder: Path) -> None:
        (folder / "specs").mkdir()
        write("specs/a.dgen", GOOD)
        status, err = self.lines("specs")
        assert status == 3
        assert "`specs` is a folder" in err
        assert "specs/a.dgen" in err

    @pytest.mark.parametrize(
        "content",
        [
            GOOD.encode("utf-16"),
            GOOD.encode("utf-16-le"),
            b"\x7fELF\x00\x01\xff\xfe" * 20,
            b"table \xff\xfe 10 {}",
        ],
        ids=["utf-16", "utf-16-le", "binary", "latin"],
    )
    def test_not_utf8(self, content: bytes) -> None:
        status, err = self.lines(write("odd.dgen", content))
        assert status == 1
        assert "UTF-" in err
        assert len(err.splitlines()) <= 8

    def test_empty(self) -> None:
        status, err = self.lines(write("empty.dgen", ""))
        assert status in {0, 1}
        assert "empty.dgen" in err

    def test_bom_and_crlf_are_fine(self) -> None:
        text = "\ufeff" + GOOD.replace("\n", "\r\n")
        assert self.lines(write("windows.dgen", text))[0] == 0

    def test_a_name_with_a_newline_and_an_escape(self) -> None:
        status, err = self.lines("a\nb\x1b[2J.dgen")
        assert status == 3
        assert "\x1b" not in err


class TestColours:
    def test_never_in_a_pipe(self) -> None:
        assert "\x1b" not in process("check", write("wrong.dgen", WRONG)).err

    def test_always(self) -> None:
        assert "\x1b[31m" in process("check", "--color", "always", write("wrong.dgen", WRONG)).err

    def test_the_option_beats_no_color(self) -> None:
        write("wrong.dgen", WRONG)
        env = environment(NO_COLOR="1")
        assert "\x1b" in process("check", "--color", "always", "wrong.dgen", env=env).err
        assert (
            "\x1b" not in process("check", "wrong.dgen", env=environment(NO_COLOR="1", FORCE_COLOR="1")).err
        )
        assert "\x1b" in process("check", "wrong.dgen", env=environment(FORCE_COLOR="1")).err


def test_width() -> None:
    write("wrong.dgen", WRONG)
    narrow = process("check", "wrong.dgen", env=environment(COLUMNS="50")).err
    wide = process("check", "wrong.dgen", env=environment(COLUMNS="200")).err
    assert max(map(len, narrow.splitlines())) <= 50
    assert max(map(len, wide.splitlines())) > 50


def test_a_flood_is_cut() -> None:
    columns = "\n".join(f"  c{i} int = nothing_{i}" for i in range(200))
    ran = run("check", write("flood.dgen", f"table t 5 {{\n{columns}\n}}\n"))
    assert ran.status == 1
    assert ran.err.count("error[") == 50
    assert "... and 150 more" in ran.err
    assert ran.err.splitlines()[-1] == "200 errors in flood.dgen"


def test_standard_input() -> None:
    """A process of its own, for a standard input of its own."""
    good = process("check", "-", input=GOOD.encode())
    assert good.status == 0
    assert good.err.endswith("in <stdin>\n")
    wrong = process("check", "-", input=WRONG.encode())
    assert wrong.status == 1
    assert "--> <stdin>:1:" in wrong.err
    assert process("preview", "-", "-n", "1", input=GOOD.encode()).status == 0


def test_a_folder_to_allow_that_is_not_there() -> None:
    ran = run("check", write("good.dgen", GOOD), "--allow", "nowhere")
    assert ran.status == 2
    assert "there is no folder `nowhere`" in ran.err
