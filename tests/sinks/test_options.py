"""Options of formats: what they write, that it is verified, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.build import VerifyLevel
from specdsl.errors import DataError, UsageError
from specdsl.sinks.options import resolve
from specdsl.sinks.registry import FORMATS, SINKS
from specdsl.sinks.sizes import most_values, rows_for
from tests.build.specs import built
from tests.sinks.everything import COLUMNS

SPEC = """
table t 60 {
  id   int key
  name string? 20% null = "plain" | "a;b" | "say \\"hi\\"" | "" | "NULL" | "grüße"
  on   bool
  f    float = 0.0..1.0
  tags list<string> = ["x", "y"]
}
"""
PLAIN = 'table t 60 {\n  id int key\n  name string? 20% null = "x" | "grüße €"\n  on bool\n}\n'


@pytest.mark.parametrize(
    "values",
    [
        {"delimiter": "semicolon"},
        {"delimiter": "tab", "line_end": "crlf"},
        {"delimiter": "pipe", "quote": "'", "quoting": "all"},
        {"quoting": "nonnumeric", "null": "NULL"},
        {"null": "\\N", "header": "false"},
        {"encoding": "utf-8-sig", "true": "yes", "false": "no"},
        {"encoding": "latin-1"},
        {"encoding": "utf-16", "delimiter": ";"},
        {"encoding": "cp1252", "line_end": "crlf", "quoting": "all"},
    ],
)
def test_dialects_are_verified(tmp_path: Path, values: dict[str, str]) -> None:
    result = built(tmp_path, SPEC, format="csv", values=tuple(values.items()))
    assert result.ok and result.manifest is not None
    assert set(result.manifest.options) == set(values)
    assert built(tmp_path, SPEC, format="csv", values=tuple(values.items()), resume=True).ok


def test_what_a_dialect_writes(tmp_path: Path) -> None:
    values = {
        "delimiter": ";",
        "quoting": "all",
        "null": "\\N",
        "true": "1",
        "false": "0",
        "line_end": "crlf",
    }
    built(tmp_path, SPEC, format="csv", values=tuple(values.items()))
    text = (tmp_path / "t.csv").read_bytes().decode()
    lines = text.split("\r\n")
    assert lines[0] == '"id";"name";"on";"f";"tags"' and lines[-1] == ""
    assert any(";\\N;" in line for line in lines)
    assert any(';"say ""hi""";' in line for line in lines)
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    assert {row[2] for row in rows[1:]} == {"0", "1"}


def test_characters_that_an_encoding_lacks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"`t\.name`, row \d+ of the file, has `€` \(U\+20AC\)") as told:
        built(tmp_path, PLAIN, format="csv", values=(("encoding", "latin-1"),))
    assert "errors=replace" in told.value.help
    values = (("encoding", "latin-1"), ("errors", "replace"))
    built(tmp_path, PLAIN, format="csv", values=values, verify=VerifyLevel.OFF)
    assert b"gr\xfc\xdfe ?" in (tmp_path / "t.csv").read_bytes()


def test_values_that_need_quotes(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"`t\.(name|tags)`, row \d+ of the file, is"):
        built(tmp_path, SPEC, format="csv", values=(("quoting", "none"),))
    assert built(tmp_path, PLAIN, format="csv", values=(("quoting", "none"),)).ok


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"delimter": ";"}, "no option `delimter`"),
        ({"delimiter": "ab"}, "`ab` is not a value of option `delimiter`"),
        ({"quote": ";"}, "`;` is not a value of option `quote`"),
        ({"true": "x", "false": "x"}, "two different words"),
        ({"null": "true"}, "stands for a bool"),
        ({"null": "nan"}, "is a number, too"),
        ({"null": "a,b"}, "with a mark that separates fields"),
        ({"level": "3"}, "`none` has no levels"),
    ],
)
def test_dialects_that_cannot_be(tmp_path: Path, values: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        built(tmp_path / "out", SPEC, format="csv", values=tuple(values.items()))
    assert not (tmp_path / "out").exists()


def test_options_of_parquet(tmp_path: Path) -> None:
    values = {"row_group_rows": "25", "level": "3", "statistics": "none", "dictionary": "all"}
    assert built(tmp_path, SPEC, compression="zstd", values=tuple(values.items())).ok
    metadata = pq.read_metadata(tmp_path / "t.parquet")
    assert [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)] == [25, 25, 10]
    assert not metadata.row_group(0).column(0).is_stats_set
    assert metadata.row_group(0).column(0).has_dictionary_page


def test_arrow_streams(tmp_path: Path) -> None:
    assert built(tmp_path, SPEC, format="arrow", values=(("form", "stream"),)).ok
    with pa.memory_map(str(tmp_path / "t.arrow")) as source:
        assert pa.ipc.open_stream(source).read_all().num_rows == 60


@pytest.mark.parametrize("name", FORMATS)
def test_options_are_told(name: str) -> None:
    options = FORMATS[name].options
    assert all(option.doc and key == option.name for key, option in options.items())
    for option in options.values():
        for text in option.choices:
            option.parse(text)
    with pytest.raises(UsageError, match=r"no option `nope`|has no options"):
        resolve(name, options, [("nope", "1")])


def test_long_lists_make_small_batches() -> None:
    tags, matrix = COLUMNS["tags"][0], COLUMNS["matrix"][0]
    assert most_values(tags) == 16 and most_values(matrix) == 256
    assert rows_for(1 << 21, 100_000, 65_536, 1_024) == 20
    assert rows_for(1 << 21, 10, 65_536, 1_024) == 65_536
    assert rows_for(1 << 21, 1 << 30, 65_536, 1_024) == 1


@pytest.mark.parametrize("name", SINKS)
def test_options_and_compressions_are_documented(name: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "sinks.md").read_text("utf-8")
    (row,) = [
        line for line in text.splitlines() if line.startswith(f"| `{name}` | {SINKS[name].compressions[0]},")
    ]
    assert f"| {', '.join(SINKS[name].compressions)} |" in row
    assert all(f"`{option}`" in text for option in SINKS[name].options)
