"""What is told of an import: rows of the report, comments in the spec, the page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus
from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings, importer
from specdsl.importers.reporting import json_report
from specdsl.source import SourceFile


def imported(properties: dict[str, Any], **words: Any) -> Imported:
    schema = {"type": "object", "additionalProperties": False, "properties": properties, **words}
    return importer("json-schema")(SourceFile("s.json", json.dumps(schema, indent=1)), Settings())


def told(schema: Any) -> list[tuple[str, str]]:
    made = imported({"a": schema})
    return [(row["outcome"], row["how"]) for row in json.loads(json_report(made))["rows"]]


@pytest.mark.parametrize(
    "schema",
    [{"type": "boolean"}, {"enum": ["a", None]}, {"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"},
     {"type": "string", "pattern": "^[a-z]{2}$"}, {"type": "array", "items": {"type": "boolean"}, "maxItems": 2},
     {"anyOf": [{"type": "boolean"}, {"type": "number", "minimum": 0, "maximum": 1}]}],
    ids=json.dumps,
)  # fmt: skip
def test_exact(schema: Any) -> None:
    assert told(schema) == [("exact", "as the schema says")]


@pytest.mark.parametrize(
    ("schema", "how", "commented"),
    [
        ({"type": "integer"}, "a finite range", False),
        ({"type": "string"}, "plain words", False),
        ({"type": "string", "format": "date-time"}, "one of the forms of the format", False),
        ({"type": "array", "items": {"type": "boolean"}}, "at most 3 items", False),
        ({"type": "array", "items": {"type": "boolean"}, "maxItems": 40}, "at most 3 items", True),
        ({"enum": list(range(300))}, "200 of its 300 values", True),
        ({"minimum": 1, "maximum": 9}, "number alone, of all types", False),
        ({"type": "object", "properties": {}}, "at most 3 members that it does not name", False),
        ({"type": "object", "properties": {"b": {"type": "null"}}}, "no properties but those it names", False),
        ({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": "(?!)"}]}, "a branch is never made", True),
        ({"type": "string", "pattern": "^a", "not": {"const": "ab"}, "maxLength": 3}, "1 text", True),
        ({"type": "number", "multipleOf": 0.5, "minimum": 0, "maximum": 90}, "of the multiples", True),
    ],
    ids=json.dumps,
)  # fmt: skip
def test_approximated(schema: Any, how: str, commented: bool) -> None:
    made = imported({"a": schema})
    rows = json.loads(json_report(made))["rows"]
    (row,) = [row for row in rows if how in row["how"]]
    assert row["outcome"] == "approximated"
    assert row["pointer"].startswith("/properties/a")
    assert row["why"]
    assert made.source.text.splitlines()[row["line"] - 1].strip()
    assert (f"# narrowed: {row['how']}" in (made.text or "")) == commented
    assert not [row for row in rows if (row["outcome"], row["pointer"]) == ("exact", "/properties/a")]


def test_counts_and_left_out() -> None:
    twice = {"type": "array", "items": {"type": "object"}, "minItems": 2, "uniqueItems": True}
    report = json.loads(
        json_report(imported({"a": {"type": "boolean"}, "b": {"type": "integer"}, "c": twice}))
    )
    assert report["counts"] == {"exact": 1, "approximated": 1, "left out": 1, "refused": 0}
    assert report["properties"] == 2
    (left,) = [row for row in report["rows"] if row["outcome"] == "left out"]
    assert (left["code"], left["pointer"], left["severity"]) == ("DG707", "/properties/c", "warning")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.ids.add(found.get("id") or "")
        self.links.add((found.get("href") or "").removeprefix("#"))


def test_page(tmp_path: Path) -> None:
    source, page = tmp_path / "s.json", tmp_path / "r.html"
    source.write_text(
        '{"type": "integer",\n "minimum": 5,\n "maximum": 3,\n "title": "<script>x</script>"}', "utf-8"
    )
    assert main(["import", str(source), "--report", str(page)]) == ExitStatus.WRONG
    text = page.read_text("utf-8")
    parsed = _Page()
    parsed.feed(text)
    assert "script" not in parsed.tags
    assert "&lt;script&gt;" in text
    assert {"line-2", "line-3"} <= parsed.links
    assert parsed.links - {""} <= parsed.ids
    assert "DG704" in text


def test_a_report_in_no_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "s.json"
    source.write_text("{}", "utf-8")
    assert main(["import", str(source), "--report", str(tmp_path / "r.txt")]) == ExitStatus.USAGE
    assert "name a .json or an .html file" in capsys.readouterr().err
