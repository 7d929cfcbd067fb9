"""The compiled grammar: terminals for the lexer, actions and rules for the parser.

``grammar/dgen.lark`` is the only source. Lark turns it into an LALR(1) table, which takes a good part
of a second with Lark's own import; so the table is kept beside this module as JSON together with the
hash of the grammar that it was made from, and made anew in memory whenever the hashes differ.
``python -m specdsl.syntax.grammar`` writes it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from specdsl.resources import resource_text

_COMPILED = Path(__file__).with_name("table.json")

NEWLINE = "_NEWLINE"
END = "$END"


@dataclass(frozen=True, slots=True)
class Rule:
    """A production. ``action`` names what the builder does with it; ``kept`` has, for each symbol, a
    KEEP, DROP or SPLICE, and a NONE for each optional part that this production leaves out."""

    origin: int
    size: int
    action: str
    kept: str
    transparent: bool  # one value that stands for itself


KEEP, DROP, SPLICE, NONE = "kdsn"


@dataclass(frozen=True)
class Grammar:
    """What lexer and parser need of the grammar.

    ``actions[state]`` maps a terminal's name to a state to shift to (>= 0) or to ``~rule`` to reduce
    by; ``gotos[state]`` maps a rule's origin to a state. ``terminals`` are (name, regex) in the order
    to try them, ``contextual`` those that only some context asks for, ``words`` the reserved and soft
    words, ``texts`` what the fixed terminals look like.
    """

    actions: list[dict[str, int]]
    gotos: list[dict[int, int]]
    rules: list[Rule]
    origins: list[str]
    start: int
    end: int
    terminals: list[tuple[str, str]]
    contextual: dict[str, str]
    words: dict[str, str]
    texts: dict[str, str]

    @property
    def soft(self) -> frozenset[str]:
        """The kinds of words that are names wherever the grammar does not ask for the word."""
        return frozenset(kind for kind in self.words.values() if kind.startswith("SOFT_"))

    @property
    def reserved(self) -> frozenset[str]:
        """The words that need backticks to be names."""
        return frozenset(word for word, kind in self.words.items() if not kind.startswith("SOFT_"))


@lru_cache(maxsize=1)
def load_grammar() -> Grammar:
    """The grammar, from the compiled table if that is up to date."""
    text = resource_text("dgen.lark")
    try:
        compiled = json.loads(_COMPILED.read_text(encoding="ascii"))
    except (OSError, ValueError):
        compiled = {}
    if compiled.get("hash") != _hash(text):
        compiled = compile_grammar(text)
    return _decode(compiled)


def _hash(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def _decode(data: Mapping[str, Any]) -> Grammar:
    kinds = data["kinds"]
    rows = [dict(zip((kinds[k] for k in row[::2]), row[1::2], strict=True)) for row in data["rows"]]
    gotos = [dict(zip(row[::2], row[1::2], strict=True)) for row in data["goto_rows"]]
    return Grammar(
        actions=[rows[number] for number in data["states"]],
        gotos=[gotos[number] for number in data["gotos"]],
        rules=[Rule(*rule) for rule in data["rules"]],
        origins=data["origins"],
        start=data["start"],
        end=data["end"],
        terminals=[(name, pattern) for name, pattern in data["terminals"]],
        contextual=data["contextual"],
        words=data["words"],
        texts=data["texts"],
    )


def compile_grammar(text: str) -> dict[str, Any]:
    """The compiled form of a grammar, ready for JSON. Raises Lark's GrammarError for conflicts."""
    from lark.common import ParserConf
    from lark.lexer import PatternStr
    from lark.load_grammar import load_grammar as load
    from lark.parsers.lalr_analysis import LALR_Analyzer, Shift

    loaded, _ = load(text, "dgen.lark", [], False)  # type: ignore[no-untyped-call]
    terminals, lark_rules, _ = loaded.compile(["start"], "*")
    analyzer = LALR_Analyzer(ParserConf(lark_rules, {}, ["start"]), strict=True)
    analyzer.compute_lalr()  # type: ignore[no-untyped-call]
    table = analyzer.parse_table

    start, end = table.start_states["start"], table.end_states["start"]
    numbers = _numbered(table.states, start, Shift)
    lark_rules = sorted(lark_rules, key=lambda r: (r.origin.name, [s.name for s in r.expansion], r.order))
    origins = sorted({rule.origin.name for rule in lark_rules})
    origin_numbers = {name: number for number, name in enumerate(origins)}
    kinds = sorted({t.name for t in terminals} | {NEWLINE, END})
    kind_numbers = {name: number for number, name in enumerate(kinds)}
    # The rule that starts it all is not among Lark's rules, and never reduced by: $END is accepted.
    rule_numbers = {rule: number for number, rule in enumerate(lark_rules)}

    states, gotos = _Rows(), _Rows()
    for row in (table.states[state] for state in numbers):
        actions: list[int] = []
        jumps: list[int] = []
        for symbol, (action, argument) in sorted(row.items()):
            if symbol in origin_numbers:
                jumps += [origin_numbers[symbol], numbers[argument]]
            else:
                target = numbers[argument] if action is Shift else ~rule_numbers[argument]
                actions += [kind_numbers[symbol], target]
        states.add(actions)
        gotos.add(jumps)

    literal = {t.name: t.pattern.value for t in terminals if isinstance(t.pattern, PatternStr)}
    words = {word: name for name, word in literal.items() if word.isidentifier()}
    tried = sorted(
        (t for t in terminals if t.priority >= 0 and t.pattern.value not in words),
        key=lambda t: (-t.priority, -len(t.pattern.value) if t.name in literal else 0),
    )
    return {
        "hash": _hash(text),
        "kinds": kinds,
        "origins": origins,
        "start": numbers[start],
        "end": numbers[end],
        "rows": states.rows,
        "states": states.numbers,
        "goto_rows": gotos.rows,
        "gotos": gotos.numbers,
        "rules": [_encode_rule(rule, origin_numbers) for rule in lark_rules],
        "terminals": [(t.name, t.pattern.to_regexp()) for t in tried],
        "contextual": {t.name: t.pattern.value for t in terminals if t.priority < 0},
        "words": words,
        "texts": literal,
    }


def _numbered(states: Mapping[Any, Any], start: Any, shift: Any) -> dict[Any, int]:
    """Numbers for the states, the same for the same grammar (Lark's own depend on the hash seed)."""
    numbers = {start: 0}
    waiting = [start]
    while waiting:
        for _, (action, argument) in sorted(states[waiting.pop(0)].items()):
            if action is shift and argument not in numbers:
                numbers[argument] = len(numbers)
                waiting.append(argument)
    return numbers


class _Rows:
    """Lists of numbers, each kept once."""

    def __init__(self) -> None:
        self.rows: list[list[int]] = []
        self.numbers: list[int] = []
        self._known: dict[tuple[int, ...], int] = {}

    def add(self, row: list[int]) -> None:
        key = tuple(row)
        if key not in self._known:
            self._known[key] = len(self.rows)
            self.rows.append(row)
        self.numbers.append(self._known[key])


def _encode_rule(rule: Any, origin_numbers: Mapping[str, int]) -> list[Any]:
    """A production as the builder sees it: Lark's conventions (`_rule` and helper rules are spliced
    into what uses them, literals are dropped, `[x]` leaves a None) in one string."""
    kept = ""
    symbols = iter(rule.expansion)
    for left_out in rule.options.empty_indices or [False] * len(rule.expansion):
        if left_out:
            kept += NONE
            continue
        symbol = next(symbols, None)
        if symbol is None:
            continue
        if symbol.is_term:
            kept += DROP if symbol.filter_out and not rule.options.keep_all_tokens else KEEP
        else:
            kept += SPLICE if symbol.name.startswith("_") else KEEP
    kept += "".join(SPLICE if s.name.startswith("_") and not s.is_term else KEEP for s in symbols)
    name = rule.origin.name
    transparent = (
        len(rule.expansion) == 1
        and rule.alias is None
        and (bool(rule.options.expand1) or name.startswith("_"))
        and (kept == SPLICE if name.startswith("_") else kept == KEEP)
    )
    action = str(rule.alias or name)
    return [
        origin_numbers[name],
        len(rule.expansion),
        "" if name.startswith("_") else action,
        kept,
        transparent,
    ]


def master_pattern(grammar: Grammar) -> re.Pattern[str]:
    """One regular expression over all terminals that no context asks for; the group's name is the
    terminal's."""
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in grammar.terminals))


if __name__ == "__main__":
    compiled = json.dumps(compile_grammar(resource_text("dgen.lark")), separators=(",", ":"))
    _COMPILED.write_text(compiled + "\n", encoding="ascii")
