"""The compiled table is that of the grammar, and the grammar has no conflicts."""

from __future__ import annotations

import json
from pathlib import Path

from specdsl.resources import resource_text
from specdsl.syntax import grammar
from specdsl.syntax.builder import action_for


def test_the_compiled_table_is_up_to_date() -> None:
    written = json.loads(Path(grammar.__file__).with_name("table.json").read_text())
    compiled = json.loads(json.dumps(grammar.compile_grammar(resource_text("dgen.lark"))))
    assert written == compiled, "run python -m specdsl.syntax.grammar"


def test_every_rule_has_a_method() -> None:
    for rule in grammar.load_grammar().rules:
        if rule.action and not rule.transparent:
            assert callable(action_for(rule.action))


def test_words() -> None:
    loaded = grammar.load_grammar()
    assert loaded.reserved == frozenset(
        str.split(
            "and or not in if then else match null true false key unique hidden each where distinct per when"
        )
    )
    soft = {word for word, kind in loaded.words.items() if kind in loaded.soft}
    assert {
        "dataset",
        "enum",
        "type",
        "pool",
        "table",
        "import",
        "check",
        "from",
        "over",
        "by",
        "max",
    } <= soft
