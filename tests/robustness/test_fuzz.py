"""Damaged examples and documentation: whatever they have become, nothing but what the language foresees."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.robustness.mutations import corpus, mutated, write_data
from tests.robustness.trying import tried

FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
# Found by longer runs, and mended.
FOUND = {
    "a table without columns": "table t 3 { }\n",
    "a table with hidden columns only": "table t 3 { a int hidden = 1 }\n",
    "an open bracket in a head that looks like another language": "table us(1\n",
    "null rates beside each": "table u 3 { id int key }\ntable t { u -> u? 50% null each 3 }\n",
    "children counted by themselves": "table u 3 { id int key }\ntable t { u -> u each u }\n",
    "a float that cannot tell rows apart": (
        "table u 3 { id int key }\ntable t { u -> u each 3\n n int = 1e18 + index_in(u)\n key (u, n) }\n"
    ),
    "a type and its question mark on two lines": 'table u 3 {\n  id int key\n  age int = 9\n  a string \n ? = "x"\n}\n',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fuzz")
    write_data(path)
    return path


@pytest.mark.parametrize("part", range(4))
def test_damaged_specs(folder: Path, part: int) -> None:
    @FUZZ
    @given(st.integers(0, 2**40))
    def damaged(seed: int) -> None:
        tried(mutated(random.Random(seed * 4 + part)), folder)

    damaged()


@pytest.mark.parametrize("what", FOUND)
def test_what_was_found(folder: Path, what: str) -> None:
    tried(FOUND[what], folder)


def test_the_corpus_is_well_meant(folder: Path) -> None:
    """Most of what is damaged is sound before: else the fuzzer would look at messages alone."""
    ends = [tried(text, folder, built=False).end for text in corpus()]
    assert ends.count("previewed") > len(ends) / 2
