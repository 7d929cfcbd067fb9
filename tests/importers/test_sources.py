"""Several files and folders, and references from one into another."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus
from tests.importers.sources import rows_of, spec_of, written

ADDRESS: dict[str, Any] = {
    "type": "object",
    "required": ["zip"],
    "properties": {"zip": {"type": "string", "pattern": "^[0-9]{5}$"}},
}
CUSTOMER = {
    "title": "Customer",
    "type": "object",
    "required": ["home"],
    "properties": {"home": {"$ref": "#/definitions/address"}},
    "definitions": {"address": ADDRESS},
}


def order(reference: str) -> dict[str, Any]:
    return {
        "title": "Order",
        "type": "object",
        "required": ["ship"],
        "properties": {"ship": {"$ref": reference}},
    }


def test_a_folder_is_a_spec_of_several_tables(tmp_path: Path) -> None:
    files = {
        "a/order.json": order("../customer.json#/definitions/address"),
        "customer.json": CUSTOMER,
        "package.json": {"name": "no schema", "version": 3},
    }
    spec = spec_of(written(tmp_path, files), str(tmp_path))
    assert spec.count("type Address = struct") == 1
    assert "table order 1_000 {\n  ship Address\n}" in spec
    assert "table customer 1_000 {\n  home Address\n}" in spec
    for row in rows_of(tmp_path)["order"]:
        jsonschema.validate(row["ship"], ADDRESS)


def test_a_file_beside_the_source_is_read(tmp_path: Path) -> None:
    written(tmp_path, {"order.json": order("parts/address.json"), "parts/address.json": ADDRESS})
    spec = spec_of(tmp_path, str(tmp_path / "order.json"))
    assert spec.count("table ") == 1
    assert "ship Address" in spec


@pytest.mark.parametrize("reference", ["https://x.org/address", "https://x.org/v1/#zip", "urn:x:deep"])
def test_given_files_are_known_by_their_identifiers(reference: str, tmp_path: Path) -> None:
    deep = {"$id": "urn:x:deep", **ADDRESS}
    files = {
        "1.json": order(reference),
        "2.json": {"$id": "https://x.org/address", **ADDRESS},
        "3.json": {"$id": "https://x.org/v1/", "$defs": {"z": {"$anchor": "zip", **ADDRESS}, "d": deep}},
    }
    written(tmp_path, files)
    paths = [str(tmp_path / name) for name in files]
    assert "zip string = /[0-9]{5}/" in spec_of(tmp_path, *paths, "--table", "order")


@pytest.mark.parametrize("reference", ["https://x.org/s/address.json", "https://y.org/by-id", "address.json"])
def test_folders_of_references(reference: str, tmp_path: Path) -> None:
    files = {
        "in/order.json": order(reference),
        "refs/x.org/s/address.json": ADDRESS,
        "refs/other.json": {"$id": "https://y.org/by-id", **ADDRESS},
        "refs/damaged.json": "{",
        "refs/more/address.json": ADDRESS,
    }
    written(tmp_path, files)
    words = [str(tmp_path / "in/order.json"), "--ref-dir", str(tmp_path / "refs")]
    words += ["--ref-dir", str(tmp_path / "refs/more")]
    assert "/[0-9]{5}/" in spec_of(tmp_path, *words)


def test_a_reference_that_leads_nowhere_names_the_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, {"a.json": order("https://x.org/none.json")})
    assert main(["import", str(tmp_path / "a.json")]) == ExitStatus.WRONG
    told = capsys.readouterr().err
    assert "error[DG702]" in told
    assert "--ref-dir DIR" in told


def test_findings_are_told_where_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    none = """{"type": "object", "required": ["n"],
 "properties":
 {"n": {"minimum": 5, "maximum": 3, "type": "integer"}}}"""
    written(tmp_path, {"order.json": order("none.json"), "none.json": none})
    report = tmp_path / "report.json"
    assert main(["import", str(tmp_path / "order.json"), "--report", str(report)]) == ExitStatus.WRONG
    assert "none.json:3:" in capsys.readouterr().err
    (finding,) = json.loads(report.read_text("utf-8"))["rows"]
    assert finding["file"].endswith("none.json")
    assert (finding["pointer"], finding["line"]) == ("/properties/n/maximum", 3)


def test_a_page_shows_the_lines_of_every_source(tmp_path: Path) -> None:
    told = """{"type": "object", "required": ["n"], "properties": {
    "n": {"type": "array", "items": {"type": "integer"}, "maxItems": 90}}}"""
    written(tmp_path, {"order.json": order("told.json"), "told.json": told})
    report = tmp_path / "report.html"
    arguments = [
        "import",
        str(tmp_path / "order.json"),
        "-o",
        str(tmp_path / "o.dgen"),
        "--report",
        str(report),
    ]
    assert main(arguments) == ExitStatus.DONE
    page = report.read_text("utf-8")
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert any(link.startswith("source-1-line-") for link in links)
    assert links <= set(re.findall(r'id="([^"]+)"', page))
    assert re.search(r'<a href="#source-1-line-2">told.json, 2</a>', page)


def test_a_damaged_file_that_is_referred_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, {"order.json": order("bad.json"), "bad.json": "{\n1}"})
    assert main(["import", str(tmp_path / "order.json")]) == ExitStatus.WRONG
    told = capsys.readouterr().err
    assert "error[DG701]" in told
    assert "bad.json:2:1" in told


def test_drafts_may_differ(tmp_path: Path) -> None:
    old = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "integer",
        "minimum": 0,
        "exclusiveMinimum": True,
        "maximum": 2,
    }
    new = {"$schema": "https://json-schema.org/draft/2020-12/schema", **order("old.json")}
    written(tmp_path, {"order.json": new, "old.json": old})
    assert "= 1..2" in spec_of(tmp_path, str(tmp_path / "order.json"))


def test_documents_that_refer_to_each_other(tmp_path: Path) -> None:
    a = {
        "type": "object",
        "properties": {"b": {"$ref": "b.json"}, "n": {"type": "integer"}},
        "required": ["n"],
    }
    b = {"type": "object", "properties": {"a": {"$ref": "a.json"}}}
    written(tmp_path, {"a.json": a, "b.json": b})
    spec_of(tmp_path, str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--rows", "20")
    assert set(rows_of(tmp_path)) == {"a", "b"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.json", "b.json", "--table", "c"], "there are: a, b"),
        (["empty"], "name a .json file"),
        (["a.yaml"], "convert it to JSON first"),
        (["a.json", "--ref-dir", "a.json"], "--ref-dir names a folder"),
        (["a.sql", "--normalize"], "`--normalize` is not for sql"),
        (["a.sql", "b.json"], "one SQL script makes a spec"),
    ],
    ids=str,
)
def test_wrong_use(
    words: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {"a.json": ADDRESS, "b.json": ADDRESS, "a.sql": "CREATE TABLE t (a int);"})
    Path("empty").mkdir()
    assert main(["import", *words]) == ExitStatus.USAGE
    assert told in capsys.readouterr().err


def test_a_reference_reads_nothing_outside_the_folders_that_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    secret = written(tmp_path, {"secret.json": {"const": "s3cret"}}) / "secret.json"
    for reference in (str(secret), "../secret.json"):
        schema = {"properties": {"p": {"$ref": reference}, "q": {"type": "boolean"}}}
        written(inner, {"s.json": schema})
        assert "s3cret" not in spec_of(inner, str(inner / "s.json"))
        assert "DG707" in capsys.readouterr().err
    assert "s3cret" in spec_of(inner, str(inner / "s.json"), "--ref-dir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert "s3cret" in spec_of(inner, str(inner / "s.json"))


def test_a_map_with_a_table_of_parts(tmp_path: Path) -> None:
    one = {"type": "object", "properties": {"a": {"type": "integer"}}}
    spec = spec_of(
        tmp_path, str(written(tmp_path, {"m.json": {"users": one, "events": {"allOf": [one]}}}) / "m.json")
    )
    assert "table users" in spec and "table events" in spec


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 5e-324}, "`minimum`"),
        ({"type": "array", "minItems": 10**18}, "`minItems`"),
    ],
)
def test_sizes_beyond_measure_are_refused_by_name(
    schema: dict[str, Any], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, {"s.json": schema}) / "s.json"
    assert main(["import", str(path)]) == ExitStatus.WRONG
    assert f"{word} cannot be carried" in capsys.readouterr().err


def test_a_source_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, {"s.json": {"type": "object"}}) / "s.json"
    assert main(["import", str(path), "-o", str(path), "--mode", "overwrite"]) == ExitStatus.USAGE
    assert "is the source itself" in capsys.readouterr().err
    assert json.loads(path.read_text("utf-8")) == {"type": "object"}
