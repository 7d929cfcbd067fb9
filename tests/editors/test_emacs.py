"""Emacs with eglot, in batch, with the lines of docs/editors.md, against the server."""

from __future__ import annotations

from pathlib import Path

from tests.docs.markdown import ROOT
from tests.editors.document import configuration
from tests.editors.workspace import Edited, installed

CHECK = ROOT / "editors" / "emacs" / "check.el"
PACKAGES = Path("/usr/share/emacs/site-lisp/elpa")  # where Debian puts eglot, for an Emacs before 29


def test_a_spec_is_edited(tmp_path: Path) -> None:
    (program,) = installed("emacs")
    edited = Edited(tmp_path)
    (tmp_path / "init.el").write_text(configuration("Emacs (eglot)", "elisp"))
    folders = [word for folder in sorted(PACKAGES.glob("*")) for word in ("-L", str(folder))]
    results = edited.run([program, "-Q", "--batch", *folders, "-l", "init.el", "-l", str(CHECK)])

    assert results["mode"] == "dgen-mode"
    (diagnostic,) = results["diagnostics"]
    assert (diagnostic["line"], diagnostic["text"]) == (8, "creatd_at")
    assert "DG202" in diagnostic["message"]
    assert "created_at" in results["completion"]
    assert "users.created_at" in results["hover"]
    assert edited.sample() in results["hover"]
    edited.assert_edited()
