"""How a process of the command line ends."""

from __future__ import annotations

import subprocess
import sys

AT_THE_END = """
import atexit, sys
from specdsl.cli.main import main
atexit.register(print, "taken apart")
sys.argv = ["specdsl", *sys.argv[1:]]
sys.exit(main())
"""


def test_it_ends_when_all_is_written() -> None:
    """What a killed process has done is done: nothing comes after it that takes time."""
    for arguments, status, told in ((["--version"], 0, "specdsl"), (["explain", "DG999"], 2, "")):
        done = subprocess.run(
            [sys.executable, "-c", AT_THE_END, *arguments], capture_output=True, text=True, check=False
        )
        assert (done.returncode, "taken apart" in done.stdout) == (status, False)
        assert done.stdout.startswith(told)
