from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from specdsl.building.finding import find_tables
from specdsl.report.html import join, raw, tag, text
from specdsl.report.numbers import duration, number, percent, size
from specdsl.report.page import Subject, page
from specdsl.verify.verifier import verify
from tests.cli.running import GOOD, run
from tests.report.making import HOSTILE, built, dataset, profiles


class Nesting(HTMLParser):
    """Knows whether every element that begins ends, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [str(v) for k, v in attrs if k == "id"]
        if tag not in {"meta", "br", "col", "hr"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def report() -> str:
    spec = dataset()
    return page(Subject(spec, profiles(), verify(spec, find_tables(spec, built()).tables), "parquet"))


def test_markup() -> None:
    made = report()
    nesting = Nesting()
    nesting.feed(made)
    assert nesting.open == []
    assert len(nesting.ids) == len(set(nesting.ids))
    assert made == report()


def test_hostile_text_is_text() -> None:
    made = report()
    assert HOSTILE not in made
    assert made.count("<script>") == 1
    assert made.count("</script>") == 1
    assert "<img" not in made
    assert "&lt;script&gt;alert(1)" in made


def test_needs_nothing_else() -> None:
    made = report().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.findall(r"https?://|\bsrc=|url\(|@import", made.replace("&lt;img src=x", ""))


def test_shares() -> None:
    made = report()
    assert "Declared shares, 2,000 rows" in made
    assert made.count("Within sampling error") >= 3


def test_without_verification() -> None:
    made = page(Subject(dataset(), profiles(), None, "parquet"))
    assert "Not verified" in made
    assert "rules hold" not in made


def test_html() -> None:
    assert tag("p", "<b>", class_='a"b') == '<p class="a&quot;b">&lt;b&gt;</p>'
    assert tag("a", [tag("i", 1), None, " & "], hidden=True, title=None) == "<a hidden><i>1</i> &amp; </a>"
    assert join("a", raw("<br>"), ["b", ["<"]]) == "a<br>b&lt;"
    assert text("a\u202eb\x00") == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (number(1234.0), "1,234"),
        (number(0.1), "0.1"),
        (number(3_100_000), "3.1M"),
        (number(4.2e-7), "4.20e-07"),
        (number(-12.345), "-12.35"),
        (percent(0.5), "50.0 %"),
        (percent(0.0001), "0.01 %"),
        (percent(0.99999), "99.999 %"),
        (percent(1), "100.0 %"),
        (size(999), "999 B"),
        (size(1_500_000), "1.5 MB"),
        (duration(90e6), "1.5 m"),
        (duration(80 * 60e6), "1 h 20 m"),
        (duration(0), "0 s"),
    ],
)
def test_numbers(made: str, expected: str) -> None:
    assert made == expected


# --- the command line ----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.dgen").write_text(GOOD, "utf-8")
    return tmp_path


def test_build(folder: Path) -> None:
    ran = run("build", "good.dgen", "--report")
    assert ran.status == 0, ran.err
    assert ran.err.endswith(f"report: {Path('out/report.html')}\n")
    first = (folder / "out/report.html").read_text("utf-8")
    assert "rules hold" in first
    assert (
        run("build", "-q", "good.dgen", "--report", "again.html", "-o", "other", "--format", "csv").status
        == 0
    )
    again = (folder / "again.html").read_text("utf-8")
    assert "<dt>format</dt><dd>csv</dd>" in again
    assert run("build", "-q", "good.dgen", "--report", "--mode", "overwrite").status == 0
    assert (folder / "out/report.html").read_text("utf-8") == first


def test_a_build_that_was_complete(folder: Path) -> None:
    assert run("build", "-q", "good.dgen").status == 0
    assert run("build", "-q", "good.dgen", "--resume", "--report").status == 0
    assert "rules hold" in Path("out/report.html").read_text("utf-8")


def test_a_build_that_breaks_its_rules(folder: Path) -> None:
    """A fault that only the data show: nothing is published, but the report is there."""
    text = GOOD.replace("  half int", "  n int = count(orders)\n  check few: n < 2\n  half int")
    Path("bad.dgen").write_text(text, "utf-8")
    ran = run("build", "bad.dgen", "--report")
    assert ran.status == 1
    assert not Path("out").exists()
    made = Path("out-report.html").read_text("utf-8")
    assert "nothing was published" in made
    assert "report: out-report.html" in ran.err


def test_verify(folder: Path) -> None:
    assert run("build", "-q", "good.dgen").status == 0
    Path("good.dgen").write_text(GOOD.replace("in 18..90", "in 18..19"), "utf-8")
    ran = run("verify", "good.dgen", "out", "--report", "r.html")
    assert ran.status == 1
    made = Path("r.html").read_text("utf-8")
    assert "1 of " in made
    assert "<summary>what breaks it</summary>" in made


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("good.dgen", 2, "is a spec"),
        ("notes.txt", 2, "is no HTML page"),
        ("nowhere/r.html", 3, "there is no folder"),
        (".", 2, "is a folder"),
        ("notes.txt/r.html", 2, "is a file"),
    ],
)
def test_places_that_cannot_be(folder: Path, path: str, status: int, message: str) -> None:
    Path("notes.txt").write_text("mine", "utf-8")
    ran = run("build", "good.dgen", "--report", path)
    assert (ran.status, ran.out) == (status, "")
    assert message in ran.err
    assert not Path("out").exists()
    assert Path("notes.txt").read_text("utf-8") == "mine"
    assert Path("good.dgen").read_text("utf-8") == GOOD


def test_diagram(folder: Path) -> None:
    ran = run("diagram", "good.dgen")
    assert ran.status == 0
    assert ran.out.startswith("erDiagram\n")
    assert run("diagram", "good.dgen", "-o", "d.svg").status == 0
    assert Path("d.svg").read_text("utf-8").startswith("<svg")
    assert run("diagram", "good.dgen", "--to", "svg", "-t", "users").out.count("er-entity") == 1
    assert run("diagram", "good.dgen", "-t", "user").status == 2
    assert run("diagram", "good.dgen", "-o", "good.dgen").status == 2
