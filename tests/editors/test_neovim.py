"""Neovim, headless, with the lines of docs/editors.md, against the server."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT
from tests.editors.document import configuration
from tests.editors.workspace import Edited, installed

CHECK = ROOT / "editors" / "neovim" / "check.lua"
NEWER = "Neovim 0.11 and newer"
OLDER = "Neovim before 0.11"


def neovims(newest: bool) -> list[str]:
    """Those from 0.11 on, or all: the lines for older ones work in newer ones too."""
    found = []
    for program in installed("neovim"):
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        major, minor = told.split("\n")[0].removeprefix("NVIM v").split(".")[:2]
        if not newest or (int(major), int(minor)) >= (0, 11):
            found.append(program)
    if not found:
        pytest.skip("no Neovim 0.11 or newer is here")
    return found


@pytest.mark.parametrize(("heading", "newest"), [(NEWER, True), (OLDER, False)], ids=["newer", "older"])
def test_a_spec_is_edited(heading: str, newest: bool, tmp_path: Path) -> None:
    for number, program in enumerate(neovims(newest)):
        folder = tmp_path / str(number)
        folder.mkdir()
        edited = Edited(folder)
        (folder / "init.lua").write_text(configuration(heading, "lua"))
        results = edited.run(
            [program, "--headless", "--clean", "-u", "init.lua", "-i", "NONE", "-c", f"luafile {CHECK}"],
            CHECK_FORMAT="save" if newest else "command",
        )

        assert results["filetype"] == "dgen"
        assert results["commentstring"] == "# %s"
        (diagnostic,) = results["diagnostics"]
        assert (diagnostic["line"], diagnostic["column"]) == (8, 33)
        assert (diagnostic["source"], diagnostic["code"]) == ("specdsl", "DG202")
        assert "creatd_at" in diagnostic["message"]
        assert "created_at" in results["completion"]
        assert "first_name" not in results["completion"], "after a dot there are only columns"
        assert "users.created_at" in results["hover"]
        assert edited.sample() in results["hover"]
        edited.assert_edited()


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "init.lua").write_text(configuration(OLDER, "lua"))
    for name in ("a.dgen", "b.dgen"):
        (tmp_path / name).write_text("table t 5 { id int key }\n")
    for program in neovims(newest=False):
        done = subprocess.run(
            [
                program,
                "--headless",
                "--clean",
                "-u",
                "init.lua",
                "-i",
                "NONE",
                "a.dgen",
                "-c",
                "edit b.dgen",
                "-c",
                "qa!",
            ],
            cwd=tmp_path,
            env={**os.environ, "PATH": "/nowhere"},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        said = done.stdout + done.stderr
        assert said.count("specdsl is not on the PATH of Neovim") == 1, "once, not for each file"
        assert "Error" not in said
        assert "traceback" not in said
