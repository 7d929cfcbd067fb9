"""Names, places and words of all locales."""

import re

import numpy as np
import pytest

from specdsl.datatypes import types as t
from specdsl.functions import wordlists
from specdsl.functions.entry import LOCALE
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.registry import FUNCTIONS
from specdsl.functions.romanization import handle
from tests.functions.calling import ints, invoke, texts, values

FAMILIES = ("people", "places", "commerce", "network", "text", "things")
ODD = {"blank_text", "injection", "longest_text", "lookalike_text", "odd_text", "unicode_text"}
"""Texts that are to look wrong, in every locale the same."""
NAMES = [n for n, f in FUNCTIONS.items() if f.family in FAMILIES and n != "place" and n not in ODD]


def _domain(name: str, locale: str) -> int | None:
    function = FUNCTIONS[name]
    defaults = {p.name: p.default for p in function.parameters}
    return None if function.domain is None else function.domain({**defaults, LOCALE: locale})


@pytest.mark.parametrize("locale", wordlists.LOCALES)
def test_every_locale_has_everything(locale):
    for name in NAMES:
        whole = invoke(name, rows=30, locale=locale)
        columns = whole.data if isinstance(whole.data, tuple) else (whole,)
        for column in columns:
            made = values(column)
            assert len(made) == 30
            if column.type != t.STRING:
                continue
            assert all(made) or name == "street_name", name
            assert all(v == v.strip() for v in made), name
            assert "Test" not in made, name


@pytest.mark.parametrize("name", [n for n in NAMES if FUNCTIONS[n].at is not None])
@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP", "ru_RU", "pt_BR"])
def test_domains_are_indexable_and_distinct(name, locale):
    size = _domain(name, locale)
    if size is None:
        return
    function = FUNCTIONS[name]
    assert function.at is not None
    some = np.unique(np.linspace(0, min(size, 1 << 62) - 1, 3000).astype(np.int64))
    from specdsl.functions.entry import Invocation

    args = {p.name: p.default for p in function.parameters}
    call = Invocation(len(some), some, args, function.result, locale)
    made = values(function.at(call, some))
    assert len(set(made)) == len(some)


def test_locales_by_any_spelling():
    assert wordlists.canonical_locale("de") == wordlists.canonical_locale("DE-de") == "de_DE"
    assert wordlists.canonical_locale("en") == "en_US"
    assert wordlists.canonical_locale("en-gb") == "en_GB"
    assert wordlists.canonical_locale("xx") is None
    assert wordlists.canonical_locale("de_US") is None
    with pytest.raises(FunctionProblem, match="xx_XX"):
        invoke("city", rows=1, locale="xx_XX")


def test_the_library_has_no_locale_that_is_not_listed():
    folders = {p.name for p in wordlists._root().iterdir() if (p / "person.json").is_file()}
    listed = {f for locale in wordlists.LOCALES for f in wordlists._folders(locale)}
    assert folders <= listed | {"ar"}


def test_first_names_by_sex():
    female, male = (set(wordlists.words("en_US", "person", "names", s)) for s in ("female", "male"))
    assert set(values(invoke("first_name", sex="female"))) <= female
    assert set(values(invoke("first_name", sex="m"))) <= male
    by_row = values(invoke("first_name", rows=600, sex=texts(*["female", "male", "other"] * 200)))
    assert set(by_row[::3]) <= female
    assert set(by_row[1::3]) <= male
    assert _domain("first_name", "en_US") == len(female | male)


def test_family_names_agree_in_sex():
    names = [v.split(" ") for v in values(invoke("full_name", locale="ru_RU"))]
    female = set(wordlists.words("ru_RU", "person", "names", "female"))
    only_female = female - set(wordlists.words("ru_RU", "person", "names", "male"))
    family = set(wordlists.words("ru_RU", "person", "surnames", "female"))
    checked = [last for first, last in names if first in only_female]
    assert len(checked) > 100
    assert all(last in family for last in checked)


def test_the_order_of_names():
    last = set(wordlists.words("hu_HU", "person", "surnames"))
    assert all(v.split(" ")[0] in last for v in values(invoke("full_name", locale="hu_HU", rows=50)))


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "ru_RU", "ja_JP", "el_GR", "tr_TR", "ar_EG"])
def test_addresses_are_ascii_and_reach_nobody(locale):
    for address in values(invoke("email", locale=locale, rows=300)):
        assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9]+@example\.(com|org|net)", address)
    for name in values(invoke("user_name", locale=locale, rows=300)):
        assert re.fullmatch(r"[a-z0-9]+[._]?[a-z0-9]+", name)
    for url in values(invoke("url", locale=locale, rows=100)):
        assert re.fullmatch(r"https://[a-z]+\.example\.(com|org|net)(/[a-z]+)?/[a-z]+-[a-z]+", url)


def test_email_of_given_names():
    made = invoke(
        "email", rows=2, first=texts("Jürgen", "Zoë"), last=texts("Groß", "O'Neil"), domain="example.de"
    )
    assert values(made) == ["juergen.gross@example.de", "zoe.oneil@example.de"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Łukasz", "lukasz"),
        ("Æther", "aether"),
        ("José-María", "josemaria"),
        ("Юлия", "yuliya"),
        ("山田", ""),
        ("İpek", "ipek"),
    ],
)
def test_handles(name, expected):
    assert handle(name) == expected


def test_numbers_of_machines():
    import ipaddress

    for address in values(invoke("ipv4", rows=3000)):
        assert ipaddress.ip_address(address).is_global
    for address in values(invoke("private_ipv4", rows=3000)):
        assert ipaddress.ip_address(address).is_private
    for address in values(invoke("ipv6", rows=200)):
        assert ipaddress.ip_address(address) in ipaddress.ip_network("2001:db8::/32")
    for address in values(invoke("mac_address", rows=200)):
        first = int(address[:2], 16)
        assert first & 2 and not first & 1


def test_the_forms_of_postcodes_and_telephones():
    assert all(re.fullmatch(r"\d{5}", v) for v in values(invoke("postcode", locale="de_DE")))
    assert all(
        re.fullmatch(r"[A-Z]{2}\d[A-Z] \d[A-Z]{2}", v) for v in values(invoke("postcode", locale="en_GB"))
    )
    assert all(re.fullmatch(r"\+1-?\d{3}-?\d{3}-?\d{4}", v) for v in values(invoke("phone")))


# --- text --------------------------------------------------------------------------------------


def test_words_and_sentences():
    counts = np.arange(300) % 12
    found = set(wordlists.words("en_US", "text", "words"))
    for text, count in zip(
        values(invoke("words", rows=300, count=ints(counts))), counts.tolist(), strict=True
    ):
        parts = text.split(" ") if text else []
        assert len(parts) == count
        assert set(parts) <= found
    for text, count in zip(
        values(invoke("sentence", rows=300, words=ints(counts))), counts.tolist(), strict=True
    ):
        assert (text == "") == (count == 0)
        if count:
            assert re.fullmatch(r"[A-Z][a-z]*( [a-z]+)*\.", text)
            assert text.count(" ") == count - 1


def test_paragraphs():
    for text, count in zip(
        values(invoke("paragraph", rows=100, sentences=ints(np.arange(100) % 5))),
        np.arange(100) % 5,
        strict=True,
    ):
        sentences = re.findall(r"[A-Z][a-z]*(?: [a-z]+){3,13}\.(?: |$)", text)
        assert "".join(sentences) == text
        assert len(sentences) == count
        assert not text.endswith(" ")


def test_texts_do_not_depend_on_the_batch():
    for name in (
        "words",
        "sentence",
        "paragraph",
        "first_name",
        "full_name",
        "email",
        "street_address",
        "phone",
        "url",
    ):
        whole = values(invoke(name, rows=60))
        parts = [values(invoke(name, rows=n, first_row=start)) for start, n in [(0, 11), (11, 49)]]
        assert whole == parts[0] + parts[1]


def test_a_million_words_are_refused():
    with pytest.raises(FunctionProblem, match="between 0 and 1000"):
        invoke("sentence", rows=2, words=ints([3, 1_000_000]))


def test_versions_of_the_data_are_told():
    assert set(wordlists.data_versions()) == {"mimesis"}
