"""Columns of a CSV file, and what is written for them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from specdsl.importers.samples.importer import import_files

ROWS = 400
GENERATOR = np.random.default_rng(7)


def written(folder: Path, name: str, values: list[str], *, private: bool = False) -> str:
    """The declaration of one column, spaces evened out."""
    rows = [f"{n},{value}" for n, value in enumerate(values)]
    (folder / "t.csv").write_text("\n".join([f"row_id,{name}", *rows]) + "\n", "utf-8")
    text = import_files([folder / "t.csv"], None, None, private=private).text
    assert text is not None
    (line,) = re.findall(rf"^  `?{name}`? .*$", text, re.MULTILINE)
    return re.sub(r"\s+", " ", str(line)).strip()


def cycled(*values: str) -> list[str]:
    return [values[n % len(values)] for n in range(ROWS)]


CASES = {
    "int": ("n", [str(v) for v in range(5, 5 + ROWS)], "n int unique = sequence(start: 5)"),
    "few ints": ("n", cycled("1", "1", "3", "1"), "n int = 1 75% | 3 25%"),
    "even ints": ("n", cycled("4", "2", "3"), "n int = 2..4"),
    "constant int": ("n", cycled("7"), "n int = 7"),
    "leading zeros": ("n", [f"{n % 130 + 7:05d}" for n in range(ROWS)], "n string = /0[0-9]{4}/"),
    "decimals": ("n", [f"{n % 90 + 1}.{n % 100:02d}" for n in range(ROWS)], "n decimal(10, 2)"),
    "decimal comma": ("n", [f'"{n % 90},{n % 100:02d}"' for n in range(ROWS)], "n decimal(10, 2)"),
    "floats": ("n", [repr(float(v)) for v in GENERATOR.normal(size=ROWS)], "n float in -"),
    "powers": ("n", [f"{n + 1}e-7" for n in range(ROWS)], "n float"),
    "booleans": ("b", cycled("true", "false", "true", "true"), "b bool = true 75% | false 25%"),
    "yes and no": ("b", cycled("yes", "no"), "b bool = "),
    "dates": (
        "d",
        [f"2024-0{n % 9 + 1}-{n % 28 + 1:02d}" for n in range(ROWS)],
        "d date = 2024-01-01 .. 2024-09-",
    ),
    "German dates": (
        "d",
        [f"{n % 28 + 1:02d}.{n % 9 + 1:02d}.2024" for n in range(ROWS)],
        "d date = 2024-01-01",
    ),
    "American dates": (
        "d",
        [f"{n % 9 + 1:02d}/{n % 28 + 1:02d}/2024" for n in range(ROWS)],
        "d date = 2024-01-01",
    ),
    "no dates": ("d", cycled("2024-13-01", "2024-02-30"), 'd string = "'),
    "times": ("t", [f"{n % 12 + 8:02d}:{n % 60:02d}" for n in range(ROWS)], "t time = 08:00..19:59"),
    "timestamps": (
        "t",
        [f"2024-01-{n % 28 + 1:02d}T{n % 24:02d}:00:00Z" for n in range(ROWS)],
        "t timestamp",
    ),
    "uuids": ("u", [f"00000000-0000-4000-8000-{n:012x}" for n in range(ROWS)], "u uuid"),
    "codes": ("c", [f"AB-{n * 37 % 10_000:04d}" for n in range(ROWS)], "c string unique = /AB-[0-9]{4}/"),
    "hashes": (
        "c",
        [f"{n * 2654435761 % 2**32:08x}" for n in range(ROWS)],
        "c string unique = /[0-9a-f]{8}/",
    ),
    "two shapes": (
        "c",
        [f"A{n}" if n % 2 else f"{n}-B" for n in range(100, 500)],
        "c string unique = /([1-4][0-9]{2}-B|A[1-4][0-9]{2})/",
    ),
    "addresses of mail": ("x", [f"p{n % 90}@example.org" for n in range(ROWS)], "x string = email()"),
    "pages": ("x", [f"https://example.org/{n % 90}" for n in range(ROWS)], "x string = url()"),
    "cities": (
        "home_city",
        [f"{'Xyz' * (n % 60 + 1)}ville" for n in range(ROWS)],
        "home_city string = city()",
    ),
    "sentences": (
        "x",
        [f"All {'very ' * (n % 90)}well." for n in range(ROWS)],
        "x string = sentence(words: ",
    ),
    "constant": ("x", cycled("same"), 'x string = "same"'),
    "shares": ("x", cycled("north", "south", "south", "south"), 'x string = "south" 75% | "north" 25%'),
    "enum": ("status", cycled("new", "old", "old", "old"), "status Status"),
    "quotes": ("x", cycled('"a ""b"""', "c\\d"), 'x string = "a \\"b\\"" | "c\\\\d"'),
    "nulls": ("n", cycled("", "2", "3", "4"), "n int? 25% null = 2..4"),
    "words for nulls": ("n", cycled("NA", "2", "3", "NULL"), "n int? 50% null = 2..3"),
    "never": ("x", cycled(""), "x string? = null"),
    "the largest ints": ("n", cycled(str(2**63 - 1), str(-(2**63))), "n int = "),
    "the last day": ("d", cycled("0001-01-01", "9999-12-31"), "d date = 0001-01-01 | 9999-12-31"),
    "no numbers": ("n", cycled("NaN", "1.5", "2.5"), "n decimal(10, 1)? 33.5% null = 1.5"),
    "a word of the language": ("key", cycled("2", "3"), "`key` int = 2..3"),
}


@pytest.mark.parametrize("case", CASES)
def test_column(case: str, tmp_path: Path) -> None:
    name, values, begins = CASES[case]
    assert written(tmp_path, name, values).startswith(begins)


@pytest.mark.parametrize("case", CASES)
def test_private(case: str, tmp_path: Path) -> None:
    """No value of the column, numbers and short ones aside, is in what is written."""
    name, values, _ = CASES[case]
    line = written(tmp_path, name, values, private=True)
    telling = {v for v in values if len(v) > 3 and not re.fullmatch(r"[\"-]?[\d.,e-]+\"?", v)} - {
        "true",
        "false",
    }
    assert [v for v in telling if v in line] == []


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda g: g.normal(50, 10, 20_000), "normal"),
        (lambda g: g.lognormal(3, 0.8, 20_000), "lognormal"),
        (lambda g: g.exponential(12, 20_000), "exponential"),
        (lambda g: np.concatenate([g.normal(10, 1, 10_000), g.normal(90, 1, 10_000)]), "quantiles"),
    ],
)
def test_distributions(draw: object, expected: str, tmp_path: Path) -> None:
    assert callable(draw)
    values = [f"{v:.3f}" for v in draw(np.random.default_rng(3))]
    assert f"= {expected}(" in written(tmp_path, "x", values)


def test_zipf(tmp_path: Path) -> None:
    ranks = np.arange(1, 201)
    shares = ranks**-1.2 / np.sum(ranks**-1.2)
    values = [str(v) for v in np.random.default_rng(3).choice(ranks, 20_000, p=shares)]
    assert re.search(r"int in 1\.\.200 = zipf\(1\.[12]\d*\)", written(tmp_path, "x", values))
