"""``--private``: no number, date or text of a column is in what is written of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdsl.importers.samples.importer import import_files

TRIVIAL = {Decimal(0), Decimal(1)}
"""Where numbering and ranges begin."""


def imported(folder: Path, columns: dict[str, list[str]]) -> dict[str, str]:
    """By column what is written of it, comments aside; '' has the whole text."""
    rows = zip(*columns.values(), strict=True)
    (folder / "t.csv").write_text("\n".join([",".join(columns), *map(",".join, rows)]) + "\n", "utf-8")
    text = import_files([folder / "t.csv"], None, None, private=True).text
    assert text is not None
    made = {"": text}
    for name in columns:
        (line,) = re.findall(rf"^  {name} .*$", text, re.MULTILINE)
        made[name] = line
    return made


def numbers(line: str) -> set[Decimal]:
    """The numbers in a line that are neither shares, parameters of its type, counts of characters nor parts
    of dates."""
    line = re.sub(r"\b(decimal\([^)]*\)|u?int\d+|float32)|[\d.]+%|\{[\d,]+\}|/[^/]*/", "", line)
    line = re.sub(r"\d{4}-\d\d-\d\d\S*", "", line)
    return {Decimal(found.replace("_", "")) for found in re.findall(r"-?\b\d[\d_]*(?:\.\d+)?\b", line)}


STRANGE = {
    "three prices": ["3.33", "19.99", "249.50"],
    "scores": ["2", "3", "17", "4242"],
    "eighths": ["1.500", "2.250", "9.875"],
    "salaries": ["1235", "1301", "1303"],
    "constant": ["4711"],
    "round": ["100", "200", "300", "4000"],
    "below zero": ["-17.5", "-3.25", "0.75"],
    "tight": [f"{n}" for n in range(100, 132)] * 3 + ["900"] * 40 + ["901"] * 2,
    "two heaps": [f"{n}" for n in (*range(20, 60), *range(880, 920))],
    "wide": ["99999999.99", "1.25", "12345678.90"],
    "tiny": ["0.0000012", "0.0000037", "0.5"],
}


@pytest.mark.parametrize("case", STRANGE)
def test_numbers(case: str, tmp_path: Path) -> None:
    values = [STRANGE[case][n % len(STRANGE[case])] for n in range(240)]
    values = [values[i] for i in np.random.default_rng(5).permutation(240)]
    line = imported(tmp_path, {"x": values})["x"]
    assert numbers(line) & {Decimal(v) for v in values} <= TRIVIAL, line


def test_shares_stay_where_values_are_many(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    heaps = np.concatenate([generator.normal(100, 10, 3_000), generator.normal(900, 10, 3_000)])
    made = imported(tmp_path, {"x": [f"{v:.2f}" for v in heaps]})
    assert "quantiles([" in made["x"]
    assert "rounded to points that are no values" in made[""].replace("\n  # ", " ")
    points = sorted(numbers(made["x"].partition("quantiles")[2]))
    assert points[1] < 110 < 890 < points[-2]


def test_a_narrow_range_far_from_zero(tmp_path: Path) -> None:
    values = [f"{5000 + (n % 20) ** 2 / 10 + n % 97 / 100:.2f}" for n in range(400)]
    line = imported(tmp_path, {"x": values})["x"]
    points = numbers(line.partition("quantiles")[2])
    assert len(points) > 7, line
    assert not points & {Decimal(v) for v in values}


def test_dates_and_words(tmp_path: Path) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    days = [start + timedelta(days=n * n // 40) for n in range(240)]
    columns = {
        "due": [f"{d:%Y-%m-%d}" for d in days],
        "rare": [f"{days[n % 3 * 90]:%Y-%m-%d}" for n in range(240)],
        "at": [f"{d:%Y-%m-%dT%H:%M:%SZ}" for d in days],
        "state": [f"state_{n % 3 + 1}" for n in range(240)],
        "agreed": [("yes", "no")[n % 2] for n in range(240)],
    }
    made = imported(tmp_path, columns)
    for name, values in columns.items():
        text = made[name] if name == "agreed" else made[""]
        assert not [v for v in values if re.search(rf"\b{v}\b", text)], name
    assert '"yes"' not in made[""]
    offsets = {(d - datetime(2023, 1, 1, tzinfo=UTC)) / timedelta(days=1) for d in days}
    shown = {float(n) for n in re.findall(r"([\d.]+)d\b", made["due"])} - {0.0}
    assert len(shown) > 5
    assert not shown & offsets, made["due"]


def columns_of(draw: st.DrawFn) -> dict[str, list[str]]:
    rows = draw(st.integers(40, 160))
    scale = draw(st.integers(0, 3))
    few = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=9)
    many = st.integers(2, 60).map(lambda step: [n * step + n % 7 for n in range(1, 150)])
    members = draw(few | many)
    words = draw(st.lists(st.text("bdfghkmnpqz", min_size=5, max_size=9), min_size=1, max_size=30))
    days = draw(st.lists(st.integers(0, 20_000), min_size=1, max_size=90))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))

    def picked(values: list[str]) -> list[str]:
        return [values[i] for i in generator.integers(0, len(values), rows)]

    return {
        "x": picked([f"{Decimal(n).scaleb(-scale):f}" for n in members]),
        "w": picked(words),
        "d": picked([f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=n):%Y-%m-%d}" for n in days]),
    }


@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.composite(columns_of)())
def test_random_files(tmp_path: Path, columns: dict[str, list[str]]) -> None:
    made = imported(tmp_path, columns)
    assert numbers(made["x"]) & {Decimal(v) for v in columns["x"]} <= TRIVIAL, made["x"]
    for name in ("w", "d"):
        assert [v for v in columns[name] if re.search(rf"\b{v}\b", made[""])] == []
