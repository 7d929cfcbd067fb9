"""`each` with `where`: a parent that the condition leaves out needs no children, the others do."""

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

import specdsl
from specdsl.compiler import compile_path
from specdsl.local_files import LocalFiles
from specdsl.verify.reading import TableFiles
from specdsl.verify.rule import RuleKind
from specdsl.verify.verifier import verify

SPEC = """
table users 40 {
  id     int key
  active bool = true 50% | false
}

table visits {
  user_id -> users each 2..4 where .active
}
"""


def broken(spec: Path, out: Path) -> int:
    """How many parents break the bounds of ``each``."""
    dataset = compile_path(str(spec), LocalFiles(spec.parent)).dataset
    assert dataset is not None
    tables = {name: TableFiles([out / f"{name}.parquet"], "parquet") for name in dataset.tables}
    report = verify(dataset, tables, "full")
    (each,) = (r for r in report.rules if r.rule.kind is RuleKind.EACH)
    return each.broken


def test_only_eligible_parents_need_children(tmp_path: Path) -> None:
    spec, out = tmp_path / "s.dgen", tmp_path / "out"
    spec.write_text(SPEC)
    assert specdsl.load(spec).build(out).ok
    users = pq.read_table(out / "users.parquet")
    inactive = [row["id"] for row in users.to_pylist() if not row["active"]]
    assert inactive, "the test needs parents that are left out"
    assert broken(spec, out) == 0

    visits = pq.read_table(out / "visits.parquet")
    first = visits["user_id"][0]
    pq.write_table(visits.filter(pc.not_equal(visits["user_id"], first)), out / "visits.parquet")
    assert broken(spec, out) == 1
