"""One dataset with a column of every kind, built once, and its report."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from specdsl.build import BuildOptions, build
from specdsl.building.finding import find_tables
from specdsl.compiler import compile_source
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.report.model import TableProfile
from specdsl.report.reading import profile
from specdsl.source import SourceFile

HOSTILE = "</script><script>alert(1)</script>"

SPEC = f"""\
## Everything <b>bold</b> & {HOSTILE}
dataset zoo {{ seed 5, now 2025-01-01T00:00:00Z }}
enum Kind {{ cat 50%, dog 30%, emu }}

## Those who own.
table owners 300 {{
  id     int key = sequence(start: 1)
  name   string = "Ann" | "Bob" | "{HOSTILE}"
  score  float = normal(mean: 10, sd: 2)
  wealth float = lognormal(mean: 5, sigma: 4)
  fixed  int = 7
}}

table `<script>alert("t")</script>` 2_000 {{
  id       int key = sequence(start: 1)
  owner_id -> owners
  kind     Kind
  age      int? in 0..30 20% null = normal(mean: 12, sd: 5)
  tame     bool = true 70% | false
  price    decimal(10, 2) = 1..100
  born     date = 2015-01-01..2024-12-31
  fed_at   timestamp = 2024-12-01..2024-12-31
  woken    time = 06:00:00..09:00:00
  nap      duration = 5m..3h
  note     string = sentence(words: 3..9)
  `<img src=x onerror=alert(2)>` string? 100% null = "x"
  tags     list<string>[0..2] = "a" | "b"
  size     struct {{ w float in 0..1, h float in 0..1 }}
  big      int = 9_000_000_000_000_000_000..9_000_000_000_000_000_009
  code     uuid
}}

table nobody 0 {{ id int key = sequence(start: 1), owner_id -> owners }}
"""
PETS = '<script>alert("t")</script>'


def dataset(text: str = SPEC) -> Dataset:
    made = compile_source(SourceFile("zoo.dgen", text), LocalFiles()).dataset
    assert made is not None
    return made


def built(format: str = "parquet") -> Path:
    """The folder of a build of ``SPEC``; it goes with the machine's temporary files."""
    return _built(format)


@cache
def _built(format: str) -> Path:
    folder = Path(mkdtemp(prefix="specdsl-test-report-")) / "zoo"
    compilation = compile_source(SourceFile("zoo.dgen", SPEC), LocalFiles())
    assert build(compilation, BuildOptions(folder, format=format)).ok
    return folder


def profiles(format: str = "parquet") -> dict[str, TableProfile]:
    """What the files of a build hold."""
    return _profiles(format)


@cache
def _profiles(format: str) -> dict[str, TableProfile]:
    spec = dataset()
    return profile(spec, find_tables(spec, built(format)).tables)
