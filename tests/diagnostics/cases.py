"""Hand-made diagnostics over hand-made files, which the renderers' tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from specdsl.source import SourceFile, Span

GOLDEN = Path(__file__).parent / "golden"


def holds(name: str, text: str) -> None:
    """Compare with a golden file; REGENERATE=1 writes it instead."""
    path = GOLDEN / name
    if os.environ.get("REGENERATE"):
        path.write_text(text, "utf-8", newline="\n")
    assert text == path.read_text("utf-8")


class Made(Diagnostic):
    """Says what it is told to say."""

    code: ClassVar[str] = "DG405"
    name: ClassVar[str] = "too-few-values"

    says: str = "something is wrong with `this`"
    beside: str = ""
    others: tuple[Label, ...] = ()
    also: tuple[str, ...] = ()
    hint: str = ""
    change: Fix | None = None

    def message(self) -> str:
        return self.says

    def label(self) -> str:
        return self.beside

    def labels(self) -> tuple[Label, ...]:
        return self.others

    def notes(self) -> tuple[str, ...]:
        return self.also

    def help(self) -> str:
        return self.hint

    def fix(self) -> Fix | None:
        return self.change


class MadeHint(Made):
    code: ClassVar[str] = "DG601"
    name: ClassVar[str] = "made-hint"
    severity: ClassVar[Severity] = Severity.HINT


SHOP = SourceFile(
    "shop.dgen",
    """\
import "common.dgen"
dataset shop {
  seed 1
}



table coupons 1_000 {
  count int


\tcoupon string key = /[A-Z][0-9]/   # 日本語 e\u0301 tab
  os string = match device {
     "phone" => "a" | "b"
     "desk" => "c"
     "watch" => "d"
     "tv" => "d"
     "car" => "d"
     "fridge" => "d"
  }
  日本 string = "語" + naam
  long string = "XX" | "b" 70% | foo | "YY"
  -> usres where x
}""".replace("XX", "x" * 90).replace("YY", "y" * 150),
)
COMMON = SourceFile("lib/common.dgen", "enum Status { a, b }\ntype Money = int\n")
SOURCES = {SHOP.name: SHOP, COMMON.name: COMMON}


def at(text: str, source: SourceFile = SHOP, nth: int = 0) -> Span:
    """The span of the nth occurrence of ``text``."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return Span(source.name, start, start + len(text))


MATCH = at("match device {").to(at('"fridge" => "d"\n  }'))
"""A value of nine lines."""

CASES: dict[str, Diagnostic] = {
    "two_lines": Made(
        span=at("/[A-Z][0-9]/"),
        says="`coupon` needs 1000 distinct values but can only make 260",
        beside="26 x 10 = 260 strings",
        others=(Label(at("1_000"), "1000 rows are asked for here"),),
        hint="one more digit is enough: /[A-Z][0-9]{2}/ makes 2600",
    ),
    "many_lines_and_another_file": Made(
        span=MATCH,
        beside="no arm for `tablet`",
        others=(
            Label(
                at("Status", COMMON),
                "declared here, with members that are listed in a label which is much too long for one row",
            ),
        ),
        also=(
            "a note that goes on and on, past the end of the row, and is wrapped to the next one",
            "a short one",
        ),
    ),
    "wide_characters_and_a_fix": Made(
        span=at("naam"),
        beside="no such column",
        others=(Label(at("日本", nth=1), "in this column"), Label(at('"語"'), "left")),
        hint="a column with a near name: `name`",
        change=Fix("rename to `name`", (Edit(at("naam"), "name"),)),
    ),
    "cut_line": Made(
        span=at("foo"),
        beside="an unknown thing, with a label that does not fit beside it",
        others=(Label(at("70%"), "weights"),),
    ),
    "cut_line_at_its_start": Made(span=at("long"), beside="here"),
    "cut_line_at_its_end": Made(span=Span("shop.dgen", at("-> usres").start - 4, at("-> usres").start - 3)),
    "span_longer_than_the_line": Made(span=at('"' + "y" * 150 + '"'), beside="too long"),
    "end_of_file": Made(span=Span("shop.dgen", len(SHOP.text), len(SHOP.text)), beside="the file ends here"),
    "same_place": Made(
        span=at("string key").to(at("key")),
        beside="both",
        others=(
            Label(at("string key").at_start().to(at("coupon string")), "name and type"),
            Label(at("key"), "mark"),
        ),
    ),
    "one_span_over_lines_in_another": Made(
        span=at("table coupons").to(at('"語"')), beside="whole", others=(Label(MATCH, "inner"),)
    ),
    "line_end_in_the_span": Made(span=at("seed 1\n"), beside="the line's end is not shown"),
    "unknown_file": Made(span=Span("gone.dgen", 3, 4), beside="nobody sees this", hint="look elsewhere"),
    "a_fix_says_it_all": Made(
        span=at("usres"), change=Fix("did you mean `users`?", (Edit(at("usres"), "users"),))
    ),
    "hint": MadeHint(span=at("count"), says="`count` is never used"),
    "control_characters": Made(
        span=Span("evil.dgen", 6, 9),
        says="name \x1b[31mred\x1b[0m\u202e",
        beside="\x9b2J",
        hint="line\nand line",
    ),
}
EVIL = SourceFile("evil.dgen", "table \x1b[2J\u202e 5 {\x00 \x7f\n\f}\n")
SOURCES[EVIL.name] = EVIL
