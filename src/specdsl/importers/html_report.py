"""The report of an import as one HTML page: counts, what is not exact, and the source with it beside."""

from __future__ import annotations

from importlib.resources import files
from pathlib import PurePath

from specdsl.importers.model import Imported, Outcome
from specdsl.importers.reporting import Row, counts, rows
from specdsl.report.html import Html, document_head, join, tag
from specdsl.source import SourceFile
from specdsl.version import VERSION

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LOOK = {
    Outcome.EXACT: "ok",
    Outcome.APPROXIMATED: "unchecked",
    Outcome.LEFT_OUT: "broken",
    Outcome.REFUSED: "broken",
}
_CSS = """
.lines { font-size: 12.5px }
.lines td { padding: 1px 12px; border: 0 !important }
.lines td.n { color: var(--soft); text-align: right; user-select: none; width: 1% }
.lines pre {
  margin: 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
.lines td.told { min-width: 260px; width: 38% }
.lines td.told p { margin: 0 }
.lines tr:target td { background: var(--head) }
.lines tr.unchecked > td.n { border-left: 3px solid var(--unchecked) !important }
.lines tr.broken > td.n { border-left: 3px solid var(--broken) !important }
.lines tr.ok > td.n { border-left: 3px solid var(--ok) !important }
"""
_LONGEST = 240  # characters of a source line that are shown


def html_report(imported: Imported) -> str:
    """The page, which needs no other file. The same source gives the same text."""
    found = rows(imported)
    name = PurePath(imported.source.name).name
    css = files("specdsl.report").joinpath("page.css").read_text("utf-8") + _CSS
    head = document_head(f"{name}: import report", css, _POLICY)
    sources = [imported.source, *(one for one in imported.others if one.name != imported.source.name)]
    numbers = {one.name: at for at, one in enumerate(sources)}
    pages = [_source(one, numbers, found, alone=len(sources) == 1) for one in sources]
    main = tag("main", _findings(found, numbers), *pages, id="content")
    body = tag("body", _header(imported, name, found), main, tag("footer", f"Made by specdsl {VERSION}."))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _header(imported: Imported, name: str, found: list[Row]) -> Html:
    if imported.text is None:
        look, sign, said = "broken", "\u2717", "Refused: no spec was written."
    elif any(row.outcome == Outcome.LEFT_OUT and row.severity == "warning" for row in found):
        look, sign, said = "unchecked", "\u2713", "Carried, without what is left out below."
    else:
        look, sign, said = "ok", "\u2713", "Carried: every row of the spec is valid for this schema."
    tiles = [tag("div", tag("dt", what), tag("dd", number)) for what, number in counts(found).items()]
    return tag(
        "header",
        tag("p", "Import report", class_="kicker"),
        tag("h1", name),
        tag("p", tag("span", sign, class_="sign"), said, class_=f"verdict {look}"),
        tag("dl", tiles, class_="tiles"),
        tag("p", "Exact counts properties; the others count what is told below.", class_="note"),
        class_="page-head",
    )


def _anchor(file: str, line: int, numbers: dict[str, int]) -> str:
    """The id of a line of a source; ``numbers`` are those of the sources by name."""
    return f"line-{line}" if not numbers.get(file) else f"source-{numbers[file]}-line-{line}"


def _line(file: str, line: int, numbers: dict[str, int], said: str) -> Html:
    """A link to a line, with the file's name where there are several."""
    shown = said if len(numbers) == 1 else f"{PurePath(file).name}, {said}"
    return tag("a", shown, href=f"#{_anchor(file, line, numbers)}")


def _findings(found: list[Row], numbers: dict[str, int]) -> Html | None:
    told = [row for row in found if row.outcome != Outcome.EXACT]
    if not told:
        return None
    order = list(Outcome)
    told.sort(key=lambda row: -order.index(row.outcome))
    names = ("Outcome", "What is made", "Why", "JSON Pointer", "Line", "Code")
    lines = [
        tag(
            "tr",
            tag("td", tag("span", str(row.outcome), class_=_LOOK[row.outcome])),
            tag("td", row.how),
            tag("td", row.why, _related(row, numbers)),
            tag("td", tag("code", row.pointer or "(the whole document)")),
            tag("td", _line(row.file, row.line, numbers, str(row.line)), class_="number"),
            tag("td", row.code),
        )
        for row in told
    ]
    table = tag("table", tag("thead", tag("tr", [tag("th", n) for n in names])), tag("tbody", lines))
    return tag("section", tag("h2", "What is not exact"), tag("div", table, class_="wide"))


def _related(row: Row, numbers: dict[str, int]) -> Html:
    return join(
        [
            tag("p", "against ", tag("code", pointer or "(the whole document)"), ", ",
                _line(row.file, line, numbers, f"line {line}"), class_="note")
            for pointer, line in row.related
        ]
    )  # fmt: skip


def _source(source: SourceFile, numbers: dict[str, int], found: list[Row], *, alone: bool) -> Html:
    """The lines of a source with what is told of each."""
    at: dict[int, list[Row]] = {}
    for row in found:
        if row.file == source.name:
            at.setdefault(row.line, []).append(row)
    lines = []
    for number in range(1, source.lines.line_count + (not source.text.endswith(("\n", "\r")))):
        line = source.lines.line(number - 1)
        told = at.get(number, [])
        worst = max((list(Outcome).index(row.outcome) for row in told), default=-1)
        look = _LOOK[list(Outcome)[worst]] if told else None
        shown = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "\u2026"
        cells = (
            tag("td", number, class_="n"),
            tag("td", tag("pre", shown)),
            tag("td", _beside(told), class_="told"),
        )
        lines.append(tag("tr", cells, id=_anchor(source.name, number, numbers), class_=look))
    table = tag("table", tag("tbody", lines), class_="lines")
    title = "The source" if alone else PurePath(source.name).name
    return tag("section", tag("h2", title), tag("div", table, class_="wide"))


def _beside(told: list[Row]) -> Html:
    """What is told of one line: the exact properties as one word."""
    said = [
        tag("p", tag("span", f"{row.outcome}: ", class_=_LOOK[row.outcome]), row.how)
        for row in told
        if row.outcome != Outcome.EXACT
    ]
    exact = sum(row.outcome == Outcome.EXACT for row in told)
    if exact:
        said.insert(0, tag("p", tag("span", "exact" if exact == 1 else f"{exact} exact", class_="ok")))
    return join(said)
