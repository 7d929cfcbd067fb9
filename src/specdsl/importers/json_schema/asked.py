"""What a schema asks to be drawn: ``faker`` and ``chance`` as JSON Schema Faker reads them, ``x-specdsl`` in
the language itself. It is drawn so where all of some samples satisfy the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from specdsl.importers.json_schema.conjunction import Merged
from specdsl.importers.json_schema.rehearsal import drawn
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Scalar

_WORDS = ("x-specdsl", "x-faker", "faker", "x-chance", "chance")
_TYPES = {"string": ("string", "uuid", "date", "timestamp"), "integer": ("int",), "number": ("float", "int"),
          "boolean": ("bool",)}  # fmt: skip
_SAMPLES = 200
_RANGED = ("integer", "int", "number", "float", "floating", "natural")

_FUNCTIONS: dict[str, str] = {
    # by the last part of faker's name, without case and separators
    "firstname": "first_name()", "first": "first_name()", "lastname": "last_name()", "last": "last_name()",
    "fullname": "full_name()", "findname": "full_name()", "personname": "full_name()", "gender": "gender()",
    "jobtitle": "job()", "jobtype": "job()", "profession": "job()",
    "email": "email()",
    "exampleemail": "email()", "username": "user_name()", "displayname": "user_name()",
    "domainname": "domain_name()", "domain": "domain_name()", "url": "url()", "ip": "ipv4()", "ipv4": "ipv4()",
    "ipv6": "ipv6()", "mac": "mac_address()", "macaddress": "mac_address()", "useragent": "user_agent()",
    "httpmethod": "http_method()", "emoji": "emoji()", "color": "hex_color()", "rgb": "hex_color()",
    "human": "color()", "city": "city()", "cityname": "city()", "streetaddress": "street_address()",
    "address": "street_address()", "streetname": "street_name()", "street": "street_name()",
    "zipcode": "postcode()", "zip": "postcode()", "postcode": "postcode()", "postal": "postcode()",
    "state": "region()", "province": "region()", "county": "region()", "country": "country()",
    "countrycode": "country_code()", "timezone": "time_zone()", "latitude": "latitude()",
    "longitude": "longitude()", "phonenumber": "phone()", "phone": "phone()", "number": "phone()",
    "companyname": "company()", "company": "company()", "department": "department()",
    "productname": "product_name()", "product": "product_name()", "iban": "iban()",
    "bic": "bic()",
    "creditcardnumber": "card_number()", "cc": "card_number()", "currencycode": "currency_code()",
    "accountnumber": "/[0-9]{8}/", "account": "/[0-9]{8}/", "isbn": "isbn13()", "imei": "imei()", "vin": "vin()",
    "word": "word()", "words": "words(3)", "sentence": "sentence()",
    "sentences": "paragraph()",
    "paragraph": "paragraph()", "text": "paragraph()", "slug": "/[a-z]{3,8}-[a-z]{3,8}/", "port": "port()",
    "filename": "file_name()", "mimetype": "mime_type()", "weekday": "weekday_name()", "month": "month_name()",
    "animal": "animal()", "uuid": "uuid4()", "guid": "uuid4()", "semver": "/[0-9]\\.[0-9]{1,2}\\.[0-9]{1,2}/",
    "alphanumeric": "/[a-z0-9]{8}/", "hexadecimal": "/[0-9a-f]{8}/", "password": "/[A-Za-z0-9]{12}/",
    "boolean": "true | false", "bool": "true | false", "past": "2022-01-01T00:00:00Z .. 2024-12-31T23:59:59Z",
    "recent": "2024-12-01T00:00:00Z .. 2024-12-31T23:59:59Z", "birthday": "1950-01-01 .. 2005-12-31",
    "birthdate": "1950-01-01 .. 2005-12-31", "httpstatus": "http_status()", "statuscode": "http_status()",
    "age": "18..80",
}  # fmt: skip
_WHOLE: dict[str, str] = {
    # where the last part alone would mislead
    "name": "full_name()", "person.name": "full_name()", "company.name": "company()", "color.name": "color()",
    "commerce.color": "color()", "phone.number": "phone()", "random.number": "", "datatype.number": "",
    "finance.accountname": "", "system.filetype": "",
}  # fmt: skip


def asked_for(
    kind: str, made: Merged, resources: Resources, tell: Callable[[str, str], None]
) -> Scalar | None:
    """What ``made`` asks to be drawn for its values of ``kind``, None where it asks for nothing that can be
    drawn. ``tell`` is told, with the JSON Pointer, what is not heeded."""
    for clause in made.clauses:
        for word in _WORDS:
            if word not in clause.schema:
                continue
            written = clause.schema[word]
            where = f"{clause.pointer}/{word}"
            value = _value(word, written)
            if not value:
                tell(where, f"`{word}` is not heeded, as the language has no function for {_shown(written)}")
                continue
            scalar = _fitting(kind, value, lambda one: resources.valid_for_all(made.parts, one))
            if scalar is not None:
                return scalar
            tell(where, f"`{word}` is not heeded, as values of `{value}` do not all satisfy the schema")
    return None


def _value(word: str, written: Any) -> str:
    if word == "x-specdsl":
        plain = isinstance(written, str) and len(written) < 500 and not re.search(r"[\n\r{}#]", written)
        return written.strip() if plain else ""
    name: Any = written
    arguments: Any = None
    if isinstance(written, dict) and len(written) == 1:
        name, arguments = next(iter(written.items()))
    if not isinstance(name, str):
        return ""
    plain = name.strip().lower().replace("_", "").removeprefix("faker.")
    if isinstance(arguments, list) and len(arguments) == 1:
        arguments = arguments[0]
    if isinstance(arguments, dict) and plain.rpartition(".")[2] in (
        "integer",
        "int",
        "number",
        "floating",
        "natural",
    ):
        low, high = arguments.get("min"), arguments.get("max")
        if all(isinstance(one, int | float) and not isinstance(one, bool) for one in (low, high)):
            return f"{low}..{high}"
    if plain in _WHOLE:
        return _WHOLE[plain]
    return _FUNCTIONS.get(plain.rpartition(".")[2], "")


def _fitting(kind: str, value: str, fits: Callable[[Any], bool]) -> Scalar | None:
    for type_ in _TYPES.get(kind, ()):
        samples = drawn(type_, value, _SAMPLES)
        if samples and all(fits(one) for one in samples):
            several = len({repr(one) for one in samples})
            return Scalar(type_, value, several if several > _SAMPLES // 2 else 0)
    return None


def _shown(written: Any) -> str:
    text = (
        written if isinstance(written, str) else next(iter(written), "") if isinstance(written, dict) else ""
    )
    plain = " ".join(str(text).split())
    return f"`{plain[:40]}`" if plain else "it"
