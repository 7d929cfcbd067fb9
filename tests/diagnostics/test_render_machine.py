"""The renderers for programs: JSON, SARIF, GitHub annotations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from specdsl.diagnostics import pages
from specdsl.diagnostics.model import Edit, Fix
from specdsl.diagnostics.render_github import render_github
from specdsl.diagnostics.render_json import VERSION, render_json
from specdsl.diagnostics.render_sarif import render_sarif
from specdsl.source import Span
from tests.diagnostics.cases import CASES, SHOP, SOURCES, Made, at, holds

ALL = list(CASES.values())


def test_golden() -> None:
    some = [
        CASES[n] for n in ("two_lines", "many_lines_and_another_file", "wide_characters_and_a_fix", "hint")
    ]
    holds("some.json", render_json(some, SOURCES))
    holds("some.github.txt", render_github(ALL, SOURCES))


class TestJson:
    document = json.loads(render_json(ALL, SOURCES))

    def test_top(self) -> None:
        assert list(self.document) == ["version", "diagnostics", "summary"]
        assert self.document["version"] == VERSION
        assert self.document["summary"] == {"errors": len(ALL) - 1, "warnings": 0, "hints": 1}

    def test_places_are_one_based_code_points(self) -> None:
        place = next(d for d in self.document["diagnostics"] if d["label"] == "no such column")["location"]
        start = at("naam").start
        assert place == {
            "file": "shop.dgen",
            "start": {"offset": start, "line": 21, "column": 21},
            "end": {"offset": start + 4, "line": 21, "column": 25},
        }

    def test_unknown_file(self) -> None:
        place = next(d for d in self.document["diagnostics"] if d["location"]["file"] == "gone.dgen")[
            "location"
        ]
        assert place["start"] == {"offset": 3, "line": None, "column": None}

    def test_fix_can_be_applied(self) -> None:
        fix = next(d for d in self.document["diagnostics"] if d["fix"])["fix"]
        edit = fix["edits"][0]
        start, end = (edit["location"][side]["offset"] for side in ("start", "end"))
        assert '"語" + name' in SHOP.text[:start] + edit["text"] + SHOP.text[end:]

    def test_nothing(self) -> None:
        assert json.loads(render_json([], {})) == {
            "version": VERSION,
            "diagnostics": [],
            "summary": {"errors": 0, "warnings": 0, "hints": 0},
        }


class TestSarif:
    log = json.loads(render_sarif(ALL, SOURCES))
    run = log["runs"][0]

    def test_members_that_the_schema_requires(self) -> None:
        assert self.log["version"] == "2.1.0"
        assert self.log["$schema"].endswith("sarif-schema-2.1.0.json")
        assert self.run["tool"]["driver"]["name"] == "specdsl"
        assert len(self.run["results"]) == len(ALL)
        for result in self.run["results"]:
            assert result["message"]["text"]
            assert result["level"] in {"none", "note", "warning", "error"}
            for place in [*result["locations"], *result.get("relatedLocations", ())]:
                self.check_location(place["physicalLocation"])
            for fix in result.get("fixes", ()):
                for change in fix["artifactChanges"]:
                    assert change["artifactLocation"]["uri"]
                    assert change["replacements"]
                    for replacement in change["replacements"]:
                        self.check_region(replacement["deletedRegion"])

    def check_location(self, place: dict[str, Any]) -> None:
        assert place["artifactLocation"]["uri"]
        if "region" in place:
            self.check_region(place["region"])

    def check_region(self, region: dict[str, int]) -> None:
        assert region["charOffset"] >= 0
        assert region["charLength"] >= 0
        assert (
            (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"]) >= (1, 1)
        )

    def test_rules(self) -> None:
        rules = self.run["tool"]["driver"]["rules"]
        assert [r["id"] for r in rules] == ["DG405", "DG601"]
        for result in self.run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        page = pages.page("DG405")
        assert page is not None
        assert rules[0]["help"]["markdown"] == page.text
        assert rules[0]["fullDescription"]["text"] == " ".join(page.lead.split())

    def test_severities(self) -> None:
        assert {(r["ruleId"], r["level"]) for r in self.run["results"]} == {
            ("DG405", "error"),
            ("DG601", "note"),
        }

    @pytest.mark.parametrize(
        ("file", "uri"),
        [
            ("a b#c.dgen", "a%20b%23c.dgen"),
            ("/tmp/ä.dgen", "file:///tmp/%C3%A4.dgen"),
            ("../x.dgen", "../x.dgen"),
        ],
    )
    def test_uris(self, file: str, uri: str) -> None:
        log = json.loads(render_sarif([Made(span=Span(file, 0, 0))], {}))
        place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        assert place == {"artifactLocation": {"uri": uri}}

    def test_fix_over_two_files(self) -> None:
        fix = Fix("move it", (Edit(at("naam"), ""), Edit(Span("lib/common.dgen", 0, 0), "naam")))
        log = json.loads(render_sarif([Made(span=at("naam"), change=fix)], SOURCES))
        changes = log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"]
        assert [c["artifactLocation"]["uri"] for c in changes] == ["shop.dgen", "lib/common.dgen"]


class TestGithub:
    def test_one_line_each(self) -> None:
        text = render_github(ALL, SOURCES)
        assert text.count("\n") == len(ALL)
        assert all(line.startswith(("::error file=", "::notice file=")) for line in text.splitlines())

    def test_escapes(self) -> None:
        found = Made(span=Span("a,b:c%.dgen", 0, 0), says="100% of\rit", hint="two\nlines")
        assert render_github([found], {}) == (
            "::error file=a%2Cb%3Ac%25.dgen,title=DG405 too-few-values::100%25 of%0Dit%0Ahelp: two%0Alines\n"
        )

    def test_columns_are_left_out_over_lines(self) -> None:
        text = render_github([CASES["many_lines_and_another_file"]], SOURCES)
        assert "line=13,endLine=20,title=" in text
