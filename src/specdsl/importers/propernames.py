"""What a property's name says about its values, where the schema says nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A function that fits a name. ``shortest`` and ``longest``: the characters of its values, generously."""

    value: str
    shortest: int
    longest: int
    comment: str = "drawn so because of its name"


_STRINGS: tuple[tuple[str, str, int, int], ...] = (
    (r"(e_?mail|email_?address)", "email()", 10, 100),
    (r"(first|given|fore)_?name", "first_name()", 2, 40),
    (r"(last|family|sur)_?name|surname", "last_name()", 2, 40),
    (r"(full_?name|display_?name|author|customer_?name|contact_?name)", "full_name()", 3, 80),
    (r"(user_?name|login|nick_?name)", "user_name()", 2, 60),
    (r"(phone|telephone|mobile|fax)(_?number)?", "phone()", 6, 40),
    (r"country", "country()", 2, 80),
    (r"country_?code", "country_code()", 2, 2),
    (r"(city|town)", "city()", 1, 80),
    (r"(street|street_?address|address_?line_?1|address)", "street_address()", 3, 100),
    (r"(zip|zip_?code|postal_?code|postcode)", "postcode()", 3, 20),
    (r"currency(_?code)?", "currency_code()", 3, 3),
    (r"(url|uri|website|homepage|link|href)|.*_ur[li]", "url()", 10, 200),
    (r"(ip|ip_?address|client_?ip|remote_?ip)", "ipv4()", 7, 15),
    (r"(host|host_?name|server)", "hostname()", 5, 100),
    (r"(domain|domain_?name)", "domain_name()", 5, 100),
    (r"(company|organi[sz]ation|company_?name)", "company()", 1, 120),
    (r"(description|summary|comment|message|text|body|notes?)", "sentence(words: 3..8)", 4, 250),
    (r"(user_?agent|useragent)", "user_agent()", 10, 400),
    (r"(time_?zone|timezone)", "time_zone()", 3, 60),
    (r"(job|job_?title|occupation)", "job()", 2, 120),
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


def is_money(name: str) -> bool:
    """Whether numbers of that name are amounts of money."""
    return _MONEY.fullmatch(snake(name)) is not None
