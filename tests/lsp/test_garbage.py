"""When cyclic garbage is freed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from weakref import ref

import pytest

from specdsl.lsp import garbage


class Cycle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("as_before")
def test_what_is_kept_is_gone_through_when_nobody_waits() -> None:
    gc.unfreeze()
    garbage.begin()
    assert gc.get_freeze_count() > 1_000, "what the server is made of is not gone through"
    one = Cycle()
    known = ref(one)
    garbage.keep()
    del one
    gc.collect()
    assert known() is not None, "it is among what is kept"
    garbage.sweep()
    assert known() is None


@pytest.mark.usefixtures("as_before")
def test_what_is_new_is_freed_while_somebody_types() -> None:
    garbage.begin()
    known = ref(Cycle())
    kept: list[list[int]] = [
        [] for _ in range(2 * gc.get_threshold()[0])
    ]  # so many new objects bring a collection
    assert known() is None
    assert kept
