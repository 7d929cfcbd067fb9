"""The proof: rows of an imported spec go into the original tables of a real PostgreSQL, with every key, reference and
CHECK on, without one violation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.importers.sql.loading import declare, load, specdsl
from tests.sinks.containers.servers import Server, answers, database

HERE = Path(__file__).parent
SCRIPTS = {
    "chinook": (HERE / "data" / "chinook.sql", {}),
    "staff": (
        HERE / "cases" / "staff.postgres.sql",
        {
            "people": "hr.people",
            "sales_orders": "sales.orders",
            "lines": "sales.lines",
            "hr_orders": "hr.orders",
        },
    ),
}


@pytest.fixture
def postgres() -> Iterator[Server]:
    if not answers("postgresql"):
        pytest.skip("no PostgreSQL answers at 127.0.0.1:5432")
    with database("postgresql") as server:
        yield server


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_original_schema_takes_all_rows(name: str, postgres: Server, tmp_path: Path) -> None:
    script, paths = SCRIPTS[name]
    spec, out = tmp_path / "spec.dgen", tmp_path / "out"
    specdsl("import", str(script), "--rows", "400", "-o", str(spec))
    specdsl("build", str(spec), "--seed", "7", "-f", "jsonl", "-o", str(out))
    declare(postgres, script.read_text("utf-8"))
    counts = load(postgres, out, paths)
    assert len(counts) == len(list(out.glob("*.jsonl"))) > 4
    assert all(
        count == len((out / f"{n}.jsonl").read_text("utf-8").splitlines()) for n, count in counts.items()
    )
    assert sum(counts.values()) > 1_000


def test_what_breaks_a_rule_is_seen(postgres: Server, tmp_path: Path) -> None:
    """The rules are really on."""
    script = SCRIPTS["staff"][0].read_text("utf-8")
    declare(postgres, script)
    (tmp_path / "hr_orders.jsonl").write_text(
        '{"id":"00000000-0000-0000-0000-000000000001","flag":true}\n' * 2, "utf-8"
    )
    with pytest.raises(AssertionError, match="orders_pkey"):
        load(postgres, tmp_path, {"hr_orders": "hr.orders"})
