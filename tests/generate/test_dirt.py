"""How rows are spoiled: by as little as breaks the one rule, in values that stay what their type holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from specdsl.datatypes import types as t
from specdsl.generate.dirt.numbers import limits, moved
from specdsl.generate.dirt.texts import MALFORMED, MISENCODED, TYPOS, slip
from specdsl.generate.generator import Generator
from specdsl.ir.model import Dataset
from specdsl.ir.required import read_elsewhere, required_of, unique_sets
from specdsl.ir.spoiled import VARIANTS, spoiled_enum
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.vector import Vector
from tests.build.specs import compiled

BITS = [int(x) for x in np.random.default_rng(3).integers(0, 2**63, 400)]


def dataset(text: str) -> Dataset:
    found = compiled(text).dataset
    assert found is not None
    return found


def changes(text: str, table: str) -> list[tuple[str, str | None, Any, Any]]:
    """Name, column, clean and dirty value of each spoiled row."""
    out: list[tuple[str, str | None, Any, Any]] = []
    for chosen, numbers, clean, spoiled in (
        Generator(plan(dataset(text)), LocalFiles()).spoiled(table).answers()
    ):
        for i in range(len(numbers)):
            if spoiled is None:
                out.append((chosen.spoiling.dirt.name, None, None, None))
                continue
            column = spoiled.columns[spoiled.which[i]]
            values = (to_arrow(clean[column])[i].as_py(), to_arrow(spoiled.values[column])[i].as_py())
            out.append((chosen.spoiling.dirt.name, column, *values))
    return out


# --- texts -----------------------------------------------------------------------------------------


def test_typos_are_near() -> None:
    seen = set()
    for text in ("Winterbottom", "anna", "Ünal 7"):
        for turn in range(len(TYPOS)):
            for bits in BITS[:60]:
                made = slip(TYPOS, text, bits, turn)
                assert abs(len(made) - len(text)) <= 1
                assert made
                if len(made) == len(text):
                    assert sum(a != b for a, b in zip(made, text, strict=True)) <= 2
                seen.add(made)
    assert {"Winterbottom", "Witnerbottom"} & seen
    assert len(seen) > 60


@pytest.mark.parametrize(
    "expected",
    ["29.02.2024", "02/29/2024", "20240229", "2024-02-30", "2024-13-29"],
)
def test_dates_in_other_layouts_and_that_never_were(expected: str) -> None:
    assert expected in {slip(MALFORMED, "2024-02-29", bits, 0) for bits in BITS}


def test_other_encodings() -> None:
    made = {slip(MALFORMED, "Köln am Rhein", bits, turn) for bits in BITS for turn in range(len(MALFORMED))}
    assert {"KÃ¶ln am Rhein", "Köln am Rhein ", "KÖLN AM RHEIN", "Ko\u0308ln am Rhein"} <= made
    assert "Köln\u00a0am Rhein" in made


def test_short_texts_are_left_whole() -> None:
    for slips in (TYPOS, MALFORMED):
        for turn in range(8):
            assert all(
                isinstance(slip(slips, text, bits, turn), str) for text in ("", "x") for bits in BITS[:20]
            )


def test_no_text_of_a_spoiled_enum_is_a_member_or_comes_twice() -> None:
    enum = t.Enum("E", ("a", "A", "ab", "b ", "b"))
    more = spoiled_enum(enum).members
    assert more[:5] == enum.members
    assert len(more) == len(set(more)) == 5 + 5 * VARIANTS


# --- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dtype",
    [
        t.INT,
        t.Int(8),
        t.Int(16, False),
        t.Int(64, False),
        t.Decimal(4, 2),
        t.DATE,
        t.TIME,
        t.TIMESTAMP,
        t.DURATION,
    ],
    ids=str,
)
def test_moved_values_stay_within_their_type(dtype: t.DataType) -> None:
    low, high = limits(dtype)
    kind = np.uint64 if dtype == t.Int(64, False) else np.int64
    at = Vector(dtype, np.array([int(low), int(high), int(high) // 2], dtype=kind))
    for by in (1, -1, 2**62, -(2**62), 10**18, 1e300, -1e300, np.array([1, -1, 0])):
        found = np.asarray(moved(at, by).data)
        assert all(int(low) <= int(x) <= int(high) for x in found)
    up = np.asarray(moved(at, 1).data)
    assert [int(x) for x in up] == [int(low) + 1, int(high), int(high) // 2 + 1]


# --- rows ------------------------------------------------------------------------------------------


def test_ranges_are_broken_by_one_step() -> None:
    spec = """
    table t 400 {
      n int in 3..9
      d date in 2024-01-01..2024-12-31
      p decimal(6, 2) in 1..5
      h time in 08:00..18:00 = 08:00..18:00
      violate n.range 20 rows
      violate d.range 20 rows
      violate p.range 20 rows
      violate h.range 20 rows
    }
    """
    found: dict[str, set[str]] = {}
    for name, _, _, dirty in changes(spec, "t"):
        found.setdefault(name, set()).add(str(dirty))
    assert found["n.range"] == {"2", "10"}
    assert found["d.range"] == {"2023-12-31", "2025-01-01"}
    assert found["p.range"] == {"0.99", "5.01"}
    assert found["h.range"] == {"07:59:59", "18:00:01"}


def test_checks_are_broken_at_the_edge() -> None:
    spec = """
    table t 500 {
      low int = 0..50
      high int = low + 10..90
      check order: high - low >= 10
      violate order 30 rows
    }
    """
    out = changes(spec, "t")
    assert {column for _, column, _, _ in out} == {"low", "high"}
    assert len(out) == 30
    assert all(abs(dirty - clean) <= 81 for _, _, clean, dirty in out)


def test_a_check_is_broken_in_columns_that_nothing_else_asks_about() -> None:
    """`a` cannot fall below `b` without leaving its range, so that `b` rises."""
    spec = """
    table t 300 {
      a int in 10..20
      b int = 0..9
      check order: a > b
      check small: b < 10 or a == b
      violate order 10 rows
    }
    """
    assert {column for _, column, _, _ in changes(spec, "t")} == {"b"}


def test_orphans_are_no_keys_of_parents() -> None:
    spec = """
    table a 300 { k string key = /[a-c]{4}[0-9]/ }
    table b 300 { k date key = 2024-01-01..2025-12-31 }
    table c 600 { a_k -> a, b_k -> b
      violate a_k.reference 50 rows
      violate b_k.reference 50 rows
    }
    """
    generator = Generator(plan(dataset(spec)), LocalFiles())
    keys = {name: set(generator.values(name, "k", 0, 300).to_pylist()) for name in ("a", "b")}
    out = changes(spec, "c")
    assert len(out) == 100
    for _, column, clean, dirty in out:
        assert clean in keys[column[0]]
        assert dirty not in keys[column[0]]


def test_unique_values_come_twice_and_no_more_often() -> None:
    spec = 'table t 200 { id int key\n email string unique = f"u{row}"\n violate email.unique 100 rows }'
    taken = [dirty for _, _, _, dirty in changes(spec, "t")]
    changed = [clean for _, _, clean, _ in changes(spec, "t")]
    assert len(set(taken)) == 100
    assert not set(taken) & set(changed)


def test_typos_in_unique_texts_are_texts_of_nobody() -> None:
    spec = "table t 900 { id int key\n code string unique = /[abc]{7}/\n typos(code) 100 rows }"
    all_codes = set(Generator(plan(dataset(spec)), LocalFiles()).values("t", "code", 0, 900).to_pylist())
    made = [dirty for _, _, _, dirty in changes(spec, "t")]
    assert len(set(made)) == 100
    assert not set(made) & all_codes


def test_near_copies_differ_in_one_column_that_is_no_key() -> None:
    spec = """
    table t 300 {
      id int key
      name string = full_name()
      age int in 18..90
      at timestamp = 2024-01-01..2024-12-31
      duplicate near 60 rows
    }
    """
    out = changes(spec, "t")
    assert {column for _, column, _, _ in out} == {"name", "age", "at"}
    assert all(clean != dirty for _, _, clean, dirty in out)


def test_nothing_is_chosen_twice() -> None:
    spec = """
    table t 100 {
      id int key
      a int in 1..9
      b int in 1..9
      email string unique = f"u{row}"
      violate a.range 30%
      violate b.range 30%
      violate email.unique 10%
      duplicate rows 20%
    }
    """
    chosen = Generator(plan(dataset(spec)), LocalFiles()).spoiled("t").chosen
    taken = [int(x) for one in chosen for x in one.rows]
    givers = [int(x) for one in chosen if one.spoiling.dirt.name == "email.unique" for x in one.donors]
    assert len(taken) + len(givers) == len({*taken, *givers}) == 100


def test_no_rows_no_dirt() -> None:
    spec = "table a 0 { id int key }\ntable t { a_id -> a each 1..3\n x int in 1..3\n violate x.range 50% }"
    assert changes(spec, "t") == []


# --- what is required --------------------------------------------------------------------------------


def test_what_other_rows_look_at() -> None:
    spec = """
    table a 10 {
      id int key
      x int = 1..3
      y int hidden = x + 1
      n int = count(b)
      total int = sum(b.v)
      check few: count(b where .w > 1) < 100
    }
    table b 30 {
      a_id -> a
      v int = 1..3
      w int = 1..3
      check big: a_id.y > 0
    }
    """
    found = read_elsewhere(dataset(spec))
    assert set(found) == {("a", "id"), ("a", "x"), ("a", "y"), ("b", ""), ("b", "a_id"), ("b", "w")}


def test_requirements_see_through_hidden_columns() -> None:
    spec = """
    table t 10 {
      x int in 1..3
      y int hidden = x * 2
      z int in y.. = 10..20
      check c: y < 9
    }
    """
    found = {(r.kind.value, r.subject): r.columns for r in required_of(dataset(spec).tables["t"])}
    assert found == {
        ("check", "c"): {"x"},
        ("bounds", "x"): {"x"},
        ("bounds", "z"): {"x", "z"},
    }


def test_sets_that_are_unique_together() -> None:
    spec = """
    table a 9 { id int key }
    table t 20 {
      a_id -> a
      n int = 1..30
      m string unique = f"{row}"
      key (a_id, n)
    }
    """
    assert set(unique_sets(dataset(spec).tables["t"])) == {("a_id", "n"), ("m",)}


# --- encodings -------------------------------------------------------------------------------------


def test_texts_in_the_wrong_encoding() -> None:
    seen: dict[str, set[str]] = {}
    for text in ("Zo\u00eb M\u00fcller", "O'Brien", "plain text"):
        made = {slip(MISENCODED, text, bits, turn) for turn in range(len(MISENCODED)) for bits in BITS[:200]}
        seen[text] = made - {text}
        for one in made:
            assert one.encode("utf-8").decode("utf-8") == one
            assert not set(one) & {chr(c) for c in range(32) if c != 9}
    accents = seen["Zo\u00eb M\u00fcller"]
    assert "Zo\u00eb M\u00fcller".encode().decode("latin-1") in accents
    twice = "Zo\u00eb M\u00fcller".encode().decode("cp1252").encode().decode("cp1252")
    assert twice in accents
    assert {"Zo? M?ller", "Zo\ufffd M\ufffdller", "Zoe\u0308 Mu\u0308ller", "Zo&euml; M&uuml;ller"} <= accents
    assert {
        "\ufeffplain text",
        "\u00ef\u00bb\u00bfplain text",
        "plain\u00a0text",
        "plain\u00c2\u00a0text",
    } <= seen["plain text"]
    assert "O\u00e2\u20ac\u2122Brien" in seen["O'Brien"]
    assert any("\u0435" in one for one in seen["O'Brien"] | seen["plain text"]) or any(
        "\u0430" in one for one in seen["plain text"]
    )
