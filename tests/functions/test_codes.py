"""Codes with check digits, held against an independent library, drawn and numbered."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from stdnum import ean, get_cc_module, iban, imei, isbn, isin, issn, lei, luhn
from stdnum.us import rtn, ssn

import specdsl
from specdsl.datatypes import types as t
from specdsl.functions.currencies import CURRENCIES
from specdsl.functions.entry import Invocation
from specdsl.functions.finance import ACCOUNTS
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.registry import FUNCTIONS
from specdsl.vectors import strings
from tests.functions.calling import invoke, texts, values

N = 400


def _made(name: str, **args: object) -> list[str]:
    """Codes that are drawn, and codes by number from the whole domain."""
    function = FUNCTIONS[name]
    given = {p.name: p.default for p in function.parameters} | args
    drawn = values(invoke(name, rows=N, **args))
    assert function.domain is not None
    assert function.at is not None
    size = min(function.domain(given) or 0, 1 << 62)
    index = np.array([k * (size - 1) // (N - 1) for k in range(N)])
    numbered = function.at(Invocation(N, index, given, t.STRING, "en_US"), index)
    listed = strings.plain(numbered.data).to_pylist()
    assert len(set(listed)) == N
    return [*drawn, *listed]


@pytest.mark.parametrize(
    ("name", "args", "is_valid"),
    [
        ("luhn", {"pattern": "4###############"}, luhn.is_valid),
        (
            "luhn",
            {"pattern": "89 49-######## #"},
            lambda x: luhn.is_valid(x.replace(" ", "").replace("-", "")),
        ),
        ("credit_card", {}, luhn.is_valid),
        ("imei", {}, imei.is_valid),
        ("ean13", {"prefix": "400"}, ean.is_valid),
        ("ean8", {}, ean.is_valid),
        ("upc", {}, ean.is_valid),
        ("isbn13", {}, isbn.is_valid),
        ("isbn10", {}, isbn.is_valid),
        ("issn", {}, issn.is_valid),
        ("lei", {}, lei.is_valid),
        ("isin", {}, isin.is_valid),
        ("routing_number", {}, rtn.is_valid),
        ("ssn", {}, ssn.is_valid),
        ("ssn", {"fictional": True}, lambda x: x[0] == "9" and not ssn.is_valid(x)),
    ],
)
def test_codes_are_valid(name, args, is_valid):
    assert [x for x in _made(name, **args) if not is_valid(x)] == []


@pytest.mark.parametrize("country", ACCOUNTS)
def test_ibans_are_valid(country):
    made = _made("iban", country=country)
    # Belgium's library also knows which banks there are
    assert [x for x in made if not iban.is_valid(x, check_country=country != "BE")] == []
    assert {x[:2] for x in made} == {country}


def test_belgian_accounts_have_their_own_check_digits():
    assert all((int(x[4:14]) % 97 or 97) == int(x[14:]) for x in _made("iban", country="BE"))


@pytest.mark.parametrize("country", FUNCTIONS["vat_id"].parameters[0].choices)
def test_vat_ids_are_valid(country):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = get_cc_module(country.lower(), "vat")
    assert [x for x in _made("vat_id", country=country) if not library.is_valid(x)] == []


def test_vins():
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    letters = dict(
        zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
    )
    for vin in _made("vin"):
        total = sum(w * (letters[c] if c.isalpha() else int(c)) for w, c in zip(weights, vin, strict=True))
        assert "0123456789X"[total % 11] == vin[8]
        assert not set(vin) & set("IOQ")


def test_every_shape_comes_equally_often():
    made = values(invoke("vat_id", rows=15_000))
    counts = [sum(x.startswith(c) for x in made) for c in FUNCTIONS["vat_id"].parameters[0].choices]
    assert min(counts) > 850
    assert max(counts) < 1150


@pytest.mark.parametrize(
    ("validator", "maker", "args"),
    [
        ("luhn_valid", "luhn", {"pattern": "4### #### #### ####"}),
        ("ean_valid", "ean13", {}),
        ("ean_valid", "upc", {}),
        ("isbn_valid", "isbn10", {}),
        ("isbn_valid", "isbn13", {}),
        ("iban_valid", "iban", {}),
        ("isin_valid", "isin", {}),
        ("lei_valid", "lei", {}),
        ("vin_valid", "vin", {}),
    ],
)
def test_validators_know_right_from_wrong(validator, maker, args):
    made = invoke(maker, rows=N, **args)
    assert all(values(invoke(validator, rows=N, text=made)))
    last = {"0": "1", "9": "8", "X": "0"}
    wrong = [x[:-1] + last.get(x[-1], "9" if x[-1].isdigit() else "0") for x in values(made)]
    assert not any(values(invoke(validator, rows=N, text=texts(*wrong))))


@pytest.mark.parametrize("validator", [n for n in FUNCTIONS if n.endswith("_valid")])
def test_what_is_no_code_at_all(validator):
    odd = ["", " ", "-", "ü", "12345678\n", "١٢٣٤٥٦٧٨", "0" * 70, "x" * 17]
    made = values(invoke(validator, rows=len(odd), text=texts(*odd)))
    assert made == [False] * len(odd)


def test_validators_in_a_check_are_verified(tmp_path):
    (tmp_path / "s.dgen").write_text(
        'table t 50 {\n  id int key\n  account string unique = iban("NO")\n  check right: iban_valid(account)\n}\n'
    )
    data = specdsl.load(tmp_path / "s.dgen")
    assert len(set(data["t"].to_arrow().column("account").to_pylist())) == 50


def test_currencies():
    codes = ["EUR", "JPY", "KWD", "???"]
    assert values(invoke("currency_decimals", rows=4, code=texts(*codes))) == [2, 0, 3, None]
    assert values(invoke("currency_symbol", rows=4, code=texts(*codes))) == ["€", "¥", "KWD", None]
    assert all(
        len(code) == 3 and decimals in (0, 2, 3) and name and sign
        for code, (decimals, name, sign) in CURRENCIES.items()
    )


@pytest.mark.parametrize(
    ("x", "ending", "price"), [(23.4, 0.99, 22.99), (23.5, 0.99, 23.99), (0.2, 0.99, 0.99), (-5, 0.5, 0.5)]
)
def test_charm_prices(x, ending, price):
    made = values(invoke("charm_price", rows=1, x=float(x), ending=ending))
    assert made == [pytest.approx(price)]


@pytest.mark.parametrize(
    ("name", "argument", "kinds", "of_kind"),
    [
        ("iban", "country", ("DE", "FR", "GB"), lambda made, kind: made[:2] == kind and iban.is_valid(made)),
        ("vat_id", "country", ("DE", "IT"), lambda made, kind: made[:2] == kind),
        ("isin", "country", ("US", "JP"), lambda made, kind: made[:2] == kind and isin.is_valid(made)),
        (
            "credit_card",
            "brand",
            ("visa", "amex"),
            lambda made, kind: made[0] == {"visa": "4", "amex": "3"}[kind],
        ),
    ],
)
def test_the_kind_may_be_a_column(name, argument, kinds, of_kind):
    column = [kinds[i % len(kinds)] for i in range(300)]
    made = values(invoke(name, rows=300, **{argument: texts(*column)}))
    assert all(of_kind(m, k) for m, k in zip(made, column, strict=True))
    assert len(set(made)) == 300
    with pytest.raises(FunctionProblem, match="ZZ"):
        invoke(name, rows=2, **{argument: texts(kinds[0], "ZZ")})


def test_a_kind_that_is_null_makes_null():
    made = specdsl.load(
        'table t 200 {\n  id int key\n  c string? 30% null = "DE" | "FR"\n  a string? = iban(c)\n}\n'
    )["t"].to_arrow()
    for country, account in zip(made["c"].to_pylist(), made["a"].to_pylist(), strict=True):
        assert (account is None) == (country is None)
        assert account is None or account.startswith(country)


def test_every_currency_that_is_drawn_is_known():
    drawn = set(values(invoke("currency_code", rows=5000)))
    assert drawn == set(CURRENCIES)
