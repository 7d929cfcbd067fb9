"""Files beside a spec: missing, elsewhere, broken, other than said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.outcomes import codes, ended

POOL = 'pool P = load("{}")\ntable t 3 {{ id int key, a string? = pick(P.a) }}'
UNUSABLE: dict[str, tuple[str, str | bytes | None, str]] = {
    "missing": ("x.csv", None, "does not exist"),
    "a name too long": (f"{'x' * 5000}.csv", None, "too long"),
    "outside": ("../x.csv", None, "--allow"),
    "far outside": ("/etc/passwd", None, "--allow"),
    "a web address": ("https://example.com/x.csv", None, "on this machine"),
    "no name": ("", None, "empty"),
    "NUL in its name": ("a\\u0000b.csv", None, "NUL"),
    "empty": ("x.csv", "", "empty"),
    "a header only": ("x.csv", "a,b\n", "empty"),
    "ragged": ("x.csv", "a,b\n1,2\n3\n4,5,6\n", "Row #3"),
    "a quote left open": ("x.csv", 'a,b\n"x,1\ny,2\n', "Row #2"),
    "a column twice": ("x.csv", "a,a\n1,2\n", "`a` comes twice"),
    "binary": ("x.csv", bytes(range(256)), "NUL byte"),
    "Latin-1": ("x.csv", "a\nx\ny\u00e9\n".encode("latin-1"), "byte 0xe9 in line 3"),
    "UTF-16": ("x.csv", "a\nx\n".encode("utf-16"), "UTF-16"),
    "no gzip": ("x.csv.gz", "a\n1\n", "cannot be read"),
    "no Parquet": ("x.parquet", "PAR1 or not", "malformed"),
    "no Arrow": ("x.arrow", "ARROW1 or not", "malformed"),
    "a spreadsheet": ("x.xlsx", "PK", "known are .csv"),
    "half of JSON": ("x.json", '[{"a": 1},', "malformed"),
    "JSON without objects": ("x.json", "[[1], [2]]", "not an object"),
    "deep JSON": ("x.json", "[" * 100_000, "nested too deep"),
    "mixed JSON": ("x.json", '[{"a": "x"}, {"a": 1}]', "mixes numbers and texts"),
    "half a character": ("x.json", '[{"a": "\\ud800"}]', "surrogate"),
    "integers beyond 64 bits": ("x.json", '[{"a": 99999999999999999999999}]', "beyond 64 bits"),
    "thousands of digits": ("x.json", f'[{{"a": {"9" * 5000}}}]', "thousands of digits"),
    "a line of JSON that is none": ("x.jsonl", '{"a": "x"}\n{"a": \n', "line 2"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNUSABLE)
def test_unusable(tmp_path: Path, what: str) -> None:
    name, content, words = UNUSABLE[what]
    files = {} if content is None else {name: content}
    ran = ended(tmp_path, POOL.format(name), files=files)
    assert ran.status == 1 and codes(ran) == ["DG216"], ran.err
    assert words in " ".join(ran.err.split()) and "help:" in ran.err


def test_a_folder_and_links(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    assert "it is a folder" in ended(tmp_path, POOL.format("x.csv")).err
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    assert codes(ended(tmp_path, POOL.format("loop.csv"))) == ["DG216"]
    (tmp_path / "out.csv").symlink_to("/etc/passwd")
    assert "a link leads to" in " ".join(ended(tmp_path, POOL.format("out.csv")).err.split())


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("-2,1", "never negative"),
        ("0,0", "nothing can be drawn"),
        ("1e308,1e308", "exceed what a float holds"),
    ],
)
def test_weights_that_cannot_be_drawn_by(tmp_path: Path, weights: str, words: str) -> None:
    one, two = weights.split(",")
    ran = ended(tmp_path, POOL.format("x.csv"), files={"x.csv": f"a,weight\nx,{one}\ny,{two}\n"})
    assert codes(ran) == ["DG579"] and words in " ".join(ran.err.split()) and "column `weight`" in ran.err


def test_weights_without_a_value_count_as_none(tmp_path: Path) -> None:
    ran = ended(tmp_path, POOL.format("x.csv"), "-f", "csv", files={"x.csv": "a,weight\nx,\ny,3\n"})
    assert ran.status == 0
    assert "x" not in (tmp_path / "out" / "t.csv").read_text().split("\n", 1)[1]


@pytest.mark.parametrize(
    "files",
    [
        {"main.dgen": ""},
        {"b.dgen": 'import "main.dgen"\n'},
        {"b.dgen": 'import "c.dgen"\n', "c.dgen": 'import "b.dgen"\n'},
    ],
)
def test_imports_in_a_circle(tmp_path: Path, files: dict[str, str]) -> None:
    name = "main.dgen" if "b.dgen" not in files else "b.dgen"
    ran = ended(tmp_path, f'import "{name}"\ntable t 3 {{ a int key }}', files=files)
    assert codes(ran) == ["DG217"]


@pytest.mark.parametrize("target", ["nope.dgen", "../../etc/passwd", ".", "a\\u0000b", ""])
def test_imports_of_what_cannot_be_read(tmp_path: Path, target: str) -> None:
    assert codes(ended(tmp_path, f'import "{target}"\ntable t 3 {{ a int key }}')) == ["DG216"]


@pytest.mark.parametrize(("rows", "words"), [("1,2\n1,3\n", "t.key unique"), ("1,2\n,3\n", "DG311")])
def test_keys_that_a_file_does_not_keep(tmp_path: Path, rows: str, words: str) -> None:
    ran = ended(tmp_path, 'table t from "x.csv" { a int key }', files={"x.csv": f"a,b\n{rows}"})
    assert ran.status == 1 and words in ran.err
