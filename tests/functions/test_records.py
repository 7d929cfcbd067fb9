"""People and businesses: what one draw gives agrees."""

import re

import pytest

from specdsl.functions import wordlists
from specdsl.functions.people import lists_by_sex
from specdsl.functions.place_data import places
from specdsl.functions.registry import FUNCTIONS
from specdsl.functions.romanization import handle
from tests.functions.calling import invoke, texts, values
from tests.functions.test_places import fields

LOCALES = wordlists.LOCALES


@pytest.mark.parametrize("locale", LOCALES)
def test_people_agree_with_themselves(locale):
    made = fields(invoke("person", rows=200, locale=locale))
    lists = {
        (kind, sex): set(lists_by_sex(locale, kind)[code])
        for kind in ("names", "surnames")
        for code, sex in ((1, "female"), (2, "male"))
    }
    for i in range(200):
        person = {name: str(column[i]) for name, column in made.items()}
        sex = person["sex"]
        assert sex in ("female", "male")
        assert person["first"] in lists["names", sex]
        assert person["last"] in lists["surnames", sex]
        order = ("last", "first") if locale.startswith(("hu", "ja", "ko", "zh")) else ("first", "last")
        gap = "" if locale.startswith(("ja", "ko", "zh")) else " "
        assert person["name"] == gap.join(person[part] for part in order)
        assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9]+@example\.(com|org|net)", person["email"])
        account = person["email"].partition("@")[0]
        first, last = account.split(".")
        assert first == (handle(person["first"]) or first)
        assert last == (handle(person["last"]) or last)
        assert re.fullmatch(rf"{first}[._]?{last}\d*", person["user_name"])


@pytest.mark.parametrize("locale", LOCALES)
def test_telephones_have_the_prefix_of_the_country(locale):
    table, country = places(), wordlists.country_of(locale)
    prefix = table.prefixes[table.numbers[country]] if country in table.numbers else "+"
    assert all(v.startswith(prefix) for v in fields(invoke("person", rows=50, locale=locale))["phone"])
    assert set(values(invoke("phone", rows=50, country=country)))


def test_the_sex_of_a_person_may_be_given():
    made = fields(invoke("person", rows=4, sex=texts("f", "male", "female", "M")))
    assert made["sex"] == ["female", "male", "female", "male"]
    assert set(fields(invoke("person", rows=50, sex="woman"))["sex"]) == {"female"}
    assert set(fields(invoke("person", rows=50))["sex"]) == {"female", "male"}


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP", "ru_RU"])
def test_businesses_agree_with_themselves(locale):
    made = fields(invoke("business", rows=200, locale=locale))
    for name, domain, email, url in zip(
        made["name"], made["domain"], made["email"], made["url"], strict=True
    ):
        assert re.fullmatch(r"[a-z0-9]+\.example\.(com|org|net)", str(domain))
        assert str(domain).startswith(handle(str(name))[:40])
        assert str(email).endswith(f"@{domain}")
        assert url == f"https://www.{domain}/"


@pytest.mark.parametrize(
    ("name", "fields_"), [("vehicle", "make model"), ("airport", "code city"), ("airline", "code name")]
)
def test_rows_of_tables_stay_together(name, fields_):
    made = fields(invoke(name, rows=2000))
    first, second = fields_.split()
    pairs = set(zip(made[first], made[second], strict=True))
    assert 50 < len(pairs) < 1000
    if name == "airport":
        assert len(pairs) == len(set(made["code"]))
        assert all(re.fullmatch("[A-Z]{3}", str(c)) for c in made["code"])
    if name == "vehicle":
        assert ("Audi", "A4") in pairs or ("BMW", "X5") in pairs
        assert not any(
            str(model).startswith(str(make)) for make, model in pairs if make not in ("Smart", "MINI")
        )


def test_records_do_not_depend_on_the_batch():
    for name in ("person", "business", "vehicle"):
        whole = fields(invoke(name, rows=60))
        parts = [fields(invoke(name, rows=n, first_row=s)) for s, n in [(0, 11), (11, 49)]]
        assert whole == {field: parts[0][field] + parts[1][field] for field in whole}


def test_records_tell_their_fields():
    for name in ("person", "business", "place", "vehicle", "airport", "airline"):
        function = FUNCTIONS[name]
        assert all(f"`{f.name}`" in function.doc for f in function.result.fields)
