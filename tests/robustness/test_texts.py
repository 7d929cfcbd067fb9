"""Files that are no specs, or hardly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.outcomes import codes, ended

GOOD = 'table t 3 {\n  a int key\n  b string = "x" | "y"\n}\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "declares no table"),
        (b" \n\t\n", "declares no table"),
        (b"# only a comment\n", "declares no table"),
        (bytes(range(256)) * 10, "NUL"),
        (GOOD.encode("utf-16"), "it is UTF-16"),
        (GOOD.encode("utf-16-le"), "looks like UTF-16"),
        (GOOD.encode("utf-32"), "it is UTF-32"),
        ("# caf\u00e9\n".encode("latin-1") + GOOD.encode(), "byte 0xe9 in line 1"),
        (b"table t 3 { a int = 1\0 }", "NUL byte in line 1"),
        (b"x" * (10 * 1024 * 1024), "a spec may have 2 MB"),
    ],
)
def test_what_is_no_spec(tmp_path: Path, text: bytes, words: str) -> None:
    ran = ended(tmp_path, text)
    assert ran.status == 1 and words in ran.err and len(codes(ran)) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace(" ", "\t"),
        GOOD.rstrip("\n"),
        GOOD.replace("\n  b", "  # a comment\r\n  b"),
        f"# {'x' * 1_000_000}\n{GOOD}",
    ],
)
def test_odd_but_sound(tmp_path: Path, text: str) -> None:
    assert ended(tmp_path, text).status == 0


@pytest.mark.parametrize(
    "piece",
    ["@!$ ^ ", "lorem ipsum dolor\n", "{", "}", '{"a": [1, 2]},\n', "1,abc,2024-01-01\n", '"', "`", "/ ", 'f"{', ",", "|\n", "é\n"],
    ids=repr,
)  # fmt: skip
def test_large_files_of_another_kind(tmp_path: Path, piece: str) -> None:
    """Bounded time, and few words."""
    ran = ended(tmp_path, piece * (40_000 // len(piece)), command="check")
    assert ran.status == 1 and 1 <= len(codes(ran)) <= 120
    assert len(ran.err) < 200_000


@pytest.mark.parametrize("command", ["check", "fmt", "preview"])
def test_binary_for_every_command(tmp_path: Path, command: str) -> None:
    assert ended(tmp_path, bytes(range(256)), command=command).status == 1
    assert (tmp_path / "main.dgen").read_bytes() == bytes(range(256))
