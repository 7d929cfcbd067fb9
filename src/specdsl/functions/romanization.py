"""Names in Latin letters: Cyrillic, Greek and Korean by their letters, others by names of the region.

Greek follows ELOT 743 letter by letter, Korean the Revised Romanization of 2000, syllable by syllable. What
Chinese characters and Arabic letters sound like is not written in them: such names get a usual name of their
region instead, so that an address looks like one of a person.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from specdsl.functions.wordlists import international

_LATIN: Final = str.maketrans({
    "ß": "ss",
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "æ": "ae",
    "Æ": "ae", "Œ": "oe", "œ": "oe", "þ": "th", "ð": "d",
    "ı": "i", "ə": "e", "Ə": "e", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue",
})  # fmt: skip

_GREEK: Final = str.maketrans({
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k",
    "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t",
    "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
})  # fmt: skip
_GREEK_PAIRS: Final = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"), ("ντ", "nt"), ("γγ", "ng"))

_LEADS: Final = (
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
)  # fmt: skip
_VOWELS: Final = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
)  # fmt: skip
_TAILS: Final = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p",
    "t", "t", "ng", "t", "t", "k", "t", "p", "t",
)  # fmt: skip
_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3

_REGIONS: Final[dict[str, tuple[str, str]]] = {
    "ja": (
        "akira asuka ayaka daiki haruka haruto hina hiroshi kaito kaori keiko kenji kenta kumiko "
        "makoto mariko megumi misaki naoki natsumi noriko osamu ren riku rin ryo sakura satoshi shota "
        "sora takashi takumi tomoko yamato yoko yui yuka yuki yuto",
        "abe aoki endo fujii fujita fukuda goto hasegawa hashimoto hayashi ikeda inoue ishii ishikawa "
        "ito kato kimura kobayashi kondo maeda matsumoto mori murakami nakajima nakamura ogawa okada "
        "ono saito sakamoto sasaki sato shimizu suzuki takahashi tanaka watanabe yamada yamaguchi "
        "yamamoto yoshida",
    ),
    "zh": (
        "bin bo chao dan fang fei gang hao hong hui jian jie jing juan jun kai lan lei li lin ling "
        "min ming na ning peng ping qiang qing rui tao ting wei xia xin yan yang ying yong yu yun ze "
        "zhen",
        "cai cao chen cheng deng dong du feng gao guo han he hu huang jiang li liang lin liu lu luo "
        "ma pan peng song sun tang wang wei wu xiao xie xu yang ye yu yuan zeng zhang zhao zheng zhou "
        "zhu",
    ),
    "ar": (
        "abdullah ahmad ali amal amina aya dina farid fatima hala hana hassan huda hussein ibrahim "
        "iman jamal karim khalid layla lina mahmoud mariam mona mustafa nadia nasser noor omar rami "
        "rania salma samir sara tariq yasmin youssef zainab",
        "abbas abdallah ahmad ali awad aziz darwish fares habib haddad hamdan hassan hussein ibrahim "
        "ismail jaber karim khalil khoury mahmoud mansour mustafa najjar nasser omar qasim rahman "
        "saad saleh salem sharif suleiman yousef zaki",
    ),
    "fa": (
        "ali amir arash arezoo azadeh bahram behnaz dariush elham farhad fatemeh hamid hossein kaveh "
        "laleh leila maryam mehdi mina mohammad nasrin navid niloufar omid parisa parvin reza roya "
        "saeed sara shahram shirin simin soheila zahra",
        "abbasi ahmadi akbari amini asadi azizi bagheri ebrahimi ghasemi hashemi heidari hosseini "
        "jafari karimi kazemi mahmoudi moradi mousavi najafi rahimi rezaei rostami sadeghi salehi "
        "shirazi soltani taheri yazdani zamani",
    ),
}


def region_names(locale: str, part: str) -> tuple[str, ...]:
    """Usual names (``part`` is "first" or "last") of the locale's region for what has no Latin letters."""
    first, last = _REGIONS.get(locale[:2], _REGIONS["ar"])
    return tuple((first if part == "first" else last).split())


@lru_cache(maxsize=1)
def _cyrillic() -> dict[int, str]:
    """Cyrillic letters in Latin; where languages differ, as in Russian."""
    by_language = international("common", "ROMANIZATION_DICT")
    tables = [*(by_language[k] for k in ("uk", "kk", "ru")), international("common", "COMMON_LETTERS")]
    letters = {ord(k): v for table in tables for k, v in table.items() if len(k) == 1}
    return letters | {ord(k): v for k, v in {"й": "y", "Й": "y", "я": "ya", "Я": "ya"}.items()}


def _greek(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    for pair, latin in _GREEK_PAIRS:
        plain = plain.replace(pair, latin)
    return plain.translate(_GREEK)


def _hangul(text: str) -> str:
    out = []
    for c in text:
        if not _FIRST_SYLLABLE <= ord(c) <= _LAST_SYLLABLE:
            out.append(c)
            continue
        rest, tail = divmod(ord(c) - _FIRST_SYLLABLE, len(_TAILS))
        lead, vowel = divmod(rest, len(_VOWELS))
        out.append(_LEADS[lead] + _VOWELS[vowel] + _TAILS[tail])
    return "".join(out)


def handle(name: str) -> str:
    """``name`` as the part of an address: lower-case ASCII letters and digits, '' when none are left."""
    text = unicodedata.normalize("NFC", name).translate(_LATIN)
    if not text.isascii():
        text = _greek(_hangul(text).translate(_cyrillic()))
    text = unicodedata.normalize("NFKD", text).lower()
    return "".join(c for c in text if c.isascii() and c.isalnum())
