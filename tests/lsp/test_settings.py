"""Settings: what the client and a folder's files say, and what is said of nonsense."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from specdsl.lsp.settings import Settings, read_settings


def read(root: Path | None, client: dict[str, Any]) -> tuple[Settings, list[str]]:
    complaints: list[str] = []
    return read_settings(root, client, complaints.append), complaints


def test_all_of_them() -> None:
    given = {
        "plugins": ["a.py"],
        "allow": [".."],
        "ignore": [" dg612 "],
        "hints": {"types": False, "shares": False},
        "lenses": False,
        "samples": False,
        "diagnostics": "openFiles",
        "path": "of other parts of the editor",
    }
    settings, complaints = read(None, given)
    assert settings == Settings(
        ("a.py",), ("..",), frozenset({"DG612"}), False, True, False, False, False, False
    )
    assert complaints == []


def test_no_hints_at_all() -> None:
    settings, _ = read(None, {"hints": False})
    assert not any(settings.hints(kind) for kind in ("type", "rows", "share"))


def test_the_client_wins_over_specdsl_toml_and_that_over_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.specdsl]\nlenses = false\nignore = ["DG601"]\nallow = ["p"]\n'
    )
    for folder in "psc":
        (tmp_path / folder).mkdir()
    (tmp_path / "specdsl.toml").write_text('\ufeffignore = ["DG602"]\nallow = ["s"]\n', "utf-8")
    settings, complaints = read(tmp_path, {"allow": ["c"], "ignore": None})
    assert settings == Settings(lenses=False, ignore=frozenset({"DG602"}), allow=("c",))
    assert complaints == []


@pytest.mark.parametrize(
    "given",
    [
        {"lenses": "yes"},
        {"ignore": "DG1"},
        {"ignore": [1]},
        {"diagnostics": "all"},
        {"hints": 3},
        {"plugins": {}},
        {"samples": 1},
    ],
    ids=str,
)
def test_nonsense_is_told_and_changes_nothing(given: dict[str, Any]) -> None:
    settings, (complaint,) = read(None, given)
    assert settings == Settings()
    assert f"`{next(iter(given))}` cannot be" in complaint


@pytest.mark.parametrize("text", [b"a = ", b"\xff\xfe", b"[tool]\nspecdsl = 3\n", b"tool = 3\n", b""])
def test_files_that_cannot_be_understood(tmp_path: Path, text: bytes) -> None:
    for name in ("specdsl.toml", "pyproject.toml"):
        (tmp_path / name).write_bytes(text)
    settings, complaints = read(tmp_path, {"lenses": False})
    assert settings == Settings(lenses=False)
    assert all("\n" not in one for one in complaints)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ignor = []\n", "there is no setting `ignor`; did you mean `ignore`?"),
        ("zebra = 1\n", "there is no setting `zebra`; there are plugins, allow, ignore,"),
        ("[hints]\ntype = true\n", "there is no setting `hints.type`; did you mean `types`?"),
        ("[hints]\nfoo = true\n", "there is no setting `hints.foo`; there are types, rows, shares"),
        ("[hints]\nrows = 3\n", "`hints.rows` cannot be 3; it is true or false"),
        ('ignore = ["DG999"]\n', "`ignore` names 'DG999', which is no code"),
        ('ignore = ["DG101"]\n', "`ignore` names DG101, an error: only hints and warnings"),
        ('allow = ["nowhere"]\n', "`allow` names 'nowhere', which is no folder"),
        ("path = 'x'\n", "there is no setting `path`"),
    ],
)
def test_a_file_with_what_nobody_reads_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "specdsl.toml").write_text(text, "utf-8")
    _, (complaint,) = read(tmp_path, {})
    assert complaint.startswith(f"specdsl.toml: {told}")


def test_a_folder_counts_from_the_root(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "specdsl.toml").write_text('allow = ["data"]\n', "utf-8")
    assert read(tmp_path, {"allow": ["./data", ".."]})[1] == []
