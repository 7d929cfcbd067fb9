"""Numbered sets of strings against Python's re and against listing everything."""

import functools
import operator
import re
from itertools import product

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.randomness.regexset import RegexProblem, RegexSet
from specdsl.randomness.streams import Stream
from specdsl.vectors import strings


def made(regex: RegexSet, indices: object) -> list[str]:
    return strings.plain(regex.at(np.asarray(indices, dtype=np.int64))).to_pylist()


def drawn(regex: RegexSet, count: int, key: int = 1) -> list[str]:
    return strings.plain(regex.draw(Stream(key, np.arange(count, dtype=np.uint64)))).to_pylist()


SIZES = [
    (r"[A-Z][0-9]", 260, "26 x 10 = 260 strings"),
    (r"[A-Z]{3}-[0-9]{6}", 17_576_000_000, "26^3 x 10^6 = 17,576,000,000 strings"),
    (r"", 1, "1 string"),
    (r"abc", 1, "1 string"),
    (r"a?b?", 4, "2^2 = 4 strings"),
    (r"a?a?", 3, "3 strings"),
    (r"\d{2,4}", 11_100, "10^2 + 10^3 + 10^4 = 11,100 strings"),
    (r"(cat|dog|cow)s?", 6, "3 x 2 = 6 strings"),
    (r"^(?:[01]\d|2[0-3]):[0-5]\d$", 1440, "(2 x 10 + 4) x 6 x 10 = 1,440 strings"),
    (r"(foo|ba[rz]){2}", 9, "(1 + 2)^2 = 9 strings"),
    (r"\w\W\s\S.\D", 63 * 32 * 1 * 94 * 95 * 85, None),
    (r"[^a-y]", 70, "70 strings"),
    (r"[а-яё]{2}", 33**2, "33^2 = 1,089 strings"),
    (r"[]a-]", 3, "3 strings"),
    (r"[\]\-a]{2}\.\/\x41\u00e9", 9, "3^2 = 9 strings"),
    (r"x{0}", 1, "1 string"),
    (r"(?P<year>19|20)\d\d", 200, "2 x 10^2 = 200 strings"),
    (r"a{b", 1, "1 string"),
    (r"\w{20}", 63**20, "63^20 = about 10^36 strings"),
]


@pytest.mark.parametrize(("pattern", "size", "arithmetic"), SIZES)
def test_sizes(pattern, size, arithmetic):
    regex = RegexSet.parse(pattern)
    assert regex.size == size
    assert regex.distinct
    assert arithmetic is None or regex.describe() == arithmetic


@pytest.mark.parametrize("pattern", [p for p, size, _ in SIZES if size <= 20_000])
def test_small_sets_are_listed_without_repeats(pattern):
    regex = RegexSet.parse(pattern)
    everything = made(regex, range(regex.size))
    assert len(set(everything)) == regex.size
    assert all(re.fullmatch(pattern, s) for s in everything)
    assert {len(s) for s in everything} <= set(range(regex.min_length, regex.max_length + 1))


@pytest.mark.parametrize(("pattern", "size", "_"), SIZES)
def test_draws_match(pattern, size, _):
    regex = RegexSet.parse(pattern)
    sample = drawn(regex, 500)
    assert all(re.fullmatch(pattern, s) for s in sample)
    assert size < 10**6 or len(set(sample)) == 500
    indices = [0, 1, 2, min(size, 1 << 63) - 1]
    assert all(re.fullmatch(pattern, s) for s in made(regex, [i for i in indices if i < size]))


def test_draws_are_uniform():
    for pattern in (r"[ab][xyz]", r"a{0,3}|[bc]d", r"(?:ab|c){1,2}"):
        regex = RegexSet.parse(pattern)
        sample = drawn(regex, 60_000)
        counts = [sample.count(s) for s in made(regex, range(regex.size))]
        expected = 60_000 / regex.size
        assert sum((c - expected) ** 2 / expected for c in counts) < regex.size + 5 * (2 * regex.size) ** 0.5


def test_large_sets_are_drawn_uniformly_in_every_part():
    sample = drawn(RegexSet.parse(r"[ab]{70}"), 4000)
    share = np.array([[c == "a" for c in s] for s in sample]).mean(axis=0)
    assert np.abs(share - 0.5).max() < 4.5 * 0.5 / 4000**0.5
    lengths = [len(s) for s in drawn(RegexSet.parse(r"a{0,3}[ab]{64}"), 8000)]
    assert max(abs(lengths.count(64 + k) - 2000) for k in range(4)) < 200


def test_draws_do_not_depend_on_the_batch():
    for pattern in (r"[A-Z]{3}-[0-9]{6}", r"\w{5,40}", r"(a|b|cc){3,7}x?"):
        regex = RegexSet.parse(pattern)
        whole = drawn(regex, 300)
        parts = [
            strings.plain(regex.draw(Stream(1, np.arange(a, b, dtype=np.uint64)))).to_pylist()
            for a, b in [(0, 7), (7, 250), (250, 300)]
        ]
        assert whole == functools.reduce(operator.iadd, parts, [])


@pytest.mark.parametrize(
    ("pattern", "kind", "offset"),
    [
        ("ab*", "infinite", 2), ("a+", "infinite", 1), ("a{2,}", "infinite", 1), ("(a|b)*c", "infinite", 5),
        ("(?=a)b", "unsupported", 0), ("(?!a)b", "unsupported", 0), ("(?<=a)b", "unsupported", 0),
        (r"(a)\1", "unsupported", 3), ("(?i)a", "unsupported", 0), (r"\p{L}", "unsupported", 0),
        (r"\bword", "unsupported", 0), ("[[:alpha:]]", "unsupported", 1), ("a$b", "unsupported", 1), ("a^", "unsupported", 1),
        ("[z-a]", "invalid", 1), ("(a", "invalid", 0), ("a)", "invalid", 1), ("[a", "invalid", 0), ("*a", "invalid", 0),
        ("a|*", "invalid", 2), ("\\", "invalid", 0), (r"\y", "invalid", 0), ("a{3,2}", "invalid", 1), ("[^ -~]", "invalid", 0),
        (r"\xZZ", "invalid", 0), (r"\u{110000}", "invalid", 0), ("{2}", "invalid", 0),
        ("a{1001}", "too large", 1), ("(a{1000}){1000}", "too large", 0), ("(" * 200 + ")" * 200, "too large", 101),
        ("a{99999999999999}", "too large", 1), ("a" * 20_000, "too large", 10_000),
    ],
)  # fmt: skip
def test_problems(pattern, kind, offset):
    with pytest.raises(RegexProblem) as caught:
        RegexSet.parse(pattern)
    assert (caught.value.kind, caught.value.offset) == (kind, offset)
    assert caught.value.message and not caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("pattern", "distinct"),
    [
        (r"[a-z]{1,30}", True), (r"[a-z]{1,20}[0-9]{1,20}", True), (r"[a-z]{1,20}[a-z]{1,20}", False),
        (r"(a|b|ab){10}", False), (r"(ab|cd){0,1000}", True), (r"\d{1,10}(\.\d{1,10})?", True),
        (r"(\d{1,3}\.){3}\d{1,3}", True), (r"(a?){1000}", False), (r"(x{1,9}|y){1,9}", False), (r"(x{1,9}y){1,9}", True),
    ],
)  # fmt: skip
def test_ambiguity(pattern, distinct):
    assert RegexSet.parse(pattern).distinct is distinct


_ATOMS = st.sampled_from(["a", "b", "ab", "[ab]", "[a-c]", "c", ""])
_NODES = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda p: f"(?:{p[0]}|{p[1]})"),
        st.tuples(inner, st.sampled_from(["?", "{2}", "{0,2}", "{1,3}"])).map(lambda p: f"(?:{p[0]}){p[1]}"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(_NODES)
def test_the_set_is_what_the_pattern_matches(pattern):
    regex = RegexSet.parse(pattern)
    if regex.size > 3000 or regex.max_length > 8:
        return
    everything = made(regex, range(regex.size))
    if regex.distinct:
        assert len(set(everything)) == regex.size
    expected = {
        "".join(s)
        for length in range(regex.max_length + 1)
        for s in product("abc", repeat=length)
        if re.fullmatch(pattern, "".join(s))
    }
    assert set(everything) == expected
    re2 = regex.sql_pattern()
    assert re2 is not None
    tried = sorted({*expected, *(s + "a" for s in expected), *("b" + s for s in expected)})[:300]
    found = duckdb.execute("select regexp_full_match(unnest($1), $2)", [tried, re2]).fetchall()
    assert [row[0] for row in found] == [bool(re.fullmatch(pattern, s)) for s in tried]


@pytest.mark.parametrize("pattern", [p for p, _, _ in SIZES])
def test_re2_agrees(pattern):
    regex = RegexSet.parse(pattern)
    sample = drawn(regex, 200)
    assert all(
        row[0]
        for row in duckdb.execute(
            "select regexp_full_match(unnest($1), $2)", [sample, regex.sql_pattern()]
        ).fetchall()
    )


def test_re2_has_a_limit_on_nested_counts():
    assert RegexSet.parse("((a{40}){20}){2}").sql_pattern() is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab[]()|?*+{}12,-^$\\.d:", max_size=14))
def test_no_text_breaks_the_reader(text):
    try:
        regex = RegexSet.parse(text)
    except RegexProblem as problem:
        assert 0 <= problem.offset <= len(text)
    else:
        assert all(re.fullmatch(regex.pattern.replace("[[", r"[\["), s) is not None for s in drawn(regex, 5))
