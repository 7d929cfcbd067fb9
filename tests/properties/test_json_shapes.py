"""Documents of generated shapes: each is of its shape, and no batch size, order or neighbour changes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generate.making import generator
from tests.properties.test_laws import whole

LAW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
ROWS = 60
Fits = Callable[[Any], bool]


@dataclass(frozen=True)
class Part:
    """What may stand as an element: ``text`` in the language, and whether a value is of it."""

    text: str
    fits: Fits


def _is_int(low: int, high: int) -> Fits:
    return lambda v: type(v) is int and low <= v <= high


LEAVES = [
    Part("int in 1..5", _is_int(1, 5)),
    Part("bool", lambda v: type(v) is bool),
    Part('string = "a\\"\\\\\\n" | "ü" | word()', lambda v: type(v) is str and bool(v)),
    Part("int = id", _is_int(1, ROWS)),
    Part("float? 40% null = 1.5 | 2.5", lambda v: v is None or v in (1.5, 2.5)),
    Part("decimal(5, 2) in 1..2", lambda v: type(v) is float and 1 <= v <= 2),
    Part("date = 2024-01-01 .. 2024-01-31", lambda v: type(v) is str and v.startswith("2024-01-")),
]


def _alternative(part: Part) -> bool:
    return "% null" not in part.text


def variants(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    def made(some: list[Part], with_null: bool) -> Part:
        texts = [p.text for p in some] + ["null"] * with_null
        texts[0] = f"{40 if len(texts) > 1 else 100}% {texts[0]}"
        return Part(
            f"variant {{ {', '.join(texts)} }}",
            lambda v: (with_null and v is None) or any(p.fits(v) for p in some),
        )

    return st.builds(made, st.lists(parts.filter(_alternative), min_size=1, max_size=3), st.booleans())


def tuples(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    def made(some: list[Part], spread: int) -> Part:
        texts = [p.text for p in some]
        texts.insert(spread % (len(texts) + 1), "...list<int>[0..2] = 7..9")

        def fits(value: Any) -> bool:
            at = spread % (len(some) + 1)
            extra = len(value) - len(some)
            if not 0 <= extra <= 2 or any(v not in (7, 8, 9) for v in value[at : at + extra]):
                return False
            rest = value[:at] + value[at + extra :]
            return all(p.fits(v) for p, v in zip(some, rest, strict=True))

        return Part(f"tuple<{', '.join(texts)}>", lambda v: isinstance(v, list) and fits(v))

    return st.builds(made, st.lists(parts, min_size=1, max_size=3), st.integers(0, 3))


KEYS = ['"p" | "q" 60% | "r" 20%', "/[p-t]/", "word()", 'f"k{0..30}"']


def maps(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    def made(key: str, value: Part, low: int, high: int) -> Part:
        return Part(
            f"map<string = {key}, {value.text}>[{low}..{high}]",
            lambda v: (
                isinstance(v, dict) and low <= len(v) <= high and all(value.fits(x) for x in v.values())
            ),
        )

    return st.builds(made, st.sampled_from(KEYS), parts, st.integers(0, 2), st.integers(2, 3))


def objects(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    def made(some: list[Part], spread: str, extra: Part, kind: str) -> Part:
        names = "pqxyz"[: len(some)]
        fields = [f"{name} {p.text}" for name, p in zip(names, some, strict=True)]
        if kind == "json":
            fields.insert(len(fields) // 2, f"...map<string = {spread}, {extra.text}>[0..3]")

        def fits(value: Any) -> bool:
            if not isinstance(value, dict):
                return False
            own = all(n in value and p.fits(value[n]) for n, p in zip(names, some, strict=True))
            others = [v for n, v in value.items() if n not in names]
            return own and len(others) <= (3 if kind == "json" else 0) and all(extra.fits(v) for v in others)

        return Part(f"{kind} {{ {', '.join(fields)} }}", fits)

    kinds = st.sampled_from(["json", "struct"])
    return st.builds(made, st.lists(parts, min_size=1, max_size=4), st.sampled_from(KEYS), parts, kinds)


def _one_level(parts: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    return st.one_of(variants(parts), tuples(parts), maps(parts), objects(parts))


PARTS = st.recursive(st.sampled_from(LEAVES), _one_level, max_leaves=8)


def unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs), pairs
    return found


def spec(part: Part) -> str:
    return f"dataset d {{ seed 7 }}\ntable t {ROWS} {{\n  id int key\n  v tuple<{part.text}>\n}}\n"


@LAW
@given(PARTS)
def test_documents_are_of_their_shape(part: Part) -> None:
    g = generator(spec(part))
    documents = whole(g, "t").column("v").to_pylist()
    for text in documents:
        (value,) = json.loads(text, object_pairs_hook=unique_members)
        assert part.fits(value), (part.text, text)


@LAW
@given(PARTS, st.integers(1, 37), st.integers(1, 3))
def test_batches_and_workers_change_nothing(part: Part, batch_rows: int, workers: int) -> None:
    text = spec(part)
    expected = whole(generator(text), "t")
    assert whole(generator(text), "t", batch_rows=batch_rows, workers=workers).equals(expected)


@LAW
@given(PARTS, st.lists(st.integers(0, ROWS - 1), min_size=1, max_size=20))
def test_any_rows_in_any_order(part: Part, rows: list[int]) -> None:
    text = spec(part)
    wanted = np.array(rows, dtype=np.int64)
    taken = pa.Table.from_batches([generator(text).take("t", wanted, hidden=True)])
    assert taken.equals(whole(generator(text), "t").take(pa.array(wanted)).combine_chunks())


TREES = """
type Node depth 3 = json { n int in 1..9, left Node?, kids list<Node>[0..2], any variant { Node, 50% null } }
table t 200 { id int key
  v Node
}
"""


def levels(node: Any) -> int:
    inner = [node["left"], node["any"], *node["kids"]]
    return 1 + max((levels(x) for x in inner if x is not None), default=0)


def test_types_that_hold_themselves_end() -> None:
    expected = whole(generator(TREES), "t")
    found = {levels(json.loads(text)) for text in expected.column("v").to_pylist()}
    assert found == {3}
    assert whole(generator(TREES), "t", batch_rows=7).equals(expected)


def test_levels_are_drawn_apart() -> None:
    """The same field of two levels, and of two elements, is not the same number."""
    documents = [json.loads(x) for x in whole(generator(TREES), "t").column("v").to_pylist()]
    pairs = [(d["n"], d["left"]["n"]) for d in documents]
    assert len(set(pairs)) > 60
    siblings = [tuple(k["n"] for k in d["kids"]) for d in documents if len(d["kids"]) == 2]
    assert sum(a != b for a, b in siblings) > len(siblings) / 2
