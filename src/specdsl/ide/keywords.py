"""The words of the language, each in a sentence, with the section of the manual that has more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MANUAL: Final = "docs/language.md"


@dataclass(frozen=True, slots=True)
class Keyword:
    """``form``: how it is written; ``section``: the heading of the manual, as an anchor."""

    word: str
    sentence: str
    form: str
    section: str

    def markdown(self) -> str:
        """The word for a hover or an item's documentation."""
        return f"```dgen\n{self.form}\n```\n{self.sentence}\n\n[The language]({MANUAL}#{self.section})"


def _words(section: str, *entries: tuple[str, str, str]) -> list[Keyword]:
    return [Keyword(word, sentence, form, section) for word, form, sentence in entries]


_ALL: Final = [
    *_words(
        "dataset-settings",
        (
            "dataset",
            "dataset shop { seed 42 }",
            "Names the dataset, and sets its seed, its clock and its locale.",
        ),
        ("import", 'import "common.dgen"', "Brings in the enums, types, pools and tables of another file."),
        (
            "seed",
            "seed 42",
            "The number that all randomness comes from: another seed, other data of the same form.",
        ),
        ("now", "now 2025-06-01T00:00:00Z", "The dataset's clock: what `now` means in every value."),
        (
            "batch",
            "per batch 1d",
            "How far the clock moves from one batch of a checkpoint to the next.",
        ),
        ("locale", 'locale "de_DE"', "The language and country of names, places and telephones."),
    ),
    *_words(
        "tables-and-their-rows",
        (
            "table",
            "table users 1_000 { id int key }",
            "A table: its rows come from a count, `each`, `over` or `from`.",
        ),
        ("over", "table days over day = 2024-01-01..2024-12-31 by 1d", "One row for each value of a range."),
        (
            "grows",
            "table orders 50_000 grows 2_000 per batch { id int key }",
            "So many more rows in each later batch of a checkpoint.",
        ),
        ("by", "over day = 2024-01-01..2024-12-31 by 1d", "The step from one value to the next."),
        (
            "from",
            'table cities from "cities.csv"',
            "Takes the rows of a data file that exists, or of a table in a database.",
        ),
        (
            "database",
            'table users from database shop table "public.users" { id int key }',
            "Takes rows of a database. Its address is the command line's: `--database shop=postgresql://...`.",
        ),
        ("hidden", "luck int hidden = 0..99", "The column can be used in expressions, and is not written."),
        ("bare", "value int bare = 1..5", "In JSON the row is this value itself, not an object that has it."),
    ),
    *_words(
        "types",
        (
            "enum",
            "enum Status { paid 80%, late }",
            "A type of a few named values, with shares to draw them by.",
        ),
        ("type", "type Money = decimal(10, 2) in 0..", "A name for a type, its bounds and how it is drawn."),
        ("list", "tags list<string>[0..3]", "Several values of one type, so many of them."),
        ("struct", "dims struct { w float, h float }", "Fields within one column."),
        (
            "in",
            "age int in 18..90",
            "After a type: a bound that every value keeps. In a condition: one of several.",
        ),
        (
            "null",
            "bio string? 90% null",
            "No value. A type allows it with `?`; `N% null` says how often it is there.",
        ),
        (
            "absent",
            "email string 30% absent",
            "So often JSON leaves the member out; to all else, and in other formats, the value is null.",
        ),
    ),
    *_words(
        "json-shapes",
        (
            "json",
            "payload json { id int = row, ...map<string = word(), int in 1..9>[0..3] }",
            "A JSON document; with braces an object with these members.",
        ),
        (
            "variant",
            "v variant { 70% int in 1..9, string = word(), null }",
            "A JSON document of one of several types, drawn by their shares. With a name, as in "
            "`variant kind { ... }`, every alternative has one too, and its object holds it. On a line of "
            "its own, `variant edge 5% { age = boundary() }` declares rows that differ from the others on "
            "purpose and keep all rules; without braces all that they draw is at an edge.",
        ),
        ("tuple", "pair tuple<string = word(), int in 1..9>", "A JSON array of items of different types."),
        (
            "map",
            "counts map<string = word(), int in 1..9>[1..4]",
            "A JSON object with so many members, whose keys are drawn, no one twice.",
        ),
        (
            "depth",
            "type Node depth 3 = json { children list<Node>[0..3] }",
            "How many levels of itself a type that holds itself has at most; 3 if not given.",
        ),
    ),
    *_words(
        "values",
        ("if", 'if age < 18 then "child" else "adult"', "One of two values, by a condition."),
        ("then", "if a then b else c", "The value where the condition holds."),
        ("else", "if a then b else c", "The value where nothing before it fits."),
        (
            "match",
            "match status { paid => 1, else => 0 }",
            "A value for each case; every case must have one.",
        ),
        ("and", "a and b", "Both conditions hold."),
        ("or", "a or b", "One of the conditions holds, or both."),
        ("not", "not a", "The condition does not hold."),
        ("true", "true", "The value of a condition that holds."),
        ("false", "false", "The value of a condition that does not hold."),
        ("row", "row", "The number of the row, from 0."),
        ("when", "null 40% when age < 25 else 5%", "The condition under which the rate of nulls holds."),
        ("as", "(city as town) = place()", "Takes a field of what is drawn together under another name."),
        ("exact", 'exact("a" 70% | "b")', "Makes the shares of a choice exact counts."),
    ),
    *_words(
        "pools",
        ("pool", 'pool Plans = load("plans.csv")', "The rows of a data file, to draw from by their weights."),
    ),
    *_words(
        "keys-and-references",
        ("key", "id uuid key", "What tells the rows of the table apart; references point to it."),
        ("unique", "email string unique", "No two rows have the same value."),
        (
            "each",
            "user_id -> users each 1..5",
            "So many rows for each row of the other table: this makes the rows.",
        ),
        ("max", "each poisson(3) max 40", "The most rows that one parent gets."),
        (
            "where",
            "-> users where .active",
            "Only rows for which this holds; `.name` is a column of the other row.",
        ),
        ("distinct", "distinct per order_id", "No value twice within a group; with parentheses: in a list."),
        ("per", "distinct per order_id", "What makes the groups within which nothing comes twice."),
        (
            "since",
            "user_id -> users since 3 batches",
            "Only rows of batches that young: `since 1h` by the clock, `since 3 batches` by their number.",
        ),
        ("batches", "since 3 batches", "So many of the last batches, the one that is made counted."),
        ("via", "sum(orders.total, via: payer_id)", "The reference to go by, where there are several."),
    ),
    *_words(
        "lifecycles",
        (
            "lifecycle",
            "lifecycle status from placed_at { placed -> paid 90% after 1h..2d }",
            "The states that rows go through: what follows what, how often and after how long.",
        ),
        (
            "until",
            "lifecycle status from placed_at until 2030-01-01 { ... }",
            "Nothing happens after it; `now` if not given.",
        ),
        (
            "after",
            "placed -> paid 90% after 1h..2d",
            "How long a row stays in a state before it takes the transition.",
        ),
    ),
    *_words(
        "histories",
        (
            "history",
            "history valid from .joined_at lasting 20d..200d",
            "The rows of each parent are its versions, one after the other: this makes `valid_from`, "
            "`valid_to`, `version` and `is_current`. With `after`: what was known of the versions of another "
            "table, and when.",
        ),
        (
            "lasting",
            "history valid from .joined_at lasting 20d..200d",
            "How long a version is valid; without it versions share the time that there is.",
        ),
        (
            "changes",
            "city string 60% changes = city()",
            "Keeps the value of the row before, save in so many rows: there it is another one.",
        ),
        (
            "corrected",
            "history system after 0s..1d corrected 10% after 5d..60d",
            "So many versions are recorded wrongly at first, in one column that changes.",
        ),
        (
            "of",
            "-> customer_versions where .customer_id == customer_id as of placed_at",
            "`as of`: the version that is valid at that time.",
        ),
    ),
    *_words(
        "dirt",
        (
            "violate",
            "violate age.range 0.5%",
            "So many rows break this rule, and no other: a check, or what is asked of a column. The answer "
            "key tells which.",
        ),
        ("range", "violate age.range 1%", "A value just outside of the column's `in low..high`."),
        ("length", "violate nick.length 1%", "A text that is a character too long or too short."),
        ("pattern", "violate code.pattern 1%", "A text that is nearly what the column's pattern matches."),
        ("reference", "violate user_id.reference 1%", "A key that no parent has."),
        ("duplicate", "duplicate rows 3%", "Rows come twice: copies stand after the table's own rows."),
        ("near", "duplicate near rows 1%", "The copies have another value in one column."),
        ("typos", "typos(name) 1%", "Slips of the keyboard in the texts of a column."),
        ("outliers", "outliers(total) 30 rows", "Values far outside of what the column has otherwise."),
        (
            "malformed",
            "malformed(note) 1%",
            "Texts in another layout or encoding: dates turned round or impossible, stray blanks, UTF-8 read "
            "as Latin-1.",
        ),
        (
            "misencoded",
            "misencoded(name) 1%",
            "Texts that went through the wrong encoding: UTF-8 read as Windows-1252, once or twice, lost "
            "characters, byte order marks, blanks that do not break, accents apart, other scripts.",
        ),
    ),
    *_words(
        "targets",
        (
            "target",
            'target sum(total) by month(placed_at) from "revenue.csv"',
            "What the rows of each group come to, exactly: `sum`, `avg`, `count`, `share` or `retention`.",
        ),
        (
            "sum",
            'target sum(total) by country { "DE": 20_000.50 }',
            "The total of a column, to the last digit.",
        ),
        (
            "avg",
            'target avg(total) by country { "DE": 42.5 }',
            "The mean of a column: the total of so many rows.",
        ),
        ("count", 'target count by country { "DE": 700 }', "How many rows each group has."),
        (
            "share",
            'target share(status == refunded) by country { "DE": 3% }',
            "Of how many rows of each group the condition holds.",
        ),
        (
            "retention",
            "target retention(months) { 0: 100%, 1: 60% }",
            "Which share of the rows of each group stays beyond each period.",
        ),
        ("free", "target ... else free", "Groups that are not listed come to what they come to."),
    ),
    *_words(
        "changes",
        (
            "changes",
            "changes { update 3% of rows set status }",
            "What later batches of a checkpoint do to rows that are there; `build --changes` writes it.",
        ),
        (
            "update",
            "update 3% of rows set status, total",
            "So many rows get new draws in these columns, or values of their own; what follows from them is "
            "computed again.",
        ),
        (
            "delete",
            "delete 1% of rows where closed",
            "So many rows go; `on delete` says what goes with them.",
        ),
        (
            "set",
            "update 5 rows set price = price * 1.1",
            "The columns that change; names are the row before.",
        ),
        (
            "passes",
            "update status as time passes",
            "Rows that look otherwise with the clock of the batch are updated; their draws stay.",
        ),
        (
            "cascade",
            "user_id -> users on delete cascade",
            "The row is deleted with the one that it refers to.",
        ),
        (
            "restrict",
            "user_id -> users on delete restrict",
            "The row that this one refers to is not deleted; so it is without `on delete`.",
        ),
    ),
    *_words(
        "partitions",
        ("partition", "partition by country", "Divides the table's files into folders by a column's values."),
    ),
    *_words(
        "test-designs",
        (
            "cover",
            "cover pairwise (browser, os, plan)",
            "The rows have every pair of values of any two of these columns that the checks allow, in as few "
            "rows as were found; `all` has every combination of all of them, `3-wise` of any three.",
        ),
        (
            "all",
            "cover all (browser, os)",
            "Every combination of the values of all these columns, each once.",
        ),
        (
            "pairwise",
            "cover pairwise (browser, os, plan)",
            "Every pair of values of any two of these columns, in few rows.",
        ),
        (
            "wise",
            "cover 3-wise (browser, os, plan, locale)",
            "Every combination of values of any so many of these columns, in few rows.",
        ),
    ),
    *_words(
        "checks",
        ("check", "check adult: age >= 18", "A rule that every row must keep; it has a name for reports."),
    ),
]

KEYWORDS: Final = {keyword.word: keyword for keyword in _ALL}
"""By the word."""
