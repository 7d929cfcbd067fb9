"""Functions with a domain make unique columns, through the whole compiler and engine."""

import pytest

import specdsl
from specdsl.functions.entry import LOCALE
from specdsl.functions.registry import FUNCTIONS

SIZES = {
    name: f.domain({**{p.name: p.default for p in f.parameters}, LOCALE: "de_DE"})
    for name, f in FUNCTIONS.items()
    if f.at is not None and f.domain is not None
}


@pytest.mark.parametrize("name", [n for n, size in SIZES.items() if size])
def test_unique(name):
    rows = min(SIZES[name] or 0, 400)  # all that there are, where there are few
    settings = 'dataset d {\n  locale "de_DE"\n}\n'
    kind = FUNCTIONS[name].result
    data = specdsl.load(f"{settings}table t {rows} {{\n  id int key\n  x {kind} unique = {name}()\n}}\n")
    made = data["t"].to_arrow().column("x").to_pylist()
    assert len(set(made)) == rows


@pytest.mark.parametrize("name", ["honorific", "region", "home_country"])
def test_too_few(name):
    rows = (SIZES.get(name) or 1) + 1
    with pytest.raises(specdsl.SpecError):
        specdsl.load(
            f'dataset d {{\n  locale "de_DE"\n}}\ntable t {rows} {{\n  id int key\n  x string unique = {name}()\n}}\n'
        )
