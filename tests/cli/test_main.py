from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import specdsl
from specdsl.cli import main as main_module
from specdsl.cli.main import COMMANDS, cli
from specdsl.errors import EnvironmentFailure
from tests.cli.running import environment, process, run


def test_version() -> None:
    assert run("--version") == (ran := run("--version"))
    assert (ran.status, ran.out) == (0, f"specdsl {specdsl.__version__}\n")


def test_start_imports_nothing_heavy() -> None:
    code = (
        "import sys; from specdsl.cli.main import main; main(['--version']); main(['--help']);"
        "print([m for m in ('numpy', 'pyarrow', 'lark', 'duckdb', 'rich', 'mimesis') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_command() -> None:
    ran = run("--help")
    assert ran.status == 0
    for name, line in COMMANDS.items():
        assert f"  {name}" in ran.out
        assert line in ran.out


def test_without_arguments() -> None:
    ran = run()
    assert ran.status == 2
    assert "Commands:" in ran.out + ran.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_the_common_options(name: str) -> None:
    ran = run(name, "--help")
    assert ran.status == 0
    assert "--quiet" in ran.out
    assert "--color" in ran.out
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


@pytest.mark.parametrize("later", ["serve"])
def test_what_comes_later_does_not_appear(later: str) -> None:
    assert later not in COMMANDS


@pytest.mark.parametrize(
    ("arguments", "message", "help"),
    [
        (["chekc"], "there is no command `chekc`", "did you mean `check`?"),
        (["frobnicate"], "there is no command `frobnicate`", "the commands are new, check"),
        (["shop.dgen"], "there is no command `shop.dgen`", "specdsl preview shop.dgen"),
        (["check", "--formt", "json", "x"], "there is no option `--formt`", "did you mean `--format`?"),
        (["--verison"], "there is no option `--verison`", "did you mean `--version`?"),
        (["check"], "missing argument 'FILE...'", "specdsl check --help"),
        (["check", "--format", "xml", "x"], "'xml' is not one of", "specdsl check --help"),
        (["preview", "x", "-n", "many"], "'many' is not a valid integer", "specdsl preview --help"),
        (["preview", "x", "-n", "-3"], "-3 is below 0", "specdsl preview --help"),
        (
            ["build", "x", "--rows", "users"],
            "neither a number of rows nor TABLE=NUMBER",
            "specdsl build --help",
        ),
        (["build", "x", "--rows", "=5"], "no table's name before the =", "specdsl build --help"),
        (["build", "x", "--rows", "a=-5"], "cannot be negative", "specdsl build --help"),
        (["build", "x", "--scale", "0"], "must be above 0", "specdsl build --help"),
        (["build", "x", "--scale", "nan"], "must be above 0", "specdsl build --help"),
        (["explain", "DG9999"], "there is no diagnostic `DG9999`", "lists all of them"),
        (["completion", "tcsh"], "'tcsh' is not one of", "completion --help"),
    ],
)
def test_usage(arguments: list[str], message: str, help: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert ran.out == ""
    first, *rest = ran.err.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert any(help in line and line.startswith("  help: ") for line in rest), ran.err


class Failing:
    """Makes the group end in some exception."""

    @pytest.fixture(autouse=True)
    def raising(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def run(self, error: BaseException) -> tuple[int, str]:
        def raise_it(**_: object) -> None:
            raise error

        self.patch.setattr(main_module.cli, "main", raise_it)
        ran = run("check")
        return ran.status, ran.err


class TestEnds(Failing):
    def test_bug(self) -> None:
        status, err = self.run(KeyError("what"))
        assert status == 70
        assert err.startswith("error: this is a bug in specdsl: KeyError: 'what' (tests.cli.test_main:")
        assert "open an issue" in err
        assert "Traceback" not in err

    def test_bug_with_traceback(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SPECDSL_DEBUG", "1")
        status, err = self.run(KeyError("what"))
        assert status == 70
        assert "Traceback" in err

    def test_interrupt(self) -> None:
        assert self.run(KeyboardInterrupt()) == (130, "interrupted\n")

    def test_broken_pipe(self) -> None:
        status, err = self.run(BrokenPipeError())
        assert (status, err) == (0, "")

    def test_disk(self) -> None:
        assert self.run(OSError(28, "No space left on device", "/data/x")) == (
            3,
            "error: `/data/x`: No space left on device\n",
        )

    def test_memory(self) -> None:
        assert self.run(MemoryError()) == (3, "error: there is not enough memory\n")

    def test_failure(self) -> None:
        failure = EnvironmentFailure("the disk\x1b[2J is full", "make room")
        assert self.run(failure) == (3, "error: the disk␛[2J is full\n  help: make room\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_behind_stdout() -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "specdsl", "explain"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 3
    assert ran.stderr == "error: cannot write the output: No space left on device\n"


def test_reader_that_goes_away() -> None:
    """More output than a pipe holds, to a reader that reads one line."""
    reading, writing = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-m", "specdsl", "functions", "--json"], stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (0, b"")


@pytest.mark.parametrize(
    ("command", "value", "status"), [("build", "1..2", 0), ("check", "1..2", 0), ("check", "oops", 1)]
)
def test_nobody_reads_what_is_told(tmp_path: Path, command: str, value: str, status: int) -> None:
    """Lines on standard error are not what was asked for: the work is done all the same."""
    (tmp_path / "few.dgen").write_text(f"table t 10 {{ id int key, x int = {value} }}")
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "specdsl", command, "few.dgen"],
        cwd=tmp_path,
        env=environment(),
        stderr=writing,
        stdout=writing,
        check=False,
    )
    os.close(writing)
    assert ran.returncode == status
    assert (tmp_path / "out" / "t.parquet").exists() == (command == "build")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str) -> None:
    ran = run("completion", shell)
    assert ran.status == 0
    assert "_SPECDSL_COMPLETE" in ran.out
    assert ran.err == ""


def test_completion_completes() -> None:
    def complete(words: str, index: int) -> list[str]:
        env = environment(_SPECDSL_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(index))
        return process(env=env).out.splitlines()

    assert complete("specdsl pre", 1) == ["plain,preview"]
    assert "plain,--format" in complete("specdsl check --fo", 2)
    assert complete("specdsl check --format sa", 3) == ["plain,sarif"]


def test_a_reader_that_stops_early_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "many.dgen").write_text("table t 100_000 { id int key, note string = sentence(words: 20) }")
    command = [sys.executable, "-m", "specdsl", "preview", "many.dgen", "-n", "1000"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


@pytest.mark.skipif(os.name != "posix", reason="permissions as in POSIX")
@pytest.mark.parametrize("command", ["check", "fmt", "preview", "build"])
def test_a_spec_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Permission is the environment's affair, not the command line's."""
    (tmp_path / "mine.dgen").write_text("table t 1 { id int key }")
    (tmp_path / "mine.dgen").chmod(0)
    monkeypatch.chdir(tmp_path)
    if os.access("mine.dgen", os.R_OK):
        pytest.skip("root reads everything")
    ran = run(command, "mine.dgen")
    assert ran.status == 3
    assert "cannot read `mine.dgen`: permission denied" in ran.err
