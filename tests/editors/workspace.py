"""A folder with two specs that somebody edits, and what must have become of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.docs.markdown import ROOT

PEOPLE = """## People who have signed up.
table users 100 {
  id         int key   = sequence(start: 1)
  first      string    = first_name()
  created_at timestamp = 2023-01-01 .. 2025-05-31
}
"""

SHOP = """import "people.dgen"

dataset shop { seed 7 }

table orders {
  id        int key   = sequence(start: 1000)
  user_id   -> users each 1..5
  placed_at timestamp = user_id.creatd_at + 1d
}
"""


class Edited:
    """The folder that an editor works in, with ``specdsl`` of this Python on its PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "people.dgen").write_text(PEOPLE)
        (folder / "shop.dgen").write_text(SHOP)
        self.results = folder / "results.json"

    def run(self, command: list[str], **environment: str) -> dict[str, Any]:
        """Runs an editor there, and returns what its script has written."""
        scripts = sysconfig.get_path("scripts")
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={
                "PATH": os.pathsep.join([scripts, os.environ["PATH"]]),
                "HOME": str(home),
                "LANG": "C.UTF-8",
                "CHECK_RESULTS": str(self.results),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert self.results.exists(), done.stdout
        results: dict[str, Any] = json.loads(self.results.read_text("utf-8"))
        assert "error" not in results, f"{results['error']}\n{results.get('text')}\n{done.stdout}"
        return results

    def assert_edited(self) -> None:
        """Both files have the new name, in the one layout, and compile."""
        expected = SHOP.replace("creatd_at", "joined_at")
        assert (self.folder / "shop.dgen").read_text() == expected
        people = (self.folder / "people.dgen").read_text()
        assert re.search(r"^  joined_at +timestamp", people, re.MULTILINE), people
        assert "created_at" not in people
        command = [sys.executable, "-m", "specdsl", "check", "shop.dgen", "people.dgen"]
        checked = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr

    def sample(self) -> str:
        """The day of the first value of ``users.created_at``, as the command line shows it."""
        (self.folder / "sample.dgen").write_text("dataset shop { seed 7 }\n" + PEOPLE)
        command = [sys.executable, "-m", "specdsl", "preview", "sample.dgen", "-n", "1", "--json"]
        printed = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        (self.folder / "sample.dgen").unlink()
        return str(json.loads(printed.stdout)["users"][0]["created_at"])[: len("2023-01-01")]


def installed(editor: str) -> list[str]:
    """The paths of the editors that are here; the test is skipped where there are none."""
    finder = ROOT / "editors" / editor / "install"
    done = subprocess.run([str(finder), "--find"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"{editor} is not here: {finder.relative_to(ROOT)} installs it")
    return done.stdout.split()
