"""What is said of the thing under the pointer."""

from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path

import pytest

from specdsl.datatypes.format_spec import DATE_DIRECTIVES, TIME_DIRECTIVES, ZONE_DIRECTIVES
from specdsl.ide.hover import hover
from specdsl.ide.literal_hovers import DIRECTIVES
from specdsl.plugins.loading import load_plugins
from tests.ide.cursors import CURSOR, MAIN, placed

SPEC = """\
dataset shop { seed 42 }
## How far an order is.
enum Status { pending 20%, paid }
type Money = decimal(10, 2) in 0..100
pool Plans = load("plans.csv")
## People.
table users 1_000 {
  id int key
  ## What they pay for.
  plan string = "free" 70% | "pro"
  age int in 18..90 = normal(mean: 38, sd: 12)
  (a, b) = ("x", "y") | ("z", "w")
  kind string = match plan { "free" => "f", "pro" => "p" }
  seen timestamp? 30% null = 2024-01-01 .. 2024-02-01
  gone int 20% absent = 1..3
  code string unique = /[A-Z]{4}/
  spent Money = sum(orders.total)
  check adult: age >= 18
}
table orders {
  id int key
  user_id -> users each 1..3 where .age > 20
  status Status
  total Money = 1.0..20.0
  late bool = user_id.seen + 90m < 2024-01-03T00:00:00Z
}
# see DG405
"""
FILES = {"plans.csv": "name,weight\nfree,3\n"}


def said(before: str, after: str = "", nth: int = 0) -> str:
    """The hover where ``before`` ends and ``after`` begins."""
    start = -1
    for _ in range(nth + 1):
        start = SPEC.index(before + after, start + 1)
    place = start + len(before)
    workspace, offset = placed(SPEC[:place] + CURSOR + SPEC[place:], FILES)
    found = hover(workspace, MAIN, offset, patience=math.inf)
    return "" if found is None else found.markdown


SAID = [
    (
        "  pl",
        "an string",
        ["users.plan string", "What they pay for.", '`"free"` 70 %', "Used by `users.kind`"],
    ),
    ("  ag", "e int", ["users.age int", "bell curve", "Every value lies in `18..90`.", "`users.adult`"]),
    ("  (", "a, b)", ['One of `("x", "y")` 50 %', "Drawn together with `b`."]),
    ("  ki", "nd", ["By `plan`, one of 2 cases."]),
    ("  se", "en", ["timestamp?", "30 % are null.", "2024-01-", "% null", "`orders.late`"]),
    ("  go", "ne", ["users.gone int", "20 % are absent."]),
    ("  co", "de", ["`/[A-Z]{4}/` matches", "No two rows share a value."]),
    ("  sp", "ent", ["The sum of `total` over the rows of `orders`", "Money  # decimal(10, 2)"]),
    ("  user", "_id", ["-> users", "`1..3` rows for each one", "only where `.age > 20`"]),
    ("  st", "atus", ["Status", "Drawn by its type alone.", "`paid` "]),
    (
        "table us",
        "ers",
        ["table users 1_000", "People.", "- `id` int key", "Referred to by `orders.user_id`"],
    ),
    ("-> us", "ers", ["table users 1_000"]),
    ("enum Sta", "tus", ["- `pending` 20 %", "- `paid` 80 %", "How far", "Used by `orders.status`"]),
    ("pend", "ing", ["Status.pending", "20 % of its values"]),
    ("type Mo", "ney", ["type Money = decimal(10, 2) in 0..100", "`users.spent`, `orders.total`"]),
    ("pool Pl", "ans", ["1 rows", "- `name` string", "- `weight` int"]),
    ("= nor", "mal", ["normal(mean:", "bell curve", "Such as `"]),
    ("me", "an: 38", ["mean: number or duration", "The centre"]),
    ("check ad", "ult", ["check adult: age >= 18"]),
    ("id i", "nt", ["```dgen\nint\n```", "whole number"]),
    ("uni", "que", ["No two rows have the same value."]),
    ("ma", "tch", ["every case must have one", "docs/language.md#values"]),
    ("90", "m", ["a duration of 90 minutes", "`1h 30m`"]),
    ("70", "%", ["70 in 100", "about 700 of the table's 1,000 rows"]),
    ("DG4", "05", ["**DG405**", "docs/errors/DG405.md"]),
]


SHAPES = """\
table events 20 {
  id int key
  payment variant kind {
    80% card struct { number string = /[0-9]{4}/ }
    ## At the door.
    cash json { paid int? 20% null = 1..9, ...map<string = word(), int in 1..9>[0..2] }
  }
  pair tuple<int in 1..5, ...list<int>[1..2] = 1..2>
  either variant { json { deep int = 1..9 }, null }
  email string 30% absent = email()
}
"""
IN_SHAPES = [
    ("  pay", "ment", ["events.payment variant kind {\n  80% card struct", "\n}  # json\n"]),
    ("  pa", "ir", ["events.pair tuple<int in 1..5, ...list<int>[1..2] = 1..2>  # json"]),
    ("variant ki", "nd", ["The member of `events.payment` that says", 'is: `"card"`, `"cash"`.']),
    ("80% ca", "rd", ["80% card struct {", "An alternative of `events.payment`.", '`kind`: `"card"`.']),
    ("ca", "sh json", ["cash json {", "At the door.", 'have `kind`: `"cash"`.']),
    ("num", "ber", ["number string = /[0-9]{4}/", "A field of `events.payment.card`."]),
    ("pa", "id int", ["paid int? 20% null = 1..9", "A field of `events.payment.cash`."]),
    ("de", "ep", ["deep int = 1..9", "A field of `events.either`."]),
    (".", "..map", ["Puts in the elements of a list", "docs/language.md#json-shapes"]),
    ("js", "on {", ["with braces an object with these members"]),
    ("  em", "ail", ["events.email string\n", "30 % are absent.", " % absent"]),
]


@pytest.mark.parametrize(("before", "after", "parts"), IN_SHAPES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_in_shapes_of_json(before: str, after: str, parts: list[str], end: str) -> None:
    text = SHAPES.replace("\n", end).replace(before + after, before + CURSOR + after, 1)
    workspace, offset = placed(text)
    found = hover(workspace, MAIN, offset, patience=math.inf)
    assert found is not None
    for part in parts:
        assert part in found.markdown


@pytest.mark.parametrize(("before", "after", "parts"), SAID)
def test_hover(before: str, after: str, parts: list[str]) -> None:
    markdown = said(before, after)
    for part in parts:
        assert part in markdown


def test_nothing_is_said_of_nothing() -> None:
    workspace, _ = placed("table t 3 {\n  id int key\n}\n\n\n# a note\n")
    for offset in (27, 28, 32):
        assert hover(workspace, MAIN, offset) is None


def test_what_is_hovered() -> None:
    workspace, _ = placed(SPEC, FILES)
    found = hover(workspace, MAIN, SPEC.index("age >= 18") + 1)
    assert found is not None
    assert SPEC[found.span.start : found.span.end] == "age"


def test_a_column_that_is_broken_says_why_it_has_no_values() -> None:
    text = SPEC.replace("= normal(mean: 38, sd: 12)", "= nope(3)")
    workspace, _ = placed(text, FILES)
    found = hover(workspace, MAIN, text.index("age int") + 1)
    assert found is not None
    assert "*No sample values: " in found.markdown
    assert "nope" in found.markdown


def test_patterns() -> None:
    text = "table t 3 {\n  id int key\n  code string = /[A-Z]{2}-[0-9]{3}/\n}\n"
    workspace, _ = placed(text)
    found = hover(workspace, MAIN, text.index("[0-9]"))
    assert found is not None
    assert "one of 676,000" in found.markdown
    workspace.change(MAIN, text.replace("{3}/", "(/"))
    assert hover(workspace, MAIN, text.index("[0-9]")) is None


ROW = "table t 5 {\n  id int key\n  LINE\n}\n"
LITERALS = [
    ("d date = 2024-02-‸29..2025-01-01", "`2024-02-29`: Thursday, 29 February 2024; day 60 of the year, ISO week 2024-W09"),
    ("d date = 2024-02-‸30..2025-01-01", None),
    ("d time = 1‸3:05..14:00", "`13:05`: the time of day 13:05:00 (1:05 PM)"),
    ("d time = 0‸0:00:30.5..14:00", "`00:00:30.5`: the time of day 00:00:30.5 (12:00 AM)"),
    ("d = 2024-01-01T00:30‸:00+02:00", "`2024-01-01T00:30:00+02:00`: Sunday, 31 December 2023, 22:30:00 (10:30 PM) UTC"),
    ("d = 2024-01-01 + 1.5‸h", "`1.5h`: a duration of 1.5 hours, `1h 30m`"),
    ('s = f"{id:0‸8d}"', "`08d`: printed as a whole number, zeros up to 8 characters; `1234` is `00001234`"),
    ('s = f"{id:,.2‸f}"', "`,.2f`: printed with a point, 2 digits after the point, `,` between thousands; `1234.5` is `1,234.50`"),
    ('s = f"{id:.1‸%}"', "`.1%`: printed as a percentage, 1 digit after the point; `0.125` is `12.5%`"),
    ('s = f"{id:*^1‸2}"', "`*^12`: printed `*` up to 12 characters, the value in the middle; `1234` is `****1234****`"),
    ('s = f"{now:%-d %‸B}"', "`%-d %B`: such as `1 June`\n\n- `%-d` day of the month, 01 to 31, no zeros before it\n- `%B` month's name"),
    ('s = f"{id:%‸Q}"', None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), LITERALS)
def test_values_as_they_are_written(line: str, wanted: str | None) -> None:
    workspace, at = placed(ROW.replace("LINE", line))
    found = hover(workspace, MAIN, at)
    assert (None if found is None else found.markdown) == wanted


def test_every_directive() -> None:
    """Against what Python prints."""
    known = DATE_DIRECTIVES + TIME_DIRECTIVES + ZONE_DIRECTIVES
    moment = dt.datetime(2025, 6, 1, 9, 5, 7, 250, tzinfo=dt.UTC)
    assert DIRECTIVES.keys() == set(known)
    assert {d: moment.strftime(f"%{d}") for d in known} == {d: text for d, (_, text) in DIRECTIVES.items()}


def test_by_is_a_step_or_a_part_of_partition_by() -> None:
    workspace, at = placed(ROW.replace("LINE", 'c string = "a" | "b"\n  partition b‸y c'))
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "into folders" in found.markdown
    workspace, at = placed("table t over day = 2024-01-01..2024-12-31 b‸y 1d {\n  day date key\n}\n")
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "The step" in found.markdown


QUOTED = """\
enum `My Kind` { `very small` 40%, big }
table `old users` 10 {
  `user id` int key
  kind `My Kind`
  twice int = `user id` * 2
}
table orders 20 {
  id int key
  `the user` -> `old users`
}
"""


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("  `user", " id`", ["`old users`.`user id` int", "Used by `` `old users`.twice ``"]),
        ("= `us", "er id`", ["`old users`.`user id` int"]),
        ("  tw", "ice", ["`old users`.twice int", "Computed: `` `user id` * 2 ``"]),
        ("table `ol", "d", ["table `old users` 10", "- `` `user id` `` int key", "`` orders.`the user` ``"]),
        ("  ki", "nd", ["`old users`.kind `My Kind`"]),
        ("  `the", " user`", ["orders.`the user` -> `old users`", "The key of a row of `` `old users` ``"]),
        (
            "enum `My",
            " Kind`",
            ["enum `My Kind`", "- `` `very small` `` 40 %", "Used by `` `old users`.kind ``"],
        ),
        ("`very", " small`", ["`My Kind`.`very small`"]),
    ],
)
def test_names_in_backticks(before: str, after: str, parts: list[str]) -> None:
    place = QUOTED.index(before + after) + len(before)
    workspace, offset = placed(QUOTED[:place] + CURSOR + QUOTED[place:])
    found = hover(workspace, MAIN, offset, patience=math.inf)
    assert found is not None
    for part in parts:
        assert part in found.markdown


def test_a_plugins_function_without_a_docstring(tmp_path: Path) -> None:
    plugin = tmp_path / "own.py"
    plugin.write_text(
        "from specdsl.plugins import function\n\n@function\ndef shout(word: str) -> str:\n    return word\n"
    )
    for row, at in (('word string = shout("a")', "wo"), ('word string = shout("a")', "= sh")):
        text = f"table t 3 {{\n  id int key\n  {row.replace(at, at + CURSOR, 1)}\n}}\n"
        workspace, offset = placed(text)
        workspace.plugins = load_plugins([str(plugin)])
        found = hover(workspace, MAIN, offset, samples=False)
        assert found is not None
        assert "shout" in found.markdown
        assert not re.search(r":\s*(\.|$)", found.markdown, re.MULTILINE), found.markdown
        assert "\n\n\n" not in found.markdown


ADDRESSES = """\
type Address = struct { street string, `postal code` string = "1" }
table p 100 { id int key, at Address, n int = count(c), most int? = max(c.x), big int = count(c where c.x > 2) }
table c { p_id -> p each 2..3, x int = 3, home = p_id.at }
table w { p_id -> p each 2, row struct { `match` int = 3, tags list<int>[2] = 1 } }
table d over day = 2025-01-01..2025-12-31 { x int = 3 }
table e { p_id -> p each 2 }
"""


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("Address =", ["Is `` struct { street string, `postal code` string } ``."]),
        ("home =", ["c.home struct { street string, `postal code` string }"]),
        ("row struct", ["w.row struct { `match` int, tags list<int> }"]),
        ("n int = count", ["The number of rows of `c` that refer here."]),
        ("big int", ["The number of rows of `c` that refer here where `c.x > 2`."]),
        ("most int", ["The greatest `x` over the rows of `c` that refer here."]),
        ("c {", ["\n\nAbout 250 rows.\n\n"]),
        ("d over", ["\n\n365 rows."]),
        ("e {", ["\n\n200 rows.\n\n"]),
    ],
)
def test_types_and_numbers_in_words(at: str, said: list[str]) -> None:
    workspace, offset = placed(ADDRESSES.replace(at, CURSOR + at, 1))
    found = hover(workspace, MAIN, offset, samples=False)
    assert found is not None
    for part in said:
        assert part in found.markdown


def test_written_rows_are_not_told_again() -> None:
    workspace, offset = placed(ADDRESSES.replace("p 100", CURSOR + "p 100", 1))
    found = hover(workspace, MAIN, offset, samples=False)
    assert found is not None
    assert "rows" not in found.markdown


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (8, r"Such as (`` a`b ``|, |```` c```d ````|`100%`)+"),
        (400, r"`` a`b `` \d\d % · ```` c```d ```` \d\d % · `100%` \d\d %"),
    ],
)
def test_values_with_backticks_are_shown_as_they_are(rows: int, expected: str) -> None:
    table = f'table t {rows} {{\n  id int key\n  m‸d string = "a`b" 55% | "c```d" 30% | "100%"\n}}\n'
    workspace, at = placed(table)
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert re.fullmatch(expected, found.markdown.split("\n\n")[-1])


def test_values_that_repeat_are_shown_once() -> None:
    workspace, at = placed('table t 3 {\n  c string = upp‸er("de")\n}\n')
    found = hover(workspace, MAIN, at)
    assert found is not None
    assert "Such as `DE`\n" in found.markdown
