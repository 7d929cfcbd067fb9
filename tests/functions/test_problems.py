"""What kernels say about values that they cannot work with, and fast and slow ways that agree."""

import numpy as np
import pytest

import specdsl
from specdsl.datatypes import types as t
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.registry import FUNCTIONS
from specdsl.vectors.vector import Vector
from tests.functions.calling import floats, ints, invoke, texts, values


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("substr", {"text": "abc", "start": ints([1, 0])}, "`start` is 0 in row 1"),
        ("left", {"text": "abc", "count": ints([1, -2])}, "`count` is -2"),
        ("split_part", {"text": "abc", "separator": "", "index": 1}, "separator"),
        ("split_part", {"text": "a,b", "separator": ",", "index": ints([1, 0])}, "numbered from 1"),
        ("lpad", {"text": "abc", "width": 9, "fill": ""}, "not empty"),
        ("repeat", {"text": "abc", "count": ints([1, 10_000_000])}, "between 0 and 1,000,000"),
        ("sqrt", {"x": floats([4.0, -1.0])}, "square root"),
        ("ln", {"x": floats([1.0, 0.0])}, "logarithm"),
        ("exp", {"x": floats([1.0, 800.0])}, "beyond the floats"),
        ("power", {"base": floats([2.0, -2.0]), "exponent": 0.5}, "no finite number"),
        ("abs", {"x": ints([1, -(2**63)])}, "64-bit"),
        ("round", {"x": ints([1, 2**63 - 1]), "digits": -1}, "64-bit"),
        ("floor", {"x": floats([1.0, 1e30])}, "64-bit"),
        ("clamp", {"x": 1, "low": ints([0, 5]), "high": 3}, "not below `low`"),
        ("make_date", {"year": 2023, "month": 2, "day": ints([28, 29])}, "no such day"),
        ("add_years", {"x": Vector(t.DATE, np.array([0, 0])), "years": ints([1, 9000])}, "1 to 9999"),
        ("days", {"count": floats([1.0, 1e12])}, "longer than a duration"),
        ("to_int", {"value": texts("1", "one")}, "'one' is no int"),
        ("to_int", {"value": floats([1.0, 1e19])}, "64-bit"),
        ("to_float", {"value": texts("1.5", "1,5")}, "'1,5' is no float"),
        ("permutation", {"of": 1}, "1 numbers for 2 rows"),
        ("zipf", {"s": 1.0}, "needs `n`"),
        ("sequence", {"start": 2**63 - 1}, "64-bit integers"),
    ],
)
def test_problems(name, args, words):
    with pytest.raises(FunctionProblem, match=words):
        invoke(name, rows=2, **args)


def test_dictionaries_are_mapped_once():
    from specdsl.vectors import strings

    made = invoke(
        "upper",
        rows=500,
        text=Vector(t.STRING, strings.dictionary(np.arange(500) % 2, strings.from_python(["a", "b"]))),
    )
    assert strings.is_dictionary(made.data)
    assert values(made)[:3] == ["A", "B", "A"]


def test_uuids():
    import uuid

    made = invoke("uuid4", rows=2000)
    ids = [uuid.UUID(bytes=row.tobytes()) for row in np.asarray(made.data)]
    assert len(set(ids)) == 2000
    assert all(i.version == 4 and i.variant == uuid.RFC_4122 for i in ids)
    ones = np.unpackbits(np.asarray(made.data), axis=1).mean(axis=0)
    free = [i for i in range(128) if i not in (48, 49, 50, 51, 64, 65)]
    assert np.abs(ones[free] - 0.5).max() < 4.5 * 0.5 / 2000**0.5


def test_sequences_and_permutations():
    assert values(invoke("sequence", rows=3, start=10, step=-5)) == [10, 5, 0]
    assert sorted(values(invoke("permutation", rows=5000))) == list(range(1, 5001))
    some = values(invoke("permutation", rows=50, start=100, of=900))
    assert len(set(some)) == 50
    assert min(some) >= 100 and max(some) < 1000
    assert values(invoke("permutation", rows=60, start=100, of=900))[:50] == some


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("x float = uniform(5, 1)", "`max` is below `min`"),
        ("x date = business_day(2024-01-06, 2024-01-07)", "no business day lies from"),
        ("x date = business_day(2024-02-06, 2024-01-07)", "`end` is before `start`"),
        ('x string = ean13("12345678901234")', "write 12 digits at most"),
        ("x json = geojson_point(1)", "needs its argument `lon`"),
        ("x json = geojson_point(91, 0)", "must be at most 90"),
        ('x string = iban("de")', 'write `x string = iban("DE")`'),
        ('x string = vat_id("US")', 'it is one of "AT"'),
        ("x date = normal(1985-01-01, 90d)", "add a drawn duration to it: `1985-01-01 + normal(...)`"),
        ("x date = uniform(2024-01-01, 2024-02-01)", "drawn by a range"),
        ("x float in ..0 = lognormal()", "let the bounds reach above 0"),
        ("x int in ..-1 = poisson(3)", "must be at most -1, but its value is always at least 0"),
    ],
)
def test_constant_arguments_that_cannot_work(column, words):
    with pytest.raises(specdsl.SpecError) as error:
        specdsl.load(f"table t 3 {{\n  {column}\n}}\n")["t"].to_arrow()
    assert words in " ".join(str(error.value).split())


def test_defaults_read_as_they_are_written():
    assert "epoch: timestamp = 2010-11-04T01:42:54.657Z" in FUNCTIONS["snowflake"].signature()
    assert "peak: duration = 0s" in FUNCTIONS["wave"].signature()
