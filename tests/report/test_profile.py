from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from specdsl.report.model import Bars, Histogram
from tests.report.making import HOSTILE, PETS, built, dataset, profiles


def histogram_of(table: str, column: str) -> Histogram:
    (chart,) = (c for c in profiles()[table].columns[column].charts if isinstance(c, Histogram))
    return chart


def test_tables() -> None:
    assert {n: p.rows for n, p in profiles().items()} == {"owners": 300, PETS: 2000, "nobody": 0}
    owners = profiles()["owners"]
    assert owners.bytes == (built() / "owners.parquet").stat().st_size
    assert len(owners.sample) == 10
    assert [r["id"] for r in owners.sample] == list(range(1, 11))


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_every_format_gives_the_same(format: str) -> None:
    of = {n: (p.rows, p.columns, p.sample) for n, p in profiles(format).items()}
    assert of == {n: (p.rows, p.columns, p.sample) for n, p in profiles().items()}


def test_figures_are_those_of_the_files() -> None:
    held = pq.read_table(built() / "owners.parquet")
    score = held["score"].to_numpy()
    figures = dict(profiles()["owners"].columns["score"].figures)
    assert figures["mean"] == f"{score.mean():.4g}"
    assert figures["least"] == f"{score.min():.4g}"
    (pets,) = [p for n, p in profiles().items() if n == PETS]
    ages = pq.read_table(pets.files[0][0])["age"]
    age = pets.columns["age"]
    assert (age.nulls, age.values) == (ages.null_count, len(ages) - ages.null_count)
    assert age.distinct == len(set(ages.to_pylist()) - {None})


@pytest.mark.parametrize("column", ["age", "price", "born", "fed_at", "woken", "nap"])
def test_histograms_count_every_value(column: str) -> None:
    chart = histogram_of(PETS, column)
    assert chart.total == profiles()[PETS].columns[column].values
    assert list(chart.edges) == sorted(set(chart.edges))
    assert len(chart.labels) == len(chart.counts) == len(chart.edges) - 1
    assert len(chart.counts) <= 64
    assert chart.beyond <= chart.total * 0.011


def test_histogram_against_numpy() -> None:
    pets = pq.read_table(profiles()[PETS].files[0][0])
    chart = histogram_of(PETS, "age")
    ages = pets["age"].drop_null().to_numpy()
    assert list(chart.counts) == np.histogram(ages, chart.edges)[0].tolist()


@pytest.mark.parametrize(("column", "name"), [("age", "normal"), ("price", "uniform"), ("born", "uniform")])
def test_declared_distributions_fit(column: str, name: str) -> None:
    """Pearson's statistic of counts against what was declared, over bins with enough rows."""
    chart = histogram_of(PETS, column)
    assert chart.declared.startswith(name)
    found, expected = np.array(chart.counts), np.array(chart.expected)
    assert expected.sum() == pytest.approx(chart.total, rel=1e-2)
    enough = expected >= 5
    statistic = float(((found - expected)[enough] ** 2 / expected[enough]).sum())
    freedom = int(enough.sum())
    assert statistic < freedom + 6 * np.sqrt(2 * freedom)  # six standard deviations of chi-square


def test_values_over_magnitudes_are_on_a_logarithmic_scale() -> None:
    chart = histogram_of("owners", "wealth")
    assert "logarithmic" in chart.title
    assert np.ptp(np.diff(chart.edges)) < 1e-9
    assert chart.total == 300
    assert sum(chart.expected) == pytest.approx(300, rel=0.05)


def test_bars() -> None:
    (bars,) = profiles()["owners"].columns["name"].charts
    assert isinstance(bars, Bars)
    assert {label for label, _ in bars.values} == {"Ann", "Bob", HOSTILE}
    assert bars.total == 300
    assert bars.others == 0


def test_rows_per_parent_include_those_without() -> None:
    chart = histogram_of(PETS, "owner_id")
    assert chart.total == 300
    assert (
        sum(
            n * round((a + b) / 2)
            for n, a, b in zip(chart.counts, chart.edges, chart.edges[1:], strict=False)
        )
        == 2000
    )


def test_what_has_no_shape_has_no_chart() -> None:
    pets = profiles()[PETS].columns
    assert not pets["code"].charts
    assert not pets["big"].charts  # apart by less than a float can tell
    assert not profiles()["owners"].columns["fixed"].charts
    assert not profiles()["owners"].columns["id"].charts
    assert profiles()["nobody"].columns["id"].distinct == 0


def test_the_same_files_give_the_same_profile() -> None:
    from specdsl.building.finding import find_tables
    from specdsl.report.reading import profile

    spec = dataset()
    again = profile(spec, find_tables(spec, built()).tables)
    assert again == profiles()
