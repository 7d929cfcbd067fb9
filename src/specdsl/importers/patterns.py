"""ECMA 262 patterns as patterns that the language draws from.

A pattern of a schema may match anywhere in a text and may have no upper end; what is drawn from matches it
as a
whole and is of bounded length: a subset. ``bounded`` rewrites what has another spelling; whether each
string of
the result really matches is tried on samples by the caller.
"""

from __future__ import annotations

import re

import numpy as np

from specdsl.randomness.regex_syntax import RegexProblem, lengths, parse
from specdsl.randomness.regexset import RegexSet, compile_regex

_TOKEN = re.compile(
    r"\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\c[A-Za-z]|\\.|\[(?:\\.|[^\]\\])*\]|\{\d+,\}|\(\?[:=!<][=!]?|.", re.DOTALL
)
_PROPERTIES = {
    "L": "a-zA-Z", "Letter": "a-zA-Z", "Alphabetic": "a-zA-Z", "Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd":
    "0-9",
    "digit": "0-9",
}  # fmt: skip
_MORE = (8, 16, 32, 4, 2, 1, 0, 64)
_TRIED = 60
_ENOUGH = 20


def drawable(pattern: str, low: int, high: int | None) -> RegexSet:
    """A set of strings of ``low`` to ``high`` characters that ``pattern`` matches. Raises RegexProblem."""
    first: RegexProblem | None = None
    best: RegexSet | None = None
    for more in _MORE:
        try:
            text = bounded(pattern, more)
            least, most = lengths(parse(text))
            found = compile_regex(text)
        except RegexProblem as problem:
            first = first or problem
            continue
        best = best or found
        if least >= low and (high is None or most <= high):
            return found
    if best is not None:
        raise RegexProblem("unsupported", "its lengths and those asked for do not agree", 0)
    raise first or RegexProblem("invalid", "it is empty", 0)


def candidates(pattern: str, low: int = 0, high: int | None = None) -> list[str]:
    """Strings that ``pattern`` matches, found by trying some that satisfy it without its lookarounds,
    back-references, anchors in the midst and word boundaries; [] where none is found."""
    try:
        searching = as_python(pattern)
    except RegexProblem:
        return []
    found: dict[str, None] = {}
    for text in _relaxed(pattern):
        for more in _MORE:
            try:
                made = compile_regex(bounded(text, more))
            except RegexProblem:
                continue
            for one in spread(made, _TRIED):
                if low <= len(one) and (high is None or len(one) <= high) and searching.search(one):
                    found[one] = None
        if len(found) >= _ENOUGH:
            break
    every = list(found)
    return every[:: max(len(every) // _ENOUGH, 1)][:_ENOUGH]


def spread(strings: RegexSet, count: int) -> list[str]:
    """About ``2 * count`` different strings, from all over the set, or all that it has."""
    size = min(strings.size, 2**62)
    places = {size * at // count for at in range(count)} | {0, size - 1}
    places |= {(at * 0x9E3779B97F4A7C15 + 12345) % size for at in range(count)}
    made = strings.at(np.array(sorted(places), dtype=np.int64)).to_pylist()
    return list(dict.fromkeys(str(text) for text in made))


def _relaxed(pattern: str) -> list[str]:
    """Patterns without what only a search can see, the nearest first."""
    ahead = re.compile(r"\(\?(=|!|<=|<!)((?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\\[]|\((?:\\.|[^()\\])*\))*)\)")
    plain = re.sub(r"\\[bB]", "", pattern)
    plain = re.sub(r"\(\?<[A-Za-z_]\w*>", "(", plain)
    wanted = [m[2] for m in ahead.finditer(plain) if m[1] == "="]
    base = ahead.sub("", plain)
    groups = re.findall(r"\(((?:\\.|[^()\\])*)\)", base)
    for at, group in enumerate(groups, start=1):
        again = f"({group.removeprefix('?:')})"
        base = re.sub(rf"\\{at}(?!\d)", again.replace("\\", r"\\"), base)
    inner = re.sub(r"(?<!\\)[$^]", "", base) or ".{1,12}"
    wanted = [re.sub(r"(?<!\\)[$^]", "", one) for one in wanted]
    tries = [plain, base, inner, *(one for one in wanted if one)]
    tries += [f"{inner}{one}" for one in wanted] + [f"{one}{inner}" for one in wanted]
    tries += ["[a-z]{1,12}", "[A-Z][a-z0-9]{1,11}", "[a-zA-Z0-9]{8,20}", "[0-9]{1,12}", "[!-~]{8,16}"]
    return list(dict.fromkeys(tries))


def bounded(pattern: str, more: int) -> str:
    """``pattern`` with at most ``more`` repetitions beyond the least where it has no upper end."""
    out: list[str] = []
    opening = True  # nothing can stand before this place: `^` says nothing
    tokens = _TOKEN.findall(pattern)
    for at, token in enumerate(tokens):
        if token == "^" and opening:
            continue
        if token == "$" and all(t in (")", "$") for t in _until_bar(tokens[at + 1 :])):
            continue
        if token in ("^", "$"):
            raise RegexProblem("unsupported", f"`{token}` stands in its midst", at)
        opening = (token in ("(", "(?:") and opening) or (token == "|" and _depth(tokens[:at]) == 0)
        if token == "|" and not opening:
            opening = _group_opened_first(tokens[:at])
        out.append(_rewritten(token, more))
    return "".join(out)


def _until_bar(tokens: list[str]) -> list[str]:
    """``tokens`` up to an alternative of the same depth; what closes groups is looked through."""
    found: list[str] = []
    depth = 0
    skipping = False
    for token in tokens:
        if token == "|" and depth <= 0:
            skipping = True
        if token == ")":
            depth -= 1
            skipping = False
            found.append(token)
            continue
        if not skipping:
            found.append(token)
        elif token.startswith("("):
            depth += 1
    return found if depth <= 0 else ["?"]


def _depth(tokens: list[str]) -> int:
    return sum(t.startswith("(") for t in tokens) - tokens.count(")")


def _group_opened_first(tokens: list[str]) -> bool:
    """Whether the group that is open stands at the start of the pattern."""
    return _depth(tokens) == 1 and tokens[:1] != [] and next(t for t in tokens if t != "^").startswith("(")


def _rewritten(token: str, more: int) -> str:
    if token == "*":
        return f"{{0,{more}}}"
    if token == "+":
        return f"{{1,{more + 1}}}"
    if re.fullmatch(r"\{\d+,\}", token):
        least = int(token[1:-2])
        return f"{{{least},{least + more}}}"
    if token.startswith(("\\p{", "\\P{")):
        return f"[{_property(token)}]"
    if token.startswith("["):
        if token in ("[]", "[^]"):
            raise RegexProblem("unsupported", f"`{token}` means nothing here", 0)
        return re.sub(r"\\[pP]\{[^}]*\}", lambda m: _property(m.group()), token)
    if token.startswith("\\c"):
        return f"\\x{ord(token[2]) % 32:02x}"
    if (
        token.startswith("\\")
        and len(token) == 2
        and token[1].isalpha()
        and token[1] not in "dDwWsStnrfvxu0bB"
    ):
        return token[1]
    return "\\/" if token == "/" else token


def _property(token: str) -> str:
    name = token[3:-1].rpartition("=")[2]
    if token[1] == "P" or name not in _PROPERTIES:
        raise RegexProblem("unsupported", f"`{token}` is a class that is not known", 0)
    return _PROPERTIES[name]


def as_python(pattern: str) -> re.Pattern[str]:
    """``pattern`` for searching. Raises RegexProblem where Python does not read it."""
    try:
        return re.compile(re.sub(r"(?<!\\)((?:\\\\)*)\\/", r"\1/", pattern))
    except (re.error, OverflowError, RecursionError) as problem:
        raise RegexProblem("invalid", f"it cannot be read ({problem})", 0) from None


def literal(pattern: str) -> str:
    """The literal ``/.../`` of a pattern that is already in the language's form; a text for the empty one."""
    if not pattern:
        return '""'  # `//` is no literal
    text = re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", pattern)
    shown = "".join(
        c if c.isprintable() else (f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{{{ord(c):x}}}") for c in text
    )
    return f"/{shown}/"
