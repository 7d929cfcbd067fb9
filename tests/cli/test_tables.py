from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.cli.tables import Heading, arranged, render_table
from specdsl.cli.values import duration_text, value_text
from specdsl.datatypes import types as t
from specdsl.diagnostics.cells import width


def test_small() -> None:
    headings = [Heading("id", "int key", right=True), Heading("名", "string?"), Heading("x")]
    rows = [["1", "日本", "a"], ["23", None, '""']]
    assert (
        render_table(headings, rows, columns=60, color=False, numbered=True)
        == """\
╭───┬─────────┬─────────┬────╮
│ # │      id │ 名      │ x  │
│   │ int key │ string? │    │
├───┼─────────┼─────────┼────┤
│ 0 │       1 │ 日本    │ a  │
│ 1 │      23 │ null    │ "" │
╰───┴─────────┴─────────┴────╯
"""
    )


def test_null_and_types_are_dim() -> None:
    colored = render_table([Heading("a", "int")], [[None]], columns=40, color=True)
    assert "\x1b[2;3mnull" in colored


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=40), st.integers(20, 250), st.sampled_from([0, 1, 3])
)
def test_blocks_hold_every_column_once_and_fit(natural: list[int], columns: int, lead: int) -> None:
    made = arranged([(n, max(1, n // 2)) for n in natural], columns, lead)
    assert [i for block in made for i, _ in block] == list(range(len(natural)))
    for block in made:
        total = 1 + sum(size + 3 for _, size in block) + (lead + 3 if lead else 0)
        assert total <= columns
        assert all(1 <= size <= natural[i] for i, size in block)


@given(
    st.lists(
        st.lists(
            st.one_of(st.none(), st.text("ab 日é\u0301\t\x1b\ufffe😀\u202e", max_size=30)),
            min_size=4,
            max_size=4,
        ),
        max_size=5,
    ),
    st.integers(20, 120),
)
def test_rows_fit(rows: list[list[str | None]], columns: int) -> None:
    safe = [[None if c is None else value_text(c, t.STRING) for c in row] for row in rows]
    text = render_table([Heading(f"c{i}", "string") for i in range(4)], safe, columns=columns, color=False)
    assert all(width(line) <= columns for line in text.splitlines())


def test_values_are_cut_to_save_a_block() -> None:
    whole, cut = Heading("u"), Heading("u", least=12)
    rows = [["3c6ac739-6e8f-4b3b-bc09-d61c4c0f3a11", "2024-02-15 11:52:27Z", "2024-02-15 11:52:27Z"]]
    times = [Heading("a"), Heading("b")]
    assert render_table([whole, *times], rows, columns=62, color=False).count("╭") == 2
    one = render_table([cut, *times], rows, columns=62, color=False)
    assert one.count("╭") == 1
    assert "│ 3c6ac739-6e… │ 2024-02-15 11:52:27Z │" in one


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, t.INT, "null"),
        (True, t.BOOL, "true"),
        (12, t.INT, "12"),
        (0.1, t.FLOAT, "0.1"),
        (1 / 3, t.FLOAT, "0.333333"),
        (float("nan"), t.FLOAT, "nan"),
        (Decimal("12.50"), t.Decimal(10, 2), "12.50"),
        (Decimal("0E-10"), t.Decimal(20, 10), "0.0000000000"),
        ("", t.STRING, '""'),
        ("a\nb\x1b", t.STRING, "a␊b␛"),
        (b"\x00\xff", t.BYTES, "0x00ff"),
        (dt.date(2024, 2, 29), t.DATE, "2024-02-29"),
        (dt.time(9, 30), t.TIME, "09:30:00"),
        (dt.time(9, 30, 0, 500_000), t.TIME, "09:30:00.500"),
        (dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC), t.TIMESTAMP, "2024-01-01 12:00:00Z"),
        (["a", None], t.List(t.STRING), '["a", null]'),
        (
            {"w": 1.5, "h": None},
            t.Struct((t.Field("w", t.FLOAT), t.Field("h", t.FLOAT))),
            "{w: 1.5, h: null}",
        ),
        (dt.timedelta(days=1, hours=2), t.DURATION, "1d 2h"),
    ],
)
def test_value(value: Any, kind: t.DataType, text: str) -> None:
    assert value_text(value, kind) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0s"),
        (-5_000_000, "-5s"),
        (250_000, "250ms"),
        (1, "1us"),
        (90_061_000_000, "1d 1h 1m"),
        (60_000_000, "1m"),
    ],
)
def test_duration(micros: int, text: str) -> None:
    assert duration_text(micros) == text
