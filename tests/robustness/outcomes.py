"""A spec through the command line, and what must be so however it ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.cli.running import Ran, run

_CODE = re.compile(r"error\[(DG\d{3})\]")


def ended(
    folder: Path,
    text: str | bytes,
    *options: str,
    command: str = "build",
    files: Mapping[str, str | bytes] | None = None,
) -> Ran:
    """``command`` on a spec with ``text``, beside data ``files``. Whatever it says, it is no bug, no
    traceback, says something where it fails, and leaves whole data or none."""
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    spec = folder / "main.dgen"
    spec.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = folder / "out"
    target = ["-o", str(out)] if command == "build" else []
    ran = run(command, str(spec), *target, *options)
    assert ran.status in (0, 1, 2, 3), ran.err
    assert "Traceback" not in ran.err and "bug in specdsl" not in ran.err
    assert ran.status == 0 or ran.err.strip()
    if command == "build":
        assert (out / "manifest.json").exists() == (ran.status == 0)
        assert ran.status == 0 or not out.exists() or not list(out.iterdir())
    return ran


def codes(ran: Ran) -> list[str]:
    """The codes of the errors that were told, in order."""
    return _CODE.findall(ran.err)
