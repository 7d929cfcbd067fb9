"""Whatever a table declares and whatever of it is spoiled: the files hold what the key says, and nothing else breaks.

Dirt that cannot be is refused with its reason, and left out; what is left must build."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from specdsl.build import BuildOptions, BuildResult, build
from specdsl.building.found_batches import KeysOfBatches, earlier, find_batches
from specdsl.check.dirt import rule_names
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.following import BatchRequest
from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.errors import GenerationError
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.verify.verifier import verify

COLUMNS = """
  a int in 0..20
  b int in 5..10
  c float in 0.0..1.0
  d decimal(6, 2) in 1..99
  e date in 2024-01-01..2024-12-31
  f timestamp = 2024-01-01..2024-12-31
  g string(min: 2, max: 40) = first_name()
  h string = /[a-c]{2}[0-9]/
  i Kind
  j bool
  k string? 30% null = word()
  l int? 20% null in 1..9
  m string unique = f"m{row}"
  n int unique in 1..5000
  o uuid = uuid4()
  p time in 08:00..10:00
  q duration in 1m..2h
  r int16 in -5..5
  s string 20% absent = city()
  t list<int>[0..2] = 1..5
  u int hidden = 3
  v int = a + b
  w string = f"{h}-{a}"
  x struct { y float = 0.0..1.0 }
  z date in e.. = e + 1d..9d
"""
CHECKS = (
    "check c1: a + b > 4",
    "check c2: z > e",
    "check c3: i != one or a >= 0",
    "check c4: length(g) >= 2",
    "check c5: k != g",
    "check c6: l == null or l < a + 10",
    "check c7: v >= a",
    "check c8: b in [5, 6, 7, 8, 9, 10]",
    "check c9: if j then c <= 1.0 else d >= 1",
    "check c10: u + a >= 3",
    'check c11: starts_with(h, "a") or a < 30',
    "check c12: parent_id != null or a >= 0",
)
SPOILS = (
    "duplicate rows 2%",
    "duplicate near rows 2%",
    "typos(g) 2 rows",
    "typos(m) 3 rows",
    "typos(s) 2 rows",
    "malformed(w) 3 rows",
    "malformed(k) 2 rows",
    "outliers(a) 2 rows",
    "outliers(c) 2 rows",
    "outliers(f) 2 rows",
    "outliers(v) 2 rows",
)


def declared(chance: random.Random) -> str:
    """A table with its parents, all but its end."""
    reference = chance.choice(["-> parents", "-> parents? 20% null", "-> parents where .b > 2"])
    rows = chance.choice([50, 200, 700])
    checks = "".join(f"  {check}\n" for check in chance.sample(CHECKS, chance.randint(0, 6)))
    return (
        "enum Kind { one, two, three }\ntable parents 40 {\n  id int key\n  b int in 1..9\n}\n"
        f"table t {rows} {{\n  id {chance.choice(['int', 'uuid'])} key\n  parent_id {reference}\n{COLUMNS}{checks}"
    )


def compiled(head: str, lines: list[str]) -> tuple[Compilation, str]:
    text = head + "".join(f"  {line}\n" for line in lines) + "}\n"
    return compile_source(SourceFile("spec.dgen", text), LocalFiles()), text


def built(
    head: str, lines: list[str], out: Path, form: str, batch: BatchRequest | None = None
) -> tuple[BuildResult, list[str]]:
    """The build of what can be spoiled of ``lines``, and those that were left."""
    while True:
        compilation, text = compiled(head, lines)
        errors = [d for d in compilation.diagnostics if d.severity is Severity.ERROR]
        if errors:
            assert {d.code for d in errors} == {"DG461"}, [d.message() for d in errors]
            wrong = {text[d.span.start : d.span.end] for d in errors}
        else:
            try:
                return build(compilation, BuildOptions(out, format=form), batch=batch), lines
            except GenerationError as failure:
                told = failure.diagnostic(compilation.spans)
                assert told.code == "DG581", told.message()
                wrong = {text[told.span.start : told.span.end]}
        left = [line for line in lines if line not in wrong]
        assert len(left) < len(lines)
        lines = left


@pytest.mark.parametrize("seed", range(6))
def test_exactly_what_is_declared_breaks(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    head = declared(chance)
    compilation, _ = compiled(head, [])
    assert compilation.dataset is not None, [d.message() for d in compilation.diagnostics]
    names = list(rule_names(compilation.dataset.tables["t"]))
    lines = [f"violate {name} {chance.choice(['1%', '2 rows'])}" for name in chance.sample(names, 8)]
    lines += chance.sample(SPOILS, 5)
    result, left = built(head, lines, tmp_path / "out", chance.choice(["parquet", "csv", "jsonl"]))
    assert len(left) > 4, "most of it can be made"
    assert result.report is not None
    assert result.ok, [(r.rule.name, r.note) for r in result.report.broken]
    violated = [line for line in left if line.startswith(("violate", "duplicate"))]
    assert (sum(r.expected for r in result.report.rules) > 0) == bool(violated)


@pytest.mark.parametrize("seed", range(20, 23))
def test_exactly_what_is_declared_breaks_in_every_batch(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    head = declared(chance)
    head = re.sub(r"(table parents 40) ", r"\1 grows 15 per batch ", head)
    head = "dataset d { per batch 1d }\n" + re.sub(r"(table t \d+) ", r"\1 grows 120 per batch ", head)
    compilation, _ = compiled(head, [])
    assert compilation.dataset is not None, [d.message() for d in compilation.diagnostics]
    names = list(rule_names(compilation.dataset.tables["t"]))
    lines = [f"violate {name} {chance.choice(['2%', '1 rows'])}" for name in chance.sample(names, 7)]
    lines += chance.sample(SPOILS, 4)
    form = chance.choice(["parquet", "csv", "jsonl"])
    left: list[str] = []
    while left != lines:  # the lines that every batch can be spoiled by
        left, folder, request = lines, tmp_path / f"{len(lines)}", BatchRequest(Checkpoint())
        for number in (1, 2, 3):
            result, lines = built(head, lines, folder / str(number), form, request)
            assert result.report is not None
            assert result.ok, [(r.rule.name, r.note, r.offenders) for r in result.report.broken]
    assert len(left) > 3, "most of it can be made"
    again, _ = compiled(head, left)
    assert again.dataset is not None
    batches = find_batches(again.dataset, folder, request.checkpoint)
    keys = KeysOfBatches(tmp_path, request.checkpoint)
    for batch in batches:
        assert all(r.broken == 0 for r in keys.results(batch, told=True))
        found, before = batch.found, earlier(batches, batch.number)
        report = verify(
            batch.dataset, found.tables, "full", None, batch.rows, found.answers, before, found.variants
        )
        assert report.ok, [(r.rule.name, r.note, r.offenders) for r in report.broken]
        violated = [line for line in left if line.startswith(("violate", "duplicate"))]
        assert (sum(r.expected for r in report.rules) > 0) == bool(violated)
