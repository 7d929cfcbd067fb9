"""What is kept has a bound, however often a text changes."""

from __future__ import annotations

import pytest

from specdsl.ide import kept as module
from specdsl.ide.kept import kept
from specdsl.ide.outline import parsed


@pytest.fixture(autouse=True)
def _no_documents() -> None:
    module.make_room(0)


def test_results_are_kept_and_bounded() -> None:
    asked: list[str] = []

    @kept
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    assert length("ab") == length("ab") == 2
    assert asked == ["ab"]
    long = "x" * (module.CHARACTERS // 4)
    for number in range(10):
        length(long + str(number))
    assert len(length.store) < 5
    before = len(asked)
    length(long + "9")  # the latest are still there
    assert len(asked) == before
    length("ab")
    assert len(asked) == before + 1


def test_a_text_longer_than_all_that_may_be_kept() -> None:
    @kept
    def length(text: str) -> int:
        return len(text)

    assert length("x" * (2 * module.CHARACTERS)) == 2 * module.CHARACTERS
    assert len(length.store) == 1


def test_long_documents_have_room() -> None:
    @kept
    def length(text: str) -> int:
        return len(text)

    module.make_room(10 * module.CHARACTERS)
    for number in range(8):
        length("x" * module.CHARACTERS + str(number))
    assert len(length.store) == 8


def test_edits_of_a_long_section_do_not_pile_up() -> None:
    body = "".join(f"  c{i} int = 1..{i + 1}\n" for i in range(400))
    for number in range(30):
        parsed(f"table t {number} {{\n{body}}}\n" + "#" * (module.CHARACTERS // 10))
    assert len(parsed.store) <= 10
