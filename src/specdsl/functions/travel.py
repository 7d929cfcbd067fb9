"""Vehicles, airlines and airports: names and codes that belong together."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from specdsl.datatypes import types as t
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import Example, Function, Invocation
from specdsl.functions.lists import coded
from specdsl.functions.wordlists import international
from specdsl.vectors.vector import Vector

Rows = Callable[[], tuple[tuple[str, ...], ...]]
"""Rows of a table of strings."""


@lru_cache(maxsize=1)
def _cars() -> tuple[tuple[str, ...], ...]:
    """Maker and model: the library's models that begin with the name of a maker, longest names first."""
    makers = sorted(international("transport", "AUTO_MANUFACTURERS"), key=lambda m: (-len(m), m))
    rows = []
    for car in dict.fromkeys(international("transport", "CARS")):
        maker = next((m for m in makers if car.startswith(m + " ")), None)
        if maker is not None:
            rows.append((maker, car[len(maker) + 1 :].strip()))
    return tuple(rows)


_AIRLINES: Final = """
A3 Aegean Airlines|AA American Airlines|AC Air Canada|AF Air France|AI Air India|AM Aeroméxico|
AR Aerolíneas Argentinas|AS Alaska Airlines|AV Avianca|AY Finnair|AZ ITA Airways|B6 JetBlue|
BA British Airways|BR EVA Air|BT airBaltic|CA Air China|CI China Airlines|CM Copa Airlines|
CX Cathay Pacific|CZ China Southern Airlines|DL Delta Air Lines|EI Aer Lingus|EK Emirates|
ET Ethiopian Airlines|EY Etihad Airways|F9 Frontier Airlines|FI Icelandair|FR Ryanair|G3 Gol|
GA Garuda Indonesia|GF Gulf Air|IB Iberia|JL Japan Airlines|KE Korean Air|KL KLM|KQ Kenya Airways|
LA LATAM Airlines|LH Lufthansa|LO LOT Polish Airlines|LX Swiss International Air Lines|LY El Al|
ME Middle East Airlines|MH Malaysia Airlines|MS EgyptAir|MU China Eastern Airlines|
NH All Nippon Airways|NZ Air New Zealand|OS Austrian Airlines|OZ Asiana Airlines|
PR Philippine Airlines|QF Qantas|QR Qatar Airways|RJ Royal Jordanian|SA South African Airways|SK SAS|
SN Brussels Airlines|SQ Singapore Airlines|SV Saudia|TG Thai Airways|TK Turkish Airlines|
TP TAP Air Portugal|U2 easyJet|UA United Airlines|VN Vietnam Airlines|VY Vueling|W6 Wizz Air|
WN Southwest Airlines|WS WestJet
"""
_AIRPORTS: Final = """
AKL Auckland NZ|AMS Amsterdam NL|ARN Stockholm SE|ATH Athens GR|ATL Atlanta US|AUH Abu Dhabi AE|
BCN Barcelona ES|BER Berlin DE|BEG Belgrade RS|BKK Bangkok TH|BLR Bengaluru IN|BNE Brisbane AU|
BOG Bogotá CO|BOM Mumbai IN|BOS Boston US|BRU Brussels BE|BUD Budapest HU|CAI Cairo EG|
CAN Guangzhou CN|CDG Paris FR|CGK Jakarta ID|CLT Charlotte US|CPH Copenhagen DK|CPT Cape Town ZA|
DEL Delhi IN|DEN Denver US|DFW Dallas US|DOH Doha QA|DTW Detroit US|DUB Dublin IE|DUS Düsseldorf DE|
DXB Dubai AE|EDI Edinburgh GB|EZE Buenos Aires AR|FCO Rome IT|FRA Frankfurt DE|GIG Rio de Janeiro BR|
GRU São Paulo BR|GVA Geneva CH|HAM Hamburg DE|HEL Helsinki FI|HKG Hong Kong HK|HND Tokyo JP|
IAD Washington US|IAH Houston US|ICN Seoul KR|IST Istanbul TR|JFK New York US|JNB Johannesburg ZA|
KEF Reykjavík IS|KIX Osaka JP|KRK Kraków PL|KUL Kuala Lumpur MY|LAS Las Vegas US|LAX Los Angeles US|
LHR London GB|LIM Lima PE|LIS Lisbon PT|LOS Lagos NG|LYS Lyon FR|MAD Madrid ES|MAN Manchester GB|
MCO Orlando US|MEL Melbourne AU|MEX Mexico City MX|MIA Miami US|MNL Manila PH|MSP Minneapolis US|
MUC Munich DE|MXP Milan IT|NBO Nairobi KE|NCE Nice FR|NRT Tokyo JP|OPO Porto PT|ORD Chicago US|
OSL Oslo NO|OTP Bucharest RO|PEK Beijing CN|PER Perth AU|PHX Phoenix US|PRG Prague CZ|
PVG Shanghai CN|RIX Riga LV|RUH Riyadh SA|SAN San Diego US|SCL Santiago CL|SEA Seattle US|
SFO San Francisco US|SIN Singapore SG|SJC San Jose US|SOF Sofia BG|SYD Sydney AU|TLL Tallinn EE|
TLV Tel Aviv IL|TPE Taipei TW|VCE Venice IT|VIE Vienna AT|VNO Vilnius LT|WAW Warsaw PL|
YUL Montréal CA|YVR Vancouver CA|YYZ Toronto CA|ZAG Zagreb HR|ZRH Zürich CH
"""


@lru_cache(maxsize=1)
def _airlines() -> tuple[tuple[str, ...], ...]:
    return tuple((e[:2], e[3:]) for e in (x.strip() for x in _AIRLINES.split("|")))


@lru_cache(maxsize=1)
def _airports() -> tuple[tuple[str, ...], ...]:
    return tuple((e[:3], e[4:-3], e[-2:]) for e in (x.strip() for x in _AIRPORTS.split("|")))


def _of_table(
    name: str, fields: tuple[str, ...], rows: Rows, summary: str, doc: str, examples: tuple[Example, ...]
) -> Function:
    """A function that draws a row of a table, all equally likely."""

    def kernel(call: Invocation) -> Vector:
        assert isinstance(call.result, t.Struct)
        table = rows()
        index = stream_of(call).below(len(table))
        made = []
        for field in call.result.fields:
            column = fields.index(field.name)
            made.append(coded(tuple(row[column] for row in table), index))
        return Vector(call.result, tuple(made))

    listed = ", ".join(f"`{f}`" for f in fields[:-1])
    return Function(
        name=name,
        family="things",
        summary=summary,
        doc=f"Its fields are {listed} and `{fields[-1]}`. {doc}",
        result=t.Struct(tuple(t.Field(f, t.STRING) for f in fields)),
        kernel=kernel,
        examples=examples,
        draws=True,
    )


FUNCTIONS: Final = (
    _of_table(
        "vehicle",
        ("make", "model"),
        _cars,
        "A car: its maker and a model of that maker.",
        "Columns drawn together take the fields of their names: `(make, model) = vehicle()`.",
        (Example("vehicle().make", "string", 'such as "Audi"'), Example("vehicle().model", "string")),
    ),
    _of_table(
        "airline",
        ("code", "name"),
        _airlines,
        "A large airline: its code (IATA) and its name.",
        "Under other names: `(code as carrier, name as carrier_name) = airline()`.",
        (Example("airline().name", "string", 'such as "Finnair"'),),
    ),
    _of_table(
        "airport",
        ("code", "city", "country_code"),
        _airports,
        "A large airport: its code (IATA), the city that it serves, and the country.",
        "Under other names: `(code as origin, city as origin_city) = airport()`. `airport_code()` has "
        "many more.",
        (Example("airport().code", "string", 'such as "HEL"'),),
    ),
)
