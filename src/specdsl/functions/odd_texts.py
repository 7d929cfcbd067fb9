"""Texts that are valid and that programs get wrong: letters of all kinds, markup, blanks, texts that look
like something else, the longest there is.

All of them are proper Unicode that every format can hold: no zero bytes, no halves of surrogate pairs, no
control characters that XML forbids. What is broken on purpose is declared as dirt.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.lists import coded
from specdsl.vectors.vector import Int64Array, Vector

Kinds = dict[str, tuple[str, ...]]

_FAMILY: Final = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
_FLAG: Final = "\U0001f1e9\U0001f1ea"

UNICODE: Final[Kinds] = {
    "accents": (
        "Zo\u00eb",
        "Stra\u00dfe",
        "\u0141\u00f3d\u017a",
        "S\u00e3o Tom\u00e9",
        "\u0130stanbul",  # a capital with a dot: its lower case is two characters
        "\ufb01ne",  # a ligature
        "\u01c6",  # one letter whose upper, lower and title case differ
    ),
    "scripts": (
        "\u041d\u0430\u0442\u0430\u0448\u0430",
        "\u0391\u03b8\u03ae\u03bd\u03b1",
        "\u6771\u4eac\u90fd",
        "\uc11c\uc6b8\ud2b9\ubcc4\uc2dc",
        "\u0e01\u0e23\u0e38\u0e07\u0e40\u0e17\u0e1e",  # Thai: no blanks between words
        "\u0915\u094d\u0937\u093f",  # one cluster of four characters
        "\u1e9e\u1c90\u13a0",
    ),
    "right to left": (
        "\u05e9\u05dc\u05d5\u05dd",
        "\u0645\u0631\u062d\u0628\u0627",
        "abc \u05d0\u05d1\u05d2 123",  # both directions
        "\u202eabc",  # what follows runs backwards
        "\u2067abc\u2069 def",
        "\u0661\u0662\u0663",  # digits that are not 0 to 9
    ),
    "combining": (
        "e\u0301",  # an e and an accent: looks like one character
        "a\u0308\u0304\u0323",
        "n\u0303o",
        "Z\u0351\u036b\u0343\u0368\u034f\u0321a\u0321\u0353\u035elgo",
        "\u0301x",  # begins with an accent
        "o" + "\u0308" * 12,  # one character to the eye, thirteen to a program
    ),
    "composed": (  # pairs that look alike and are not equal; normalisation makes them so
        "caf\u00e9",
        "cafe\u0301",
        "\u212b",
        "\u00c5",
        "\u2126",
        "\u03a9",
        "\uac00",
        "\u1100\u1161",
    ),
    "emoji": (
        "\U0001f600",
        "\u2764\ufe0f",
        "\U0001f44b\U0001f3fd",  # with a skin tone
        _FAMILY,  # four people, seven characters, one picture
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        _FLAG,
        "1\ufe0f\u20e3",
    ),
    "astral": (  # beyond 16 bits: two units each in UTF-16, four bytes in UTF-8
        "\U00020bb7\u91ce\u5bb6",
        "\U0001d518\U0001d52b\U0001d526",
        "\U00010348",
        "\U0001f0a1\U0001f0ae",
        "\U000e0001",  # an invisible tag
    ),
    "invisible": (
        "zero\u200bwidth",
        "soft\u00adhyphen",
        "word\u2060joiner",
        "no\u00a0break",
        "\ufeffmark",
        "thin\u2009space",
        "line\u2028separator",
        "\u3164",  # a letter without a shape
    ),
    "lookalikes": (
        "p\u0430ypal",  # a Cyrillic a
        "\uff21\uff22\uff23",  # full width
        "\u0399I\u0406l1",
        "rn m",
        "\u2018quoted\u2019 \u201ctext\u201d",
        "1\u20442 \u00bd",
        "minus \u22121",
    ),
}

INJECTIONS: Final[Kinds] = {
    "html": (
        "<b>bold</b>",
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title></textarea>",
        "&lt;tag&gt; &amp; &#39;",
        "<!-- comment",
        "javascript:alert(1)",
        "]]>",
    ),
    "sql": (
        "O'Brien",
        "' OR '1'='1",
        "'; DROP TABLE users; --",
        'say "hello"',
        "100%_sure",
        "a\\'b",
        "`id`",
        "1); DELETE FROM t WHERE (1=1",
    ),
    "csv": (
        "a,b;c\td",
        'he said ""yes""',
        "two\nlines",
        "carriage\r\nreturn",
        "=1+2",
        "+49 30 1234",
        "-1+2",
        "@SUM(A1:A9)",
        '=HYPERLINK("http://example.com","x")',
    ),
    "format": ("%s%n%d", "{0} {name}", "${HOME}", "{{7*7}}", "%(x)s", "$1 \\1 \\g<0>", "#{1+1}", "<%= 1 %>"),
    "shell": (
        "a; ls",
        "$(id)",
        "a && b || c",
        "| cat",
        "--help",
        "-rf",
        "a > b < c",
        "*",
        "~",
    ),
    "path": ("../../etc/hosts", "C:\\temp\\new", "con", "a/b", "..", "file://x", "name\\", "%2e%2e%2f"),
    "json": ('{"a": 1}', "[1, 2", '\\"', "\\u0041", '"', "\\", "\\n"),
    "regex": ("(a+)+$", "[", "*?", ".*", "a{1,9", "^$", "\\d+"),
}

LOOKALIKES: Final[Kinds] = {
    "nothing": ("null", "NULL", "None", "nil", "NaN", "undefined", "N/A", "#N/A", "-", "\\N", "nan"),
    "truth": ("true", "false", "True", "FALSE", "yes", "no", "Y", "N", "on", "off", "t"),
    "number": (
        "0",
        "-0",
        "00",
        "007",
        "1e5",
        "1E-7",
        "0x1F",
        "1_000",
        "1,000.50",
        "1.000,50",
        ".5",
        "5.",
        "+1",
        "Infinity",
        "-inf",
        "9007199254740993",
        "99999999999999999999",
        "1/2",
        "\u0665",
    ),
    "date": ("2024-02-30", "01/02/03", "1-2", "MAR1", "SEPT2", "0000-00-00", "12:60", "2024-W01", "20240229"),
}

BLANKS: Final[Kinds] = {
    "only": (
        " ",
        "   ",
        "\t",
        "\n",
        "\r\n",
        "\u00a0",
        "\u2003\u2003",
        "\u3000",
        "\u200b",
        "\u2028",
    ),
    "around": (
        " leading",
        "trailing ",
        "  both  ",
        "\ttab",
        "line\n",
        "\u00a0hard\u00a0",
        "\u3000wide",
        "in  between",
        "a\u200b",
    ),
}

_LETTERS: Final = ("x", "W", "\u00e9", "\u6f22", "\U0001f600", "ab ", "\u0301a")
LONGEST: Final = 1_000
"""Characters of the longest text where nothing bounds it."""
_MOST: Final = 1_000_000

_SETS: Final[dict[str, Kinds]] = {
    "unicode_text": UNICODE,
    "injection": INJECTIONS,
    "lookalike_text": LOOKALIKES,
    "blank_text": BLANKS,
}


@lru_cache(maxsize=64)
def entries(name: str, kind: str, least: int, most: int | None) -> tuple[str, ...]:
    """The texts of one kind that have ``least`` to ``most`` characters. Where none is long enough they are
    repeated, where none is short enough the beginnings are taken."""
    if name == "odd_text":
        found = tuple(text for one in _SETS for text in entries(one, kind, least, most))
        return tuple(dict.fromkeys(found))
    sets = _SETS[name]
    every = [text for label, texts in sets.items() if kind in ("any", label) for text in texts]
    fitting = [text for text in every if least <= len(text) and (most is None or len(text) <= most)]
    made = fitting or [_of_length(text, least, most) for text in every]
    return tuple(dict.fromkeys(made))


def _of_length(text: str, least: int, most: int | None) -> str:
    if len(text) < least:
        text = (text * (least // len(text) + 1))[: most or None]
    return text if most is None else text[:most]


@lru_cache(maxsize=64)
def longest(most: int) -> tuple[str, ...]:
    """Texts of exactly ``most`` characters, in letters of one to four bytes and in words."""
    return tuple(dict.fromkeys((letters * (most // len(letters) + 1))[:most] for letters in _LETTERS))


def _bounds(args: Constants) -> tuple[int, int | None]:
    least, most = args.get("min"), args.get("max")
    return (least if isinstance(least, int) else 0), (most if isinstance(most, int) else None)


def _values(name: str, args: Constants) -> tuple[str, ...]:
    least, most = _bounds(args)
    if name == "longest_text":
        return longest(max(least, LONGEST) if most is None else most)
    kind = args.get("kind", "any")
    return entries(name, str(kind), least, most)


def _constants(call: Invocation) -> Constants:
    return {n: v for n, v in call.args.items() if not isinstance(v, Vector)}


def _upside_down(args: Constants) -> str:
    least, most = _bounds(args)
    return "`max` is below `min`" if most is not None and most < least else ""


def _function(name: str, summary: str, doc: str, note: str, kinds: Kinds | None = None) -> Function:
    def kernel(call: Invocation) -> Vector:
        values = _values(name, _constants(call))
        return coded(values, stream_of(call).below(len(values)))

    def at(call: Invocation, index: Int64Array) -> Vector:
        return coded(_values(name, _constants(call)), index)

    def domain(args: Constants) -> int | None:
        return len(_values(name, args))

    chosen = (
        ()
        if kinds is None
        else (
            Parameter(
                "kind",
                accepts.TEXT,
                "Which of them.",
                default="any",
                constant=True,
                choices=("any", *kinds),
            ),
        )
    )
    least = (
        ()
        if name == "longest_text"
        else (
            Parameter("min", accepts.INTEGER, "Characters at least.", default=None, constant=True, minimum=0),
        )
    )
    some = (Example(f'{name}("{next(iter(kinds))}")', "string(max: 40)"),) if kinds else ()
    return Function(
        name=name,
        family="text",
        summary=summary,
        doc=f"{doc} Texts keep to the length of the column's type; arguments say another.",
        result=t.STRING,
        kernel=kernel,
        parameters=(
            *chosen,
            *least,
            Parameter(
                "max",
                accepts.INTEGER,
                "Characters at most.",
                default=None,
                constant=True,
                minimum=0,
                maximum=_MOST,
            ),
        ),
        examples=(Example(f"{name}()", "string(max: 40)", note), *some),
        draws=True,
        domain=domain,
        at=at,
        conflict=_upside_down,
        fits=True,
    )


FUNCTIONS: Final = (
    _function(
        "unicode_text",
        "Text in letters that programs get wrong.",
        "Accents, other scripts, text that runs from right to left, combining characters, characters that "
        "look alike and are not equal until they are normalised, emoji of several characters, characters "
        "beyond 16 bits, invisible ones.",
        "a name in Thai, a family in one emoji, an `e` and an accent",
        UNICODE,
    ),
    _function(
        "injection",
        "Text that means something to a program that does not quote it.",
        "HTML, SQL, CSV and formulas of spreadsheets, format strings and templates, shells, paths, JSON, "
        "regular expressions. Nothing in it does harm where it is taken as a text.",
        "`O'Brien`, `<b>bold</b>`, `=1+2`, `{0} {name}`",
        INJECTIONS,
    ),
    _function(
        "lookalike_text",
        "Text that looks like a number, a date, true, false or nothing.",
        "Readers that guess types take it for what it is not.",
        '`"null"`, `"007"`, `"1e5"`, `"NaN"`, `"true"`, `"MAR1"`',
        LOOKALIKES,
    ),
    _function(
        "blank_text",
        "Blanks of all kinds, alone or around a word.",
        "`only` is nothing but blanks, `around` a word with some before or after it.",
        "tabs, line ends, blanks that do not break",
        BLANKS,
    ),
    _function(
        "longest_text",
        "A text as long as the column's type allows.",
        f"In letters of one, two, three and four bytes; {LONGEST:_} characters where nothing bounds it.",
        "forty times the same letter",
    ),
    _function(
        "odd_text",
        "A text of `unicode_text`, `injection`, `lookalike_text` or `blank_text`.",
        "Each of their texts is equally likely.",
        "any of them",
    ),
)
