"""Plans of the tables that are asked for are those of the whole dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from specdsl.check.moving import Clock
from specdsl.compiler import compile_path
from specdsl.local_files import LocalFiles
from specdsl.plan.partial import Reach, partial_plan
from specdsl.plan.planner import plan
from tests.examples import ALL

DAY = 86_400_000_000


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_each_table_by_itself(path: Path) -> None:
    dataset = compile_path(str(path), LocalFiles()).dataset
    assert dataset is not None
    clock, reach = Clock(dataset), Reach(dataset)
    for now in (dataset.now, dataset.now + DAY, dataset.now - 400 * DAY, dataset.now + DAY):
        whole = plan(clock.at(now))
        for name in whole.tables:
            assert partial_plan(clock.at(now), reach).tables[name] == whole.tables[name], name
        assert partial_plan(clock.at(now), reach).order == whole.order
        assert list(partial_plan(clock.at(now), reach).tables) == list(whole.tables)
