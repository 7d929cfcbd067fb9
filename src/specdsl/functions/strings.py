"""Functions of strings, with the names of SQL. Lengths and positions are in code points, positions from 1."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import ints, require
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.lists import joined
from specdsl.functions.mapping import Strings, mapped, per_value, strings_of, with_parameters
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.romanization import handle
from specdsl.vectors.vector import Vector

Sql = Callable[[Mapping[str, str], Mapping[str, t.DataType]], str]

TO_THE_END: Final = 2_147_483_647
_LONGEST: Final = 1_000_000


def _arrow(name: str) -> Callable[[Strings], Strings]:
    """A function of ``pyarrow.compute`` without options."""

    def apply(values: Strings) -> Strings:
        import pyarrow.compute as pc

        return getattr(pc, name)(values)

    return apply


def _integers(values: Strings) -> Any:
    return values.to_numpy(zero_copy_only=False).astype(np.int64)


def _booleans(values: Strings) -> Any:
    from specdsl.vectors import strings

    return strings.bool_numpy(values)


def _unary(
    name: str,
    summary: str,
    function: Callable[[Strings], Any],
    sql: Sql | None,
    examples: tuple[Example, ...],
    doc: str = "",
    result: t.DataType = t.STRING,
) -> Function:
    return Function(
        name=name,
        family="strings",
        summary=summary,
        doc=doc,
        result=result,
        kernel=lambda call: mapped(call, "text", function),
        parameters=(Parameter("text", accepts.TEXT, "Any string."),),
        examples=examples,
        sql=sql,
    )


def _call(function: str, *names: str) -> Sql:
    """``function(a, b)`` in SQL."""
    return lambda args, _: f"{function}({', '.join(args[n] for n in names)})"


# --- parts ---------------------------------------------------------------------------------


def _natural(call: Invocation, name: str, least: int = 0) -> None:
    values = np.asarray(ints(call, name))
    require(call, name, (values >= least) & (values <= TO_THE_END), values, f"it must be at least {least}")


def _slice(values: Strings, start: int, stop: int) -> Strings:
    import pyarrow.compute as pc

    return pc.utf8_slice_codeunits(values, start, min(stop, TO_THE_END))


def _substr(call: Invocation) -> Vector:
    _natural(call, "start", 1)
    _natural(call, "length")
    return with_parameters(
        call,
        "text",
        ("start", "length"),
        lambda values, start, length: _slice(values, start - 1, start - 1 + length),
        lambda text, start, length: text[start - 1 : start - 1 + length],
    )


def _left(call: Invocation) -> Vector:
    _natural(call, "count")
    return with_parameters(
        call, "text", ("count",), lambda values, n: _slice(values, 0, n), lambda text, n: text[:n]
    )


def _right(call: Invocation) -> Vector:
    _natural(call, "count")
    return with_parameters(
        call,
        "text",
        ("count",),
        lambda values, n: _slice(values, -n, TO_THE_END) if n else _slice(values, 0, 0),
        lambda text, n: text[-n:] if n else "",
    )


def _split_part(call: Invocation) -> Vector:
    index = np.asarray(ints(call, "index"))
    require(call, "index", index != 0, index, "parts are numbered from 1 (or from the end: -1 is the last)")
    separators = call.args["separator"]
    if not isinstance(separators, Vector) and not separators:
        raise FunctionProblem("`split_part` needs a separator that is not empty")
    return with_parameters(call, "text", ("separator", "index"), _split_fast, _split_slow)


def _split_fast(values: Strings, separator: str, index: int) -> Strings:
    import pyarrow.compute as pc

    from specdsl.vectors import strings

    lists = pc.split_pattern(values, separator)
    offsets = lists.offsets.to_numpy()
    place = (offsets[:-1] + index - 1 if index > 0 else offsets[1:] + index).astype(np.int64)
    inside = (place >= offsets[:-1]) & (place < offsets[1:])
    parts = strings.concat([lists.values, strings.from_python([""])])
    return strings.take(parts, np.where(inside, place, len(lists.values)))


def _split_slow(text: str, separator: str, index: int) -> str:
    if not separator:
        raise FunctionProblem("`split_part` needs a separator that is not empty")
    parts = text.split(separator)
    place = index - 1 if index > 0 else len(parts) + index
    return parts[place] if 0 <= place < len(parts) else ""


# --- changes -------------------------------------------------------------------------------


def _trim(call: Invocation) -> Vector:
    def fast(values: Strings, characters: str) -> Strings:
        import pyarrow.compute as pc

        return pc.utf8_trim(values, characters) if characters else values

    return with_parameters(
        call,
        "text",
        ("characters",),
        fast,
        lambda text, characters: text.strip(characters) if characters else text,
    )


def _replace(call: Invocation) -> Vector:
    def fast(values: Strings, old: str, new: str) -> Strings:
        import pyarrow.compute as pc

        return pc.replace_substring(values, old, new) if old else values

    return with_parameters(
        call, "text", ("old", "new"), fast, lambda text, old, new: text.replace(old, new) if old else text
    )


def _repeat(call: Invocation) -> Vector:
    def fast(values: Strings, count: int) -> Strings:
        import pyarrow.compute as pc

        return pc.binary_repeat(values, count)

    counts = np.asarray(ints(call, "count"))
    require(
        call, "count", (counts >= 0) & (counts <= _LONGEST), counts, f"it must lie between 0 and {_LONGEST:,}"
    )
    return with_parameters(call, "text", ("count",), fast, lambda text, count: text * count)


def _padding(left: bool) -> Callable[[Invocation], Vector]:
    def slow(text: str, width: int, fill: str) -> str:
        if not fill:
            raise FunctionProblem("padding needs a `fill` that is not empty")
        missing = width - len(text)
        if missing <= 0:
            return text[:width]
        padding = (fill * (missing // len(fill) + 1))[:missing]
        return padding + text if left else text + padding

    def fast(values: Strings, width: int, fill: str) -> Strings:
        import pyarrow.compute as pc

        if len(fill) != 1:
            return per_value(lambda text: slow(text, width, fill))(values)
        pad = pc.utf8_lpad if left else pc.utf8_rpad
        return pad(_slice(values, 0, width), width, fill)

    def kernel(call: Invocation) -> Vector:
        widths = np.asarray(ints(call, "width"))
        require(
            call,
            "width",
            (widths >= 0) & (widths <= _LONGEST),
            widths,
            f"it must lie between 0 and {_LONGEST:,}",
        )
        return with_parameters(call, "text", ("width", "fill"), fast, slow)

    return kernel


def _concat(call: Invocation) -> Vector:
    names = sorted((n for n in call.args if n.startswith("parts")), key=lambda n: int(n[5:] or 0))
    return Vector(call.result, joined([strings_of(call, n) for n in names], ""))


def _concat_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    names = sorted((n for n in args if n.startswith("parts")), key=lambda n: int(n[5:] or 0))
    return f"({' || '.join(args[n] for n in names)})"


_TITLE_SQL: Final = (
    "array_to_string(list_transform(string_split({0}, ''), lambda c, i: CASE WHEN i = 1 OR "
    "lower(string_split({0}, '')[i - 1]) = upper(string_split({0}, '')[i - 1]) THEN upper(c) ELSE "
    "lower(c) END), '')"
)


def _slug(text: str) -> str:
    return "-".join(w for w in (handle(part) for part in re.split(r"[\W_]+", text)) if w)


# --- tests ---------------------------------------------------------------------------------


def _test(arrow: str, slow: Callable[[str, str], bool]) -> Callable[[Invocation], Vector]:
    def fast(values: Strings, part: str) -> Any:
        import pyarrow.compute as pc

        return _booleans(getattr(pc, arrow)(values, part))

    return lambda call: with_parameters(call, "text", ("part",), fast, slow)


_TEXT: Final = Parameter("text", accepts.TEXT, "Any string.")


def _predicate(name: str, where: str, arrow: str, slow: Callable[[str, str], bool], example: str) -> Function:
    return Function(
        name=name,
        family="strings",
        summary=f"Whether `part` stands {where} `text`.",
        doc="Capitals matter; compare `lower(text)` where they should not. An empty `part` stands "
        "everywhere.",
        result=t.BOOL,
        kernel=_test(arrow, slow),
        parameters=(_TEXT, Parameter("part", accepts.TEXT, "What to look for.")),
        examples=(Example(example, "bool", "true"),),
        sql=_call(name, "text", "part"),
    )


def _pad(name: str, side: str, example: Example) -> Function:
    return Function(
        name=name,
        family="strings",
        summary=f"`text` brought to exactly `width` characters with `fill` on the {side}.",
        doc="Text that is longer is cut off at the end.",
        result=t.STRING,
        kernel=_padding(name == "lpad"),
        parameters=(
            _TEXT,
            Parameter("width", accepts.INTEGER, "The length to reach.", minimum=0, maximum=_LONGEST),
            Parameter("fill", accepts.TEXT, "What to repeat; not empty.", default=" "),
        ),
        examples=(example,),
        sql=lambda args, _: f"{name}({args['text']}, CAST({args['width']} AS INTEGER), {args['fill']})",
    )


def _digest(name: str, bits: int) -> Function:
    def digest(text: str) -> str:
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    return _unary(
        name,
        f"The {name.upper()} hash of the text's UTF-8 bytes: {bits // 4} hexadecimal digits.",
        per_value(digest),
        _call(name, "text"),
        (Example(f'{name}("a")', "string", f'"{digest("a")}"'),),
        "Good for stable tokens that look random: the same text always has the same hash.",
    )


FUNCTIONS: Final = (
    _unary(
        "lower",
        "The text in small letters.",
        _arrow("utf8_lower"),
        _call("lower", "text"),
        (Example('lower("ÅSA Lind")', "string", '"åsa lind"'),),
        "Letter by letter, without regard to the language.",
    ),
    _unary(
        "upper",
        "The text in capitals.",
        _arrow("utf8_upper"),
        _call("upper", "text"),
        (Example('upper("de")', "string", '"DE"'),),
        "Letter by letter: the text keeps its length (`ß` becomes `ẞ`).",
    ),
    _unary(
        "title",
        "Every word with a capital first and small letters after it.",
        _arrow("utf8_title"),
        lambda args, _: _TITLE_SQL.format(args["text"]),
        (Example('title("new york-NORTH")', "string", '"New York-North"'),),
        "A word begins after anything that is no letter with capitals.",
    ),
    Function(
        name="trim",
        family="strings",
        summary="The text without blanks at its ends.",
        doc="`characters` names other characters to take away.",
        result=t.STRING,
        kernel=_trim,
        parameters=(
            _TEXT,
            Parameter("characters", accepts.TEXT, "The characters to take away.", default=" \t\n\r"),
        ),
        examples=(
            Example('trim("  a b ")', "string", '"a b"'),
            Example('trim("--x-", "-")', "string", '"x"'),
        ),
        sql=_call("trim", "text", "characters"),
    ),
    Function(
        name="replace",
        family="strings",
        summary="The text with every `old` in it replaced by `new`.",
        doc="From left to right, without overlap; an empty `old` changes nothing.",
        result=t.STRING,
        kernel=_replace,
        parameters=(
            _TEXT,
            Parameter("old", accepts.TEXT, "What to replace."),
            Parameter("new", accepts.TEXT, "What to put in its place.", default=""),
        ),
        examples=(Example('replace("New York", " ", "_")', "string", '"New_York"'),),
        sql=_call("replace", "text", "old", "new"),
    ),
    Function(
        name="substr",
        family="strings",
        summary="`length` characters of the text from number `start`.",
        doc="The first character is number 1, as in SQL. Without `length`: to the end.",
        result=t.STRING,
        kernel=_substr,
        parameters=(
            _TEXT,
            Parameter("start", accepts.INTEGER, "The first character, from 1.", minimum=1),
            Parameter("length", accepts.INTEGER, "How many characters.", default=TO_THE_END, minimum=0),
        ),
        examples=(
            Example('substr("abcdef", 2, 3)', "string", '"bcd"'),
            Example('substr("abcdef", 4)', "string", '"def"'),
        ),
        sql=_call("substring", "text", "start", "length"),
    ),
    Function(
        name="left",
        family="strings",
        summary="The first `count` characters.",
        result=t.STRING,
        kernel=_left,
        parameters=(_TEXT, Parameter("count", accepts.INTEGER, "How many.", minimum=0)),
        examples=(Example('left("Berlin", 3)', "string", '"Ber"'),),
        sql=_call("left", "text", "count"),
        doc="All of the text where it has no more.",
    ),
    Function(
        name="right",
        family="strings",
        summary="The last `count` characters.",
        result=t.STRING,
        kernel=_right,
        parameters=(_TEXT, Parameter("count", accepts.INTEGER, "How many.", minimum=0)),
        examples=(Example('right("Berlin", 3)', "string", '"lin"'),),
        sql=_call("right", "text", "count"),
        doc="All of the text where it has no more.",
    ),
    _unary(
        "length",
        "How many characters (code points) the text has.",
        lambda values: _integers(_arrow("utf8_length")(values)),
        _call("length", "text"),
        (Example('length("Zürich")', "int", "6"),),
        result=t.INT,
        doc="A family emoji is several code points, as in SQL.",
    ),
    Function(
        name="concat",
        family="strings",
        summary="Strings, one after another.",
        doc='An f-string says the same and takes other types too: `f"{a}-{b}"`. Null where any part is null.',
        result=t.STRING,
        kernel=_concat,
        parameters=(Parameter("parts", accepts.TEXT, "The strings.", variadic=True),),
        examples=(Example('concat("a", "b", "c")', "string", '"abc"'),),
        sql=_concat_sql,
    ),
    _pad("lpad", "left", Example('lpad("42", 5, "0")', "string", '"00042"')),
    _pad("rpad", "right", Example('rpad("ab", 4, ".")', "string", '"ab.."')),
    _predicate(
        "starts_with",
        "at the start of",
        "starts_with",
        lambda a, b: a.startswith(b),
        'starts_with("abc", "ab")',
    ),
    _predicate(
        "ends_with", "at the end of", "ends_with", lambda a, b: a.endswith(b), 'ends_with("abc", "bc")'
    ),
    _predicate("contains", "somewhere in", "match_substring", lambda a, b: b in a, 'contains("abc", "b")'),
    Function(
        name="split_part",
        family="strings",
        summary="Part number `index` of the text cut at every `separator`.",
        doc='Parts are numbered from 1, or from the end with -1 for the last. "" where there is no '
        "such part.",
        result=t.STRING,
        kernel=_split_part,
        parameters=(
            _TEXT,
            Parameter("separator", accepts.TEXT, "Where to cut; not empty."),
            Parameter("index", accepts.INTEGER, "The part's number; not 0."),
        ),
        examples=(
            Example('split_part("ada@example.com", "@", 2)', "string", '"example.com"'),
            Example('split_part("a/b/c", "/", -1)', "string", '"c"'),
        ),
        sql=_call("split_part", "text", "separator", "index"),
    ),
    _unary(
        "reverse",
        "The characters in reverse order.",
        _arrow("utf8_reverse"),
        lambda args, _: f"array_to_string(list_reverse(string_split({args['text']}, '')), '')",
        (Example('reverse("abc")', "string", '"cba"'),),
        "By code points.",
    ),
    Function(
        name="repeat",
        family="strings",
        summary="The text `count` times.",
        result=t.STRING,
        kernel=_repeat,
        parameters=(_TEXT, Parameter("count", accepts.INTEGER, "How often.", minimum=0, maximum=_LONGEST)),
        examples=(Example('repeat("ab", 3)', "string", '"ababab"'),),
        sql=_call("repeat", "text", "count"),
        doc='`count: 0` gives "".',
    ),
    _unary(
        "slug",
        "The text as part of a web address: small ASCII letters, digits and hyphens.",
        per_value(_slug),
        None,
        (Example('slug("Über uns & mehr")', "string", '"ueber-uns-mehr"'),),
        "Letters beyond ASCII are written the usual way; what cannot be is left out.",
    ),
    _digest("md5", 128),
    _digest("sha256", 256),
)
