"""Places: what one draw gives belongs together."""

import re

import numpy as np
import pytest

from specdsl.datatypes import types as t
from specdsl.functions.place import PLACE
from specdsl.functions.place_data import by_population, cities_in, places
from specdsl.functions.problems import FunctionProblem
from specdsl.vectors.vector import Vector
from tests.functions.calling import invoke, texts, values

FIVE = r"\d{5}"
FOUR = r"\d{4}"
SIX = r"\d{6}"
POSTCODES = {
    "AR": FOUR, "AT": r"[1-9]\d{3}", "AU": FOUR, "BE": r"[1-9]\d{3}", "BR": r"\d{5}-\d{3}",
    "CA": r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d", "CH": r"[1-9]\d{3}", "CN": SIX,
    "DE": FIVE, "DK": FOUR, "DZ": FIVE, "ES": r"(0[1-9]|[1-4]\d|5[0-2])\d{3}", "FI": FIVE, "FR": FIVE,
    "GB": r"[A-Z]{1,2}\d \d[ABD-HJLNP-UW-Z]{2}", "GR": r"\d{3} ?\d{2}", "HR": FIVE, "HU": r"[1-9]\d{3}", "ID": FIVE,
    "IN": r"[1-9]\d{5}", "IT": FIVE, "JP": r"\d{3}-\d{4}", "MX": FIVE, "MY": FIVE,
    "NL": r"[1-9]\d{3} (?!SA|SD|SS)[A-Z]{2}", "NO": FOUR, "NZ": FOUR, "PH": FOUR, "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}", "RO": SIX, "RS": FIVE, "SE": r"\d{3} \d{2}", "TN": FOUR, "TR": FIVE, "UA": FIVE,
    "US": FIVE,
}  # fmt: skip
BOXES = {
    "AR": (-56, -21, -74, -53), "AT": (46, 50, 9, 18), "AU": (-44, -10, 112, 154), "BE": (49, 52, 2, 7),
    "BR": (-34, 6, -74, -34), "CA": (41, 84, -142, -52), "CH": (45, 48, 5, 11), "CN": (18, 54, 73, 135),
    "DE": (47, 56, 5, 16), "DK": (54, 58, 8, 16), "DZ": (18, 38, -9, 12), "ES": (27, 44, -19, 5),
    "FI": (59, 71, 19, 32), "FR": (41, 52, -6, 10), "GB": (49, 61, -9, 2), "GR": (34, 42, 19, 30),
    "HR": (42, 47, 13, 20), "HU": (45, 49, 16, 23), "ID": (-12, 7, 94, 142), "IN": (6, 36, 68, 98),
    "IT": (35, 48, 6, 19), "JP": (24, 46, 122, 146), "MX": (14, 33, -118, -86), "MY": (0, 8, 99, 120),
    "NL": (50, 54, 3, 8), "NO": (57, 72, 4, 32), "NZ": (-48, -34, 166, 179), "PH": (4, 22, 116, 127),
    "PL": (49, 55, 14, 25), "PT": (32, 43, -32, -6), "RO": (43, 49, 20, 30), "RS": (42, 47, 18, 24),
    "SE": (55, 70, 10, 25), "TN": (30, 38, 7, 12), "TR": (35, 43, 25, 45), "UA": (44, 53, 22, 41),
    "US": (18, 72, -180, -66),
}  # fmt: skip
"""South, north, west, east."""


def fields(vector: Vector) -> dict[str, list[object]]:
    """The fields of a struct by name."""
    assert isinstance(vector.type, t.Struct) and isinstance(vector.data, tuple)
    return {f.name: values(d) for f, d in zip(vector.type.fields, vector.data, strict=True)}


def test_the_countries():
    table = places()
    assert set(table.countries) == set(POSTCODES) == set(BOXES)
    assert int(table.counts.min()) >= 20
    assert len(table.city) == int(table.counts.sum()) > 5000


@pytest.mark.parametrize("country", sorted(POSTCODES))
def test_what_a_place_has_belongs_together(country):
    table = places()
    made = fields(invoke("place", rows=500, country=country))
    south, north, west, east = BOXES[country]
    number = table.numbers[country]
    regions = set(table.regions(number))
    known = {
        (table.city[i], table.region[i], float(table.latitude[i])): table.time_zone[i]
        for i in cities_in(number, "").tolist()
    }
    for i in range(500):
        row = {name: column[i] for name, column in made.items()}
        assert re.fullmatch(POSTCODES[country], str(row["postcode"])), row
        assert south <= row["latitude"] <= north and west <= row["longitude"] <= east, row
        assert (row["region"], row["region_code"]) in regions
        assert known[row["city"], row["region"], row["latitude"]] == row["time_zone"]
        assert row["country_code"] == country
        assert row["phone_prefix"] == table.prefixes[number]
        assert row["country"] == table.country_names[number]


@pytest.mark.parametrize(
    ("country", "region", "first"),
    [
        ("US", "California", "9"), ("US", "TX", "78"), ("US", "MA", "0"), ("DE", "Bayern", "6789"),
        ("DE", "BE", "1"), ("FR", "Bouches-du-Rhône", "1"), ("ES", "Sevilla", "4"), ("AT", "Wien", "1"),
        ("PL", "mazowieckie", "029"), ("GB", "Scotland", "ADEFGHIKMPTZ"), ("JP", "Tokyo", "12"),
        ("CA", "Ontario", "KLMNP"), ("AU", "Queensland", "49"), ("BR", "São Paulo", "01"),
    ],
)  # fmt: skip
def test_postcodes_lie_in_their_region(country, region, first):
    made = values(invoke("postcode", rows=300, country=country, region=region))
    assert all(v[0] in first for v in made)
    assert all(re.fullmatch(POSTCODES[country], v) for v in made)


def test_only_the_fields_that_are_asked_for_are_made():
    some = t.Struct(tuple(f for f in PLACE.fields if f.name in ("city", "postcode")))
    narrow, whole = fields(invoke("place", country="GB", result=some)), fields(invoke("place", country="GB"))
    assert list(narrow) == ["city", "postcode"]
    assert all(narrow[name] == whole[name] for name in narrow)


def test_countries_by_row():
    codes = ["US", "de", "JP", "GB"] * 100
    made = fields(invoke("place", rows=400, country=texts(*codes)))
    assert made["country_code"] == [c.upper() for c in codes]
    for code, postcode in zip(codes, made["postcode"], strict=True):
        assert re.fullmatch(POSTCODES[code.upper()], str(postcode))
    weighted = fields(invoke("place", rows=400, country=texts(*codes), weighted=True))
    assert weighted["country_code"] == made["country_code"]
    assert len(set(weighted["city"])) < len(set(made["city"]))
    assert values(invoke("city", rows=4, country=texts("PL", "PL", "PL", "PL")))
    phones = values(invoke("phone", rows=400, country=texts(*codes)))
    prefixes = {"US": "+1 ", "DE": "+49 ", "JP": "+81 ", "GB": "+44 "}
    assert all(p.startswith(prefixes[c.upper()]) for p, c in zip(phones, codes, strict=True))


def test_weights_are_the_populations():
    table = places()
    number = table.numbers["FR"]
    start, count = int(table.starts[number]), int(table.counts[number])
    n = 200_000
    draws = by_population(number).draw(np.random.default_rng(5).integers(0, 2**64, n, dtype=np.uint64))
    observed = np.bincount(draws, minlength=count)
    share = table.population[start : start + count] / table.population[start : start + count].sum()
    z = (observed - n * share) / np.sqrt(n * share * (1 - share))
    assert np.abs(z).max() < 5


def test_the_country_of_the_locale_is_the_default():
    assert set(fields(invoke("place", rows=20, locale="pt_BR"))["country_code"]) == {"BR"}
    with pytest.raises(FunctionProblem, match="no list of places for KR"):
        invoke("place", rows=1, locale="ko_KR")


def test_unknown_countries_and_regions_are_told():
    with pytest.raises(FunctionProblem, match="'XX' in row 1") as problem:
        invoke("city", rows=2, country=texts("US", "XX"))
    assert "US" in problem.value.help
    with pytest.raises(FunctionProblem, match="'Bavria'") as problem:
        invoke("city", rows=1, country="DE", region="Bayrn".replace("Bayrn", "Bavria"))
    assert "regions are" in problem.value.help or "Bayern" in problem.value.help
    with pytest.raises(FunctionProblem, match="telephone"):
        invoke("phone", rows=1, country="XX")


def test_lists_of_a_country_are_indexable():
    from specdsl.functions.entry import LOCALE, Invocation
    from specdsl.functions.registry import FUNCTIONS

    for name, region in (("city", "Bayern"), ("city", None), ("region", None)):
        function = FUNCTIONS[name]
        assert function.domain is not None and function.at is not None
        args = {p.name: p.default for p in function.parameters} | {"country": "DE"}
        if region:
            args["region"] = region
        size = function.domain({**args, LOCALE: "en_US"})
        assert size is not None and size > 5
        index = np.arange(size)
        made = values(function.at(Invocation(size, index, args, t.STRING, "en_US"), index))
        assert len(set(made)) == size
        assert set(values(invoke(name, rows=300, **args))) <= set(made)


def test_places_do_not_depend_on_the_batch():
    for arguments in ({"country": "GB"}, {"country": "US", "weighted": True}, {}):
        whole = fields(invoke("place", rows=60, **arguments))
        parts = [fields(invoke("place", rows=n, first_row=s, **arguments)) for s, n in [(0, 11), (11, 49)]]
        assert whole == {name: parts[0][name] + parts[1][name] for name in whole}
