"""Names and what is made of them: lists without remains, Latin letters, parts that fit."""

import re

import pytest

import specdsl
from specdsl.functions import wordlists
from specdsl.functions.people import lists_by_sex
from specdsl.functions.registry import FUNCTIONS
from specdsl.functions.romanization import handle, region_names
from tests.functions.calling import invoke, texts, values

LISTS = (
    ("person", "names"),
    ("person", "surnames"),
    ("person", "occupation"),
    ("person", "university"),
    ("address", "city"),
    ("address", "street", "name"),
    ("finance", "company", "name"),
    ("finance", "banks"),
)


@pytest.mark.parametrize("locale", wordlists.LOCALES)
def test_lists_have_no_remains_of_pages_and_scripts(locale):
    for place in LISTS:
        for value in wordlists.words(locale, *place):
            assert not re.search(r"<br|&\w+;|INSERT INTO|\s\s|_|[,;:]$|\s\(\w+\)$", value), (place, value)


def test_names_are_one_name():
    for locale in wordlists.LOCALES:
        for kind in ("names", "surnames"):
            assert not [v for v in lists_by_sex(locale, kind)[0] if re.search(r"[/,&]", v)]


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("Aires&nbsp;", "Aires"),
        ("Guitarrista,", "Guitarrista"),
        ("Florida Atlantic University (FAU)", "Florida Atlantic University"),
        ("Amil\tSeguro", "Amil Seguro"),
        ("Aide-soignant(e)", "Aide-soignant(e)"),
        ("INSERT INTO 'cidade' ('id') VALUES", ""),
        ("<br>", ""),
        ("Hambled4005779en", ""),
        ("25.", "25."),
    ],
)
def test_cleaning(written, clean):
    assert wordlists.clean(written) == clean


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Jürgen Groß", "juergengross"),
        ("Łukasz", "lukasz"),
        ("Варсонофий", "varsonofiy"),
        ("Мария", "mariya"),
        ("Παπαδόπουλος", "papadopoulos"),
        ("김철수", "gimcheolsu"),
        ("한국", "hanguk"),
        ("田中", ""),
    ],
)
def test_latin_letters(name, latin):
    assert handle(name) == latin


@pytest.mark.parametrize("locale", ["ja_JP", "zh_CN", "ar_EG", "fa_IR"])
def test_addresses_of_names_that_ascii_cannot_write_are_those_of_people(locale):
    made = values(invoke("email", rows=200, locale=locale))
    parts = [re.fullmatch(r"([a-z]+)\.([a-z]+)@example\.(com|org|net)", v) for v in made]
    assert all(parts)
    assert {p[1] for p in parts if p} <= set(region_names(locale, "first"))
    assert {p[2] for p in parts if p} <= set(region_names(locale, "last"))


def test_titles_and_jobs_fit_the_sex():
    sex = texts(*["female", "male"] * 50)
    titles = values(invoke("honorific", rows=100, locale="de_DE", sex=sex))
    assert set(titles[::2]) == {"Frau"}
    assert set(titles[1::2]) == {"Herr"}
    data = specdsl.load('table t 3_000 {\n  locale "de_DE"\n  id int key\n  (sex, job) = person()\n}\n')[
        "t"
    ].to_arrow()
    people = set(zip(data["sex"].to_pylist(), data["job"].to_pylist(), strict=True))
    jobs = [job.split(" / ") for job in wordlists.words("de_DE", "person", "occupation")]
    assert people == {("male", job[0]) for job in jobs} | {("female", job[-1]) for job in jobs}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('first_name("de_DE")', 'write `locale: "de_DE"`'),
        ('last_name(sex: "x")', "leave it out"),
        ('person(sex: "any").name', "leave it out"),
    ],
)
def test_a_sex_that_is_none(call, words):
    with pytest.raises(specdsl.SpecError, match=re.escape(words)):
        specdsl.load(f"table t 1 {{\n  x string = {call}\n}}\n")


def test_browsers():
    made = FUNCTIONS["user_agent"].domain
    assert made is not None
    agents = values(invoke("user_agent", rows=3000))
    assert (made({"@locale": "en_US"}) or 0) > 200
    form = r"Mozilla/5\.0 \([^()]+\) (AppleWebKit/[\d.]+ \(KHTML, like Gecko\) .*Safari/[\d.]+.*|Gecko/\d+ Firefox/\d+\.0)"
    assert all(re.fullmatch(form, a) for a in agents)


@pytest.mark.parametrize(
    ("locale", "form"),
    [
        (
            "pt_BR",
            r"(Rua|Avenida|Travessa|Praça|Alameda|Largo) (?!(Rua|Avenida|Travessa|Praça|Alameda|Largo) ).+",
        ),
        ("it_IT", r"\d+ (Via|Viale|Piazza|Corso|Vicolo|Largo) .+"),
        (
            "fr_FR",
            r"(?!.*\b(Du|De|Des|La) )\d+,? (Rue|Avenue|Boulevard|Place|Allée|Impasse|Chemin|Cours|Square) .+",
        ),
    ],
)
def test_streets_have_one_kind(locale, form):
    assert not [v for v in values(invoke("street_address", locale=locale)) if not re.fullmatch(form, v)]
