"""What docs/editors.md says besides the lines that the tests of editors run."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from specdsl.lsp.settings import Settings, read_settings
from tests.docs.markdown import ROOT
from tests.editors.document import configuration


def test_its_settings_are_those_that_the_server_reads(tmp_path: Path) -> None:
    text = configuration("Settings", "toml")
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "reference").mkdir()  # the folder that they allow
    (here / "specdsl.toml").write_text(text)
    complaints: list[str] = []
    settings = read_settings(here, {}, complaints.append)
    assert not complaints
    named = {*tomllib.loads(text)} - {"hints"} | {*tomllib.loads(text)["hints"]}
    assert named == {"ignore", "allow", "diagnostics", "lenses", "samples", "types", "rows", "shares"}
    assert settings.ignore
    assert settings.allow == ("../reference",)
    assert settings != Settings()
    for code in settings.ignore:
        assert (ROOT / "docs" / "errors" / f"{code}.md").exists(), code


def test_sublime_text_is_given_the_server_by_the_scope_of_its_syntax() -> None:
    client = json.loads(configuration("Sublime Text", "json"))["clients"]["specdsl"]
    assert client["command"] == ["specdsl", "lsp"]
    assert f"scope: {client['selector']}\n" in configuration("Sublime Text", "yaml")
