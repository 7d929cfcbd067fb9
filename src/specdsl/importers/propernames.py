"""What a property's name says about its values, where the schema says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

_N = TypeVar("_N")


@dataclass(frozen=True, slots=True)
class Named:
    """A function that fits a name. ``shortest`` and ``longest``: the characters of its values in the default
    locale, generously."""

    value: str
    shortest: int
    longest: int

    def within(self, low: int, high: int | None) -> str:
        """What to draw where texts have ``low`` to ``high`` characters: names and sentences are cut off; ''
        where that is nothing of the kind any more."""
        if low > self.shortest:
            return ""
        if high is None or high >= self.longest:
            return self.value
        return f"left({self.value}, {high})" if self.value in CUT and high >= 8 else ""


CUT = frozenset(
    {
        "first_name()",
        "last_name()",
        "full_name()",
        "country()",
        "city()",
        "street_address()",
        "company()",
        "job()",
        "region()",
        "product_name()",
        "product_category()",
        "department()",
        "spoken_language()",
        "user_name()",
        "title(words(2..4))",
        "sentence(words: 3..8)",
    }
)
"""What is still such when it is cut off."""

_STRINGS: tuple[tuple[str, str, int, int], ...] = (
    (r"(e_?mail|email_?address)", "email()", 10, 40),
    (r"(first|given|fore)_?name", "first_name()", 2, 15),
    (r"(last|family|sur)_?name|surname", "last_name()", 2, 16),
    (r"(full_?name|display_?name|author|customer_?name|contact_?name)", "full_name()", 3, 30),
    (r"(user_?name|login|nick_?name)", "user_name()", 2, 32),
    (r"(phone|telephone|mobile|fax)(_?number)?", "phone()", 6, 20),
    (r"country", "country()", 2, 60),
    (r"country_?code", "country_code()", 2, 2),
    (r"(city|town)", "city()", 1, 30),
    (r"(street|street_?address|address_?line_?1|address)", "street_address()", 3, 50),
    (r"(zip|zip_?code|postal_?code|postcode)", "postcode()", 3, 10),
    (r"currency(_?code)?", "currency_code()", 3, 3),
    (r"(url|uri|website|homepage|link|href)|.*_ur[li]", "url()", 10, 80),
    (r"(ip|ip_?address|client_?ip|remote_?ip)", "ipv4()", 7, 15),
    (r"(host|host_?name|server)", "hostname()", 5, 24),
    (r"(domain|domain_?name)", "domain_name()", 5, 36),
    (r"(company|organi[sz]ation|company_?name)", "company()", 1, 60),
    (r"(description|summary|comment|message|text|body|notes?)", "sentence(words: 3..8)", 4, 120),
    (r"(user_?agent|useragent)", "user_agent()", 10, 400),
    (r"(time_?zone|timezone)", "time_zone()", 3, 60),
    (r"(job|job_?title|occupation)", "job()", 2, 35),
    (r"(title|headline|subject)", "title(words(2..4))", 4, 60),
    (r"(.*_)?slug", "slug(words(2..3))", 4, 60),
    (r"(region|province)", "region()", 4, 20),
    (r"(.*_)?(sha|sha_?1|commit_?(id|hash|sha)|revision)", "/[0-9a-f]{40}/", 40, 40),
    (r"(.*_)?(sha_?256|hash|digest|checksum|fingerprint)", "/[0-9a-f]{64}/", 64, 64),
    (r"(.*_)?(token|secret|api_?key|access_?key|nonce)", "nanoid()", 21, 21),
    (r"(.*_)?(uuid|guid)", "/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/", 36, 36),
    (r"(.*_)?id", "/[a-z0-9]{12}/", 12, 12),
    (r"(.*_)?version", r"/[0-9]\.[0-9]{1,2}\.[0-9]{1,2}/", 5, 7),
    (
        r"(.*_)?(locale|language_?(code|tag))",
        '"en-US" | "de-DE" | "fr-FR" | "es-ES" | "pt-BR" | "ja-JP"',
        5,
        5,
    ),
    (r"language", "spoken_language()", 3, 18),
    (r"(.*_)?(mime|mime_?type|content_?type|media_?type)", "mime_type()", 7, 80),
    (r"(file|file_?name|.*_file(_?name)?)", "file_name()", 6, 24),
    (r"(path|url_?path|.*_path|endpoint|route)", "url_path()", 12, 40),
    (r"(mac|mac_?address)", "mac_address()", 17, 17),
    (r"(.*_)?iban", "iban()", 15, 34),
    (r"bic|swift(_?code)?", "bic()", 8, 11),
    (r"vin", "vin()", 17, 17),
    (r"(ean|gtin|barcode)(_?13)?", "ean13()", 13, 13),
    (r"isbn(_?13)?", "isbn13()", 13, 13),
    (r"(http_?|request_?)?method", "http_method()", 3, 7),
    (r"(log_?)?level|severity", "log_level()", 4, 5),
    (r"os|operating_?system|os_?name", "operating_system()", 4, 12),
    (r"(hex_?color|.*_colou?r)", "hex_color()", 7, 7),
    (r"colou?r", "color()", 3, 20),
    (r"gender|sex", "gender()", 4, 20),
    (r"nationality", "nationality()", 4, 30),
    (r"payment_?(method|type)", "payment_method()", 4, 30),
    (r"department", "department()", 4, 30),
    (r"product(_?name)?", "product_name()", 10, 40),
    (r"(product_?)?category", "product_category()", 4, 14),
    (r"sku", "/[A-Z]{3}-[0-9]{5}/", 9, 9),
    (r"vendor|supplier|manufacturer|employer|publisher", "company()", 1, 60),
)
LONGEST: Mapping[str, int] = MappingProxyType({value: longest for _, value, _, longest in _STRINGS})
"""The most characters that the values of a name have, in the default locale, with some to spare."""

_INSTANTS = (
    r".*_at|.*_(timestamp|date_?time)|timestamp|date_?time|(created|updated|modified|published|deleted|expires?|"
    r"last_(seen|login|modified|updated?))(_?on|_?time)?"
)
_DATES = r"date|.*_date|.*_on|dob|birthday"
_INTEGERS: tuple[tuple[str, int, int], ...] = (
    (r"(.*_)?year", 1990, 2024),
    (r"age", 18, 90),
    (r"(.*_)?(qty|quantity)|line_?number", 1, 10),
    (r"(.*_)?(percent|percentage|pct)", 0, 100),
    (r"(.*_)?(rating|stars|score|priority)|level", 1, 5),
    (r"(.*_)?month", 1, 12),
    (r"(.*_)?day", 1, 28),
    (r"(.*_)?hours?", 0, 23),
    (r"(.*_)?(minutes?|duration|length)", 1, 180),
    (r"(.*_)?(milliseconds|millis|ms)", 100_000, 400_000),
    (r"(.*_)?(bytes|file_?size)", 1_000, 10_000_000),
    (r"(.*_)?(count|attempts|retries|number)|num_.*|n_.*", 0, 50),
    (r"(.*_)?(in_stock|stock|on_hand|on_order|reorder_level)|units_.*", 0, 200),
    (r"(.*_)?(position|sort|sort_order|ordinal|seq|line|line_?no|rank)", 1, 100),
    (r"version", 1, 10),
    (r"is_.*|has_.*|(in)?active|enabled|deleted|discontinued|(.*_)?flag", 0, 1),
    (r"(.*_)?port", 1_024, 65_535),
    (r"(.*_)?(width|height)", 100, 2_000),
    (r"(http_?)?status_?code", 200, 504),
    (r"(.*_)?id", 1, 1_000_000),
    (_INSTANTS + r"|epoch|.*_epoch", 1_577_836_800, 1_735_689_599),
)
_AMOUNTS: tuple[tuple[str, Decimal, Decimal], ...] = (
    (r"(.*_)?lat(itude)?", Decimal(-90), Decimal(90)),
    (r"(.*_)?(lon|lng|long|longitude)", Decimal(-180), Decimal(180)),
    (r"(.*_)?(discount|tax_?rate|probability|share|ratio)", Decimal(0), Decimal("0.5")),
    (r"(.*_)?(percent|percentage|pct)", Decimal(0), Decimal(100)),
    (r"(.*_)?(rating|stars)", Decimal(1), Decimal(5)),
    (r"(.*_)?(salary|wages?|income)", Decimal(20_000), Decimal(150_000)),
    (r"(.*_)?(weight|height|width)", Decimal(1), Decimal(200)),
    (r"(.*_)?humidity", Decimal(0), Decimal(100)),
    (r"(.*_)?(temp|temperature)(_min|_max|_c|_celsius)?", Decimal(-10), Decimal(35)),
    (r"(.*_)?(bearing|heading|deg|degrees|angle)", Decimal(0), Decimal(359)),
    (
        r"(.*_)?((sampl.*|error|success|interest|conversion|bounce|click)_rate|score|confidence)",
        Decimal(0),
        Decimal(1),
    ),
    (_INSTANTS + r"|epoch|.*_epoch", Decimal(1_577_836_800), Decimal(1_735_689_599)),
)
_MONEY = re.compile(r"(.*_)?(price|cost|total|amount|fee|subtotal|tax|balance|salary)")


def snake(name: str) -> str:
    """``createdAt`` as ``created_at``."""
    return (
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+", "_", name).lower().strip("_")
    )


def string_by_name(name: str) -> Named | None:
    """What strings of that name look like, if it is known."""
    plain = snake(name)
    for pattern, value, low, high in _STRINGS:
        if re.fullmatch(pattern, plain):
            return Named(value, low, high)
    return None


def instant_by_name(name: str) -> str:
    """``"timestamp"`` or ``"date"`` where texts of that name are such, else ``""``."""
    plain = snake(name)
    if re.fullmatch(_INSTANTS, plain):
        return "timestamp"
    return "date" if re.fullmatch(_DATES, plain) else ""


def usual_integers(name: str) -> tuple[int, int] | None:
    """From where to where whole numbers of that name usually lie; instants are seconds since 1970."""
    return _usual(name, _INTEGERS)


def usual_amounts(name: str) -> tuple[Decimal, Decimal] | None:
    """From where to where other numbers of that name usually lie."""
    return _usual(name, _AMOUNTS)


def _usual(name: str, table: tuple[tuple[str, _N, _N], ...]) -> tuple[_N, _N] | None:
    plain = snake(name)
    return next(((low, high) for pattern, low, high in table if re.fullmatch(pattern, plain)), None)


def is_birth(name: str) -> bool:
    """Whether days of that name are those when people were born."""
    return re.fullmatch(r"(.*_)?(birth.*|dob|born.*)", snake(name)) is not None


def is_money(name: str) -> bool:
    """Whether numbers of that name are amounts of money."""
    return _MONEY.fullmatch(snake(name)) is not None
