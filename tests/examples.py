"""The examples of the repository, and the few of them that slow tests take."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples"

ALL = sorted(FOLDER.glob("*/*.dgen"))

VARIED = [
    FOLDER / name / f"{name}.dgen"
    for name in ("bank", "blog", "employees", "shop", "star", "university", "weblogs")
]
"""Between them they have most forms of the language."""

SHOP = FOLDER / "shop" / "shop.dgen"
