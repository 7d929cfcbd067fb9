"""Helix, in a terminal, with the lines of docs/editors.md, against the server."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.document import configuration
from tests.editors.workspace import Edited, installed

PATIENCE = 20.0
"""Seconds until something that is waited for will not come."""


class Terminal:
    """A tmux server of its own, with one program in one window."""

    def __init__(self, folder: Path, command: str) -> None:
        self.socket = folder / "tmux"
        environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]]),
            "LANG": "C.UTF-8",
        }
        words = ["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40", "-c", str(folder), command]
        self._tmux(*words, environment=environment)

    def _tmux(self, *words: str, environment: dict[str, str] | None = None) -> str:
        command = ["tmux", "-S", str(self.socket), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def wait_for(self, text: str) -> str:
        """Waits until ``text`` is on the screen; the screen."""
        end = time.monotonic() + PATIENCE
        screen = ""
        while time.monotonic() < end:
            screen = self._tmux("capture-pane", "-p")
            if text in screen:
                return screen
            time.sleep(0.05)
        raise AssertionError(f"in vain for {text!r}:\n{screen}")

    def close(self) -> None:
        subprocess.run(["tmux", "-S", str(self.socket), "kill-server"], capture_output=True, check=False)


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    settings = tmp_path / "config" / "helix"
    settings.mkdir(parents=True)
    (settings / "languages.toml").write_text(configuration("Helix", "toml"))
    return Edited(tmp_path)


@pytest.fixture
def helix(edited: Edited) -> Iterator[Terminal]:
    (program,) = installed("helix")
    terminal = Terminal(edited.folder, f"{program} shop.dgen")
    yield terminal
    terminal.close()


def test_a_spec_is_edited(helix: Terminal, edited: Edited) -> None:
    sample = edited.sample()
    helix.wait_for("● 1")
    helix.type("/creatd")
    helix.press("Enter")
    helix.wait_for("has no column `creatd_at`")
    helix.type(" a")
    helix.wait_for("Change to `created_at`")
    helix.press("Enter")
    helix.wait_for("user_id.created_at")

    helix.type(" k")
    helix.wait_for(sample)
    helix.press("Escape")

    helix.type(" r")
    helix.wait_for("rename-to:")
    helix.press("C-u")
    helix.type("joined_at")
    helix.press("Enter")
    helix.wait_for("user_id.joined_at")

    helix.type("F=i")  # two spaces too many before the `=`, which saving takes away
    helix.press("Space", "Space", "Escape")
    helix.type(":write-all")
    helix.press("Enter")
    helix.wait_for("written")
    end = time.monotonic() + PATIENCE
    while "created_at" in (edited.folder / "people.dgen").read_text() and time.monotonic() < end:
        time.sleep(0.05)
    edited.assert_edited()
