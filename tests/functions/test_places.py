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
    "CO": SIX, "CZ": r"\d{3} \d{2}", "DE": FIVE, "DK": FOUR, "DZ": FIVE, "ES": r"(0[1-9]|[1-4]\d|5[0-2])\d{3}", "FI": FIVE, "FR": FIVE,
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}", "HR": FIVE, "HU": r"[1-9]\d{3}",
    "IN": r"[1-9]\d{5}", "IT": FIVE, "JP": r"\d{3}-\d{4}", "KR": FIVE, "MX": FIVE, "MY": FIVE,
    "NL": r"[1-9]\d{3} (?!SA|SD|SS)[A-Z]{2}", "NO": FOUR, "NZ": FOUR, "PH": FOUR, "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}", "RO": SIX, "SE": r"\d{3} \d{2}", "SK": r"\d{3} \d{2}", "TH": FIVE, "TR": FIVE, "UA": FIVE,
    "US": FIVE,
}  # fmt: skip
BOXES = {
    "AR": (-56, -21, -74, -53), "AT": (46, 50, 9, 18), "AU": (-44, -10, 112, 154), "BE": (49, 52, 2, 7),
    "BR": (-34, 6, -74, -34), "CA": (41, 84, -142, -52), "CH": (45, 48, 5, 11), "CN": (18, 54, 73, 135),
    "CO": (-5, 14, -82, -66), "CZ": (48, 52, 12, 19),
    "DE": (47, 56, 5, 16), "DK": (54, 58, 8, 16), "DZ": (18, 38, -9, 12), "ES": (27, 44, -19, 5),
    "FI": (59, 71, 19, 32), "FR": (41, 52, -6, 10), "GB": (49, 61, -9, 2),
    "HR": (42, 47, 13, 20), "HU": (45, 49, 16, 23), "IN": (6, 36, 68, 98),
    "IT": (35, 48, 6, 19), "JP": (24, 46, 122, 146), "KR": (33, 39, 124, 132), "MX": (14, 33, -118, -86), "MY": (0, 8, 99, 120),
    "NL": (50, 54, 3, 8), "NO": (57, 72, 4, 32), "NZ": (-48, -34, 166, 179), "PH": (4, 22, 116, 127),
    "PL": (49, 55, 14, 25), "PT": (32, 43, -32, -6), "RO": (43, 49, 20, 30),
    "SE": (55, 70, 10, 25), "SK": (47, 50, 16, 23), "TH": (5, 21, 97, 106), "TR": (35, 43, 25, 45), "UA": (44, 53, 22, 41),
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
        ("CA", "Ontario", "KLMNP"), ("AU", "Queensland", "4"), ("BR", "São Paulo", "01"),
        ("IN", "KA", "5"), ("IT", "MI", "2"), ("CN", "GD", "5"), ("MX", "JAL", "4"), ("NL", "Noord-Holland", "12"),
        ("CH", "ZH", "8"), ("SE", "Skåne", "2"), ("CZ", "Praha", "1"), ("KR", "Seoul", "0"), ("TH", "Bangkok", "1"),
    ],
)  # fmt: skip
def test_postcodes_lie_in_their_region(country, region, first):
    made = values(invoke("postcode", rows=300, country=country, region=region))
    assert all(v[0] in first for v in made)
    assert all(re.fullmatch(POSTCODES[country], v) for v in made)


# Which digits the codes of a region begin with, as the posts of these countries publish it.
PREFIXES = {
    "FR": lambda region: region.replace("2A", "20").replace("2B", "20"),
    "TR": lambda region: region,
    "ES": {"M": "28", "B": "08", "V": "46", "SE": "41", "Z": "50", "MA": "29", "BI": "48", "C": "15"}.get,
    "AU": {"NSW": "2", "VIC": "3", "QLD": "4", "SA": "5", "WA": "6", "TAS": "7", "NT": "0"}.get,
    "MX": {"JAL": "4", "NLE": "6", "PUE": "7", "YUC": "97", "BCN": "2", "CHH": "3"}.get,
    "CN": {"BJ": "10", "SH": "20", "SC": "6", "GD": "5", "YN": "6", "XJ": "8"}.get,
    "CA": {"BC": "V", "AB": "T", "SK": "S", "MB": "R", "NS": "B", "NB": "E", "NL": "A", "PE": "C"}.get,
    "IN": {"DL": "11", "TN": "6", "KL": "6", "WB": "7", "BR": "8", "GJ": "3", "RJ": "3"}.get,
}


@pytest.mark.parametrize("country", sorted(PREFIXES))
def test_postcodes_begin_as_their_region_does(country):
    table = places()
    tried = 0
    for i in cities_in(table.numbers[country], "").tolist():
        first = PREFIXES[country](table.region_code[i])
        start = int(table.code_starts[i])
        codes = table.postcodes[start : start + int(table.code_counts[i])]
        if first:
            assert all(code.startswith(first) for code in codes), (table.city[i], table.region[i], codes)
            tried += len(codes)
    assert tried >= 30


def test_no_two_cities_of_a_country_share_a_form_of_codes():
    table = places()
    for number in range(len(table.countries)):
        cities = cities_in(number, "").tolist()
        codes = [
            code
            for i in cities
            for code in table.postcodes[int(table.code_starts[i]) :][: int(table.code_counts[i])]
        ]
        assert len(codes) == len(set(codes)), table.countries[number]


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
    with pytest.raises(FunctionProblem, match="no list of places for GR"):
        invoke("place", rows=1, locale="el_GR")


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
