"""Documents of any form."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.generate.making import made


def documents(call: str, rows: int = 3000) -> list[Any]:
    return [json.loads(text) for text in made(f"table t {rows} {{\n  d json = {call}\n}}\n", "t")["d"]]


def nesting(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(nesting, inner), default=0)


@pytest.mark.parametrize("depth", range(4))
def test_every_kind_is_as_likely_and_depth_is_kept(depth: int) -> None:
    found = documents(f"any_json(depth: {depth})")
    kinds = Counter(type(value).__name__ for value in found)
    expected = {"NoneType", "bool", "int", "float", "str"} | ({"list", "dict"} if depth else set())
    assert set(kinds) == expected
    even = len(found) / len(expected)
    assert all(abs(count - even) < 0.2 * even for count in kinds.values()), kinds
    assert max(map(nesting, found)) == depth


def test_sizes_and_keys() -> None:
    found = documents("any_json(depth: 1)")
    assert {len(v) for v in found if isinstance(v, list)} == {0, 1, 2, 3}
    assert {len(v) for v in found if isinstance(v, dict)} == {0, 1, 2, 3}  # no key twice


def test_keys_are_words_of_the_locale() -> None:
    found = documents('any_json(depth: 1, locale: "el_GR")', 300)
    keys = [key for v in found if isinstance(v, dict) for key in v]
    assert keys
    assert any("α" <= c <= "ω" for key in keys for c in key)


def test_parts_are_drawn_apart() -> None:
    lists = [v for v in documents("any_json(depth: 1)") if isinstance(v, list) and len(v) == 3]
    assert sum(a != b for a, b, _ in lists) > 0.8 * len(lists)
