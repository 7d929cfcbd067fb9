"""The page: header, diagram, tables. One file that needs nothing else, with scripts on or off."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.diagram.model import diagram_of
from specdsl.diagram.svg import style, svg
from specdsl.ir.model import Dataset, Table
from specdsl.report.address import table_address, table_id
from specdsl.report.columns_section import columns_section
from specdsl.report.html import Html, document_head, join, raw, tag
from specdsl.report.model import TableProfile
from specdsl.report.numbers import count, counted, size
from specdsl.report.rules import rules_section, value_table, verdict_counts
from specdsl.verify.report import RuleResult, Verdict, VerifyReport
from specdsl.version import VERSION

_FEW_TABLES = 12  # up to so many the diagram shows all columns, of more those of keys and references
_FEW_COLUMNS = 14


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: a dataset, what its files hold, and what verification said of them (None:
    nobody asked). ``format``: of the files; ``published``: whether they are where they were to be."""

    dataset: Dataset
    profiles: Mapping[str, TableProfile]
    verification: VerifyReport | None
    format: str
    published: bool = True


def page(subject: Subject) -> str:
    """The report as HTML. The same files give the same text: there is no clock in it."""
    folder = files("specdsl.report")
    css = style(colours=False) + folder.joinpath("page.css").read_text("utf-8")
    script = folder.joinpath("page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    head = document_head(f"{subject.dataset.name}: data report", css, policy)
    body = tag(
        "body",
        _header(subject),
        tag(
            "main",
            _diagram(subject),
            _overview(subject),
            [_table(subject, subject.dataset.tables[n], p) for n, p in subject.profiles.items()],
            id="content",
        ),
        tag("footer", f"Made by specdsl {VERSION} from the files themselves."),
        tag("script", raw(script)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


# --- header --------------------------------------------------------------------------------


def _header(subject: Subject) -> Html:
    dataset = subject.dataset
    rows = sum(p.rows for p in subject.profiles.values())
    columns = sum(len(p.columns) for p in subject.profiles.values())
    size_ = _size_of_all(subject)
    tiles = [
        ("tables", count(len(subject.profiles))),
        ("columns", count(columns)),
        ("rows", count(rows)),
        ("on disk", size(size_)),
    ]
    facts = [
        ("seed", str(dataset.seed)),
        ("now", show_value(dataset.now, t.TIMESTAMP)),
        ("locale", dataset.locale),
        *([("edge rows", f"{dataset.edge * 100:g}%")] if dataset.edge else []),
        ("format", subject.format),
        ("specdsl", VERSION),
    ]
    toggle = tag("button", "Theme", type="button", id="theme", hidden=True, title="Light or dark")
    return tag(
        "header",
        tag("div", tag("p", "Data report", class_="kicker"), toggle, class_="top"),
        tag("h1", dataset.name),
        [tag("p", paragraph, class_="doc") for paragraph in _paragraphs(dataset.doc)],
        _verdict(subject, rows),
        tag("dl", [tag("div", tag("dt", n), tag("dd", v)) for n, v in tiles], class_="tiles"),
        tag("dl", [tag("div", tag("dt", n), tag("dd", v)) for n, v in facts], class_="facts"),
        class_="page-head",
    )


def _size_of_all(subject: Subject) -> int:
    """The bytes of all files; one that holds several tables once."""
    return sum(dict(f for p in subject.profiles.values() for f in p.files).values())


def _verdict(subject: Subject, rows: int) -> Html:
    report = subject.verification
    if report is None:
        return tag(
            "p", "Not verified: nobody held these files against their rules.", class_="verdict unchecked"
        )
    held = sum(r.verdict is Verdict.OK for r in report.rules)
    sampled = " (about 100,000 rows of each larger table looked at)" if report.level == "sample" else ""
    if report.ok:
        verb = "holds" if held == 1 else "hold"
        line = f"{counted(held, 'rule')} {verb} on {counted(rows, 'row')}{sampled}"
        state, more = "ok", ""
    else:
        verb = "is" if len(report.broken) == 1 else "are"
        line = f"{len(report.broken):,} of {counted(len(report.rules), 'rule')} {verb} broken{sampled}"
        state, more = "broken", "" if subject.published else "; nothing was published"
    unchecked = len(report.unchecked)
    note = f"; {unchecked:,} could not be checked" if unchecked else ""
    sign = tag("span", "✓" if report.ok else "✗", aria_hidden="true", class_="sign")
    broken = [
        tag("li", tag("a", tag("code", r.rule.name), href=table_address(r.rule.table)))
        for r in report.broken[:20]
    ]
    listed = tag("ul", broken, class_="broken-list") if broken else None
    return join(tag("p", sign, tag("strong", line), more, note, class_=f"verdict {state}"), listed)


def _paragraphs(doc: str) -> list[str]:
    return [" ".join(p.split()) for p in doc.split("\n\n") if p.strip()]


# --- diagram and overview ------------------------------------------------------------------


def _diagram(subject: Subject) -> Html | None:
    if not subject.profiles:
        return None
    few = len(subject.profiles) <= _FEW_TABLES
    diagram = diagram_of(subject.dataset, tables=list(subject.profiles), at_most=_FEW_COLUMNS if few else 6)
    drawn = svg(diagram, link=table_address, alone=False)
    summary = tag("summary", tag("h2", "Tables and references"))
    return tag(
        "details", summary, tag("div", raw(drawn), class_="wide", tabindex="0"), open=True, class_="diagram"
    )


def _overview(subject: Subject) -> Html:
    titles = (
        ("table", ""),
        ("rows", "number"),
        ("columns", "number"),
        ("files", "number"),
        ("size", "number"),
    )
    head = [tag("th", name, scope="col", class_=kind or None) for name, kind in titles]
    rows = []
    for name, profile in subject.profiles.items():
        cells = [
            tag("th", tag("a", name, href=table_address(name)), scope="row"),
            tag("td", count(profile.rows), class_="number"),
            tag("td", count(len(profile.columns)), class_="number"),
            tag("td", count(len(profile.files)), class_="number"),
            tag("td", size(profile.bytes), class_="number", data_value=profile.bytes),
        ]
        if subject.verification is not None:
            cells.append(tag("td", verdict_counts(subject.verification.of_table(name))))
        rows.append(tag("tr", cells))
    if subject.verification is not None:
        head.append(tag("th", "checked", scope="col"))
    table = tag("table", tag("thead", tag("tr", head)), tag("tbody", rows), class_="sortable overview")
    return tag("section", tag("h2", "All tables"), tag("div", table, class_="wide", tabindex="0"))


# --- a table -------------------------------------------------------------------------------


def _table(subject: Subject, table: Table, profile: TableProfile) -> Html:
    results: tuple[RuleResult, ...] = ()
    if subject.verification is not None:
        results = subject.verification.of_table(table.name)
    facts = [
        counted(profile.rows, "row"),
        counted(len(profile.columns), "column"),
        f"{size(profile.bytes)} in {_files(profile)}",
    ]
    if table.query is not None:
        facts.append("made by SQL")
    if profile.charted < profile.rows:
        facts.append(f"charts from about {count(profile.charted)} rows")
    return tag(
        "section",
        tag("h2", table.name),
        tag("p", " · ".join(facts), class_="meta"),
        [tag("p", paragraph, class_="doc") for paragraph in _paragraphs(table.doc)],
        rules_section(results) if results else None,
        columns_section(table, profile, results),
        _sample(profile),
        id=table_id(table.name),
        class_="table",
    )


def _files(profile: TableProfile) -> str:
    names = [path.name for path, _ in profile.files]
    return names[0] if len(names) == 1 else counted(len(names), "file")


def _sample(profile: TableProfile) -> Html | None:
    if not profile.sample:
        return None
    rows = len(profile.sample)
    summary = tag("summary", tag("h3", f"The first {rows} rows" if rows < profile.rows else "All rows"))
    return tag(
        "details",
        summary,
        tag("div", value_table(profile.sample), class_="wide", tabindex="0"),
        open=True,
        class_="sample",
    )
