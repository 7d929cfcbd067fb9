"""The examples of every diagnostic's page: the wrong one yields exactly that code, the right one nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from specdsl.compiler import Compilation, compile_path
from specdsl.databases.snapshots import Databases
from specdsl.diagnostics.importing import Approximated
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.diagnostics.pages import Block, Page, codes, page
from specdsl.diagnostics.render_text import render_text
from specdsl.generate.errors import GenerationError
from specdsl.generate.generator import Generator
from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings, importer
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.source import SourceFile


def compiled(section: Sequence[Block], folder: Path) -> Compilation:
    """Write the blocks of a section as files and compile the first spec without a name of its own."""
    folder.mkdir()
    main = next(b for b in section if b.language == "dgen" and not b.info)
    for block in section:
        name = block.info or ("main.dgen" if block is main else "")
        assert name, f"a block of {block.language} needs a file's name"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if block.language == "sql" and block.info:
            connection = sqlite3.connect(folder / name)
            connection.executescript(block.text)
            connection.close()
        else:
            (folder / name).write_text(block.text, "utf-8", newline="")
    return compile_path(str(folder / "main.dgen"), files_of(folder))


def files_of(folder: Path) -> LocalFiles:
    """Files, and the databases that lie in the folder, by their names."""
    return LocalFiles(databases=Databases({path.stem: str(path) for path in folder.glob("*.sqlite")}))


def failures(compilation: Compilation) -> list[Diagnostic]:
    """What goes wrong when all rows are made (the examples are small)."""
    assert compilation.dataset is not None
    try:
        generator = Generator(plan(compilation.dataset), LocalFiles())
        for table in compilation.dataset.tables.values():
            if table.query is None:
                for _ in generator.batches(table.name):
                    pass
                if table.dirt:
                    generator.spoiled(table.name)
    except GenerationError as failure:
        return [failure.diagnostic(compilation.spans)]
    return []


def above_hint(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [d for d in found if d.severity is not Severity.HINT]


COMPILED = [code for code in codes() if code[2] != "7"]
IMPORTED = [
    code for code in codes() if code[2] == "7" and not code.startswith("DG74")
]  # those: importers/samples


def text_of(code: str) -> Page:
    found = page(code)
    assert found is not None
    return found


@pytest.mark.parametrize("code", COMPILED)
def test_wrong(code: str, tmp_path: Path) -> None:
    about = text_of(code)
    compilation = compiled(about.wrong, tmp_path / "wrong")
    found = compilation.diagnostics
    told = "\n" + render_text(found, compilation.sources)
    if about.fails_in_build:
        assert not above_hint(found), told
        found = failures(compilation)
        assert found, "it builds"
        told = "\n" + render_text(found, compilation.sources)
    assert code in {d.code for d in found}, told
    assert {d.code for d in above_hint(found)} <= {code}, told
    assert len([d for d in above_hint(found) if d.code == code]) <= 1, "one mistake, one diagnostic" + told


@pytest.mark.parametrize("code", COMPILED)
def test_right(code: str, tmp_path: Path) -> None:
    about = text_of(code)
    compilation = compiled(about.right, tmp_path / "right")
    found = [d for d in compilation.diagnostics if d.severity is not Severity.HINT or d.code == code]
    assert not found, "\n" + render_text(found, compilation.sources)
    if about.fails_in_build:
        assert not failures(compilation)


@pytest.mark.parametrize("code", COMPILED)
def test_fix_cures(code: str, tmp_path: Path) -> None:
    """Where there is exactly one correction, it makes that diagnostic go away and adds no other."""
    compilation = compiled(text_of(code).wrong, tmp_path / "wrong")
    fixes = [f for d in compilation.diagnostics if d.code == code and (f := d.fix())]
    if not fixes:
        return
    for file in {e.span.file for f in fixes for e in f.edits}:
        text = compilation.sources[file].text
        for edit in sorted(
            (e for f in fixes for e in f.edits if e.span.file == file), key=lambda e: e.span, reverse=True
        ):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        Path(file).write_text(text, "utf-8", newline="")
    again = compile_path(str(tmp_path / "wrong" / "main.dgen"), LocalFiles())
    assert not above_hint(again.diagnostics), "\n" + render_text(again.diagnostics, again.sources)
    assert code not in {d.code for d in again.diagnostics}


def imported(section: Sequence[Block], code: str) -> Imported:
    block = next(b for b in section if b.language in ("json", "sql"))
    kind = "sql" if block.language == "sql" else "rand-engine" if code.startswith("DG75") else "json-schema"
    return importer(kind)(SourceFile(f"source.{block.language}", block.text), Settings(rows=100))


@pytest.mark.parametrize("code", IMPORTED)
def test_wrong_source(code: str) -> None:
    found = imported(text_of(code).wrong, code)
    said = found.diagnostics
    if code == Approximated.code:  # which the report tells, with others like it
        assert not said
        said = [f.diagnostic for f in found.findings if f.diagnostic is not None and not f.minor]
    assert [d.code for d in said] == [code]
    assert (found.text is None) == (said[0].severity is Severity.ERROR)


@pytest.mark.parametrize("code", IMPORTED)
def test_right_source(code: str) -> None:
    found = imported(text_of(code).right, code)
    assert not found.diagnostics
    assert all(f.minor for f in found.findings) or code != Approximated.code
    assert found.text
