"""DG1xx: what the text gets wrong above its tokens: brackets, statements, expressions. Found by the
pairing of brackets and by the parser."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.lexical import Rewritten, replacing, write
from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span


def _alternatives(words: tuple[str, ...]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


class UnexpectedToken(Diagnostic):
    """Something that cannot stand here; ``expected`` is what could, in words."""

    code: ClassVar[str] = "DG101"
    name: ClassVar[str] = "unexpected-token"

    found: str
    context: str
    expected: tuple[str, ...]
    advice: str

    def message(self) -> str:
        return f"{self.found} cannot stand {self.context}"

    def help(self) -> str:
        return self.advice

    def label(self) -> str:
        if not self.expected:
            return "not expected here"
        return f"expected {_alternatives(self.expected)}"


class UnclosedBracket(Diagnostic):
    """A bracket that is never closed; ``span`` is where its partner is missing."""

    code: ClassVar[str] = "DG102"
    name: ClassVar[str] = "unclosed-bracket"

    opening: Span
    bracket: str
    others: tuple[Span, ...] = ()
    at_end: bool = False

    @property
    def closer(self) -> str:
        return {"(": ")", "[": "]", "{": "}"}[self.bracket]

    def message(self) -> str:
        if self.others:
            return (
                f"{len(self.others) + 1} brackets are never closed, the innermost of them a `{self.bracket}`"
            )
        if self.at_end:
            return f"the file ends before this `{self.bracket}` is closed"
        return f"this `{self.bracket}` is never closed"

    def label(self) -> str:
        return f"`{self.closer}` is missing here" if not self.others else "closing brackets are missing here"

    def labels(self) -> tuple[Label, ...]:
        first = Label(self.opening, f"this `{self.bracket}` is open")
        return (first, *(Label(span, "and this one") for span in self.others))

    def help(self) -> str:
        if self.bracket == "{":
            return "put `}` on a line of its own, below the line that opens the block"
        return f"put `{self.closer}` after the last item"

    def fix(self) -> Fix | None:
        if self.others or self.bracket == "{":
            return None
        return replacing(f"Insert `{self.closer}`", self.span, self.closer)


class StrayBracket(Diagnostic):
    """A closing bracket without an opening one."""

    code: ClassVar[str] = "DG103"
    name: ClassVar[str] = "stray-bracket"

    bracket: str

    def message(self) -> str:
        opener = {")": "(", "]": "[", "}": "{"}[self.bracket]
        return f"this `{self.bracket}` closes nothing: there is no open `{opener}` before it"

    def help(self) -> str:
        return "remove it"

    def fix(self) -> Fix | None:
        return replacing(f"Remove `{self.bracket}`", self.span, "")


class EqualsInCondition(Diagnostic):
    """`=` where two values are compared."""

    code: ClassVar[str] = "DG116"
    name: ClassVar[str] = "equals-in-condition"

    def message(self) -> str:
        return "values are compared with `==`; `=` says how a column is drawn"

    def help(self) -> str:
        return "write `==`"

    def fix(self) -> Fix | None:
        return replacing("Write `==`", self.span, "==")


class ChainedComparison(Diagnostic):
    """``a < b < c``; ``corrected`` is the condition in two parts, where it can be told."""

    code: ClassVar[str] = "DG117"
    name: ClassVar[str] = "chained-comparison"

    first: Span
    corrected: str = ""

    def message(self) -> str:
        return "comparisons do not chain"

    def label(self) -> str:
        return "the second comparison"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first one ends before it"),)

    def help(self) -> str:
        return write(self.corrected) if self.corrected else "join two comparisons by `and`"


class MarkAfterName(Diagnostic):
    """``id: int``, ``seed: 42`` or ``seed = 42``; ``corrected`` is the statement without the mark."""

    code: ClassVar[str] = "DG119"
    name: ClassVar[str] = "mark-after-name"

    subject: str
    what: str
    mark: str
    corrected: str

    def message(self) -> str:
        return f"no `{self.mark}` stands after the name of {self.what}, here `{self.subject}`"

    def help(self) -> str:
        return write(self.corrected)

    def fix(self) -> Fix | None:
        return replacing(f"Remove `{self.mark}`", self.span, "")


class KeywordCase(Diagnostic):
    """A word of the language in capitals, or as another language spells it."""

    code: ClassVar[str] = "DG120"
    name: ClassVar[str] = "keyword-case"

    text: str
    intended: str

    def message(self) -> str:
        return f"the language's words are lower-case: `{self.intended}`, not `{self.text}`"

    def help(self) -> str:
        return write(self.intended)

    def fix(self) -> Fix | None:
        return replacing(f"Write `{self.intended}`", self.span, self.intended)


class ReservedName(Diagnostic):
    """A reserved word where a name is expected."""

    code: ClassVar[str] = "DG121"
    name: ClassVar[str] = "reserved-name"

    word: str
    columns: str = ""  # what was meant if not a name: `key (a)`

    def message(self) -> str:
        return f"`{self.word}` is a word of the language and cannot be a name as it stands"

    def label(self) -> str:
        return "a name is expected here"

    def help(self) -> str:
        if self.columns:
            return f"a rule over columns is written `{self.columns}`; a column of that name needs backticks"
        return f"put it in backticks: `{self.word}`"

    def fix(self) -> Fix | None:
        if self.columns:
            return None
        return replacing("Put it in backticks", self.span, f"`{self.word}`")


class MissingValue(Diagnostic):
    """Nothing where a value is expected; ``after`` is what stands before."""

    code: ClassVar[str] = "DG122"
    name: ClassVar[str] = "missing-value"

    after: str

    def message(self) -> str:
        return f"a value is missing after {self.after}" if self.after else "a value is missing"

    def label(self) -> str:
        return "a value is expected after this"

    def help(self) -> str:
        return 'a value is, for example, `1..5`, `"a" 70% | "b"`, `sequence(start: 1)` or another column'


class MissingType(Diagnostic):
    """A column (or field) without a type between its name and what follows (``modifier``)."""

    code: ClassVar[str] = "DG123"
    name: ClassVar[str] = "missing-type"

    subject: str
    modifier: str = ""

    def message(self) -> str:
        return f"`{self.subject}` has no type"

    def help(self) -> str:
        if self.modifier:
            return f"write `{self.subject} int{self.modifier}`, or whatever type it has"
        return f"write `{self.subject} string = first_name()`, or whatever type and value it has"


class UnknownStatement(Diagnostic):
    """A line at the top of a file that begins with no known word."""

    code: ClassVar[str] = "DG124"
    name: ClassVar[str] = "unknown-statement"

    found: str
    nearest: str = ""
    looks_like_column: bool = False
    corrected: str = ""
    advice: str = ""

    def message(self) -> str:
        return f"{self.found} begins no statement"

    def label(self) -> str:
        return "expected dataset, import, enum, type, pool or table"

    def help(self) -> str:
        if self.advice:
            return self.advice
        if self.nearest:
            return f"did you mean `{self.nearest}`?"
        if self.corrected:
            return write(self.corrected)
        if self.looks_like_column:
            return "columns stand inside a table: `table name 100 { ... }`"
        return "a file is made of dataset, import, enum, type, pool and table"

    def fix(self) -> Fix | None:
        return replacing(f"Write `{self.nearest}`", self.span, self.nearest) if self.nearest else None


class OtherLanguage(Rewritten):
    """``words`` of SQL, or a table written as SQL does, whose head is ``corrected``; ``edits`` write it as it
    is written here."""

    code: ClassVar[str] = "DG125"
    name: ClassVar[str] = "other-language"

    words: str
    advice: str = ""
    edits: tuple[Edit, ...] = ()

    def message(self) -> str:
        if self.advice:
            return f"`{self.words}` is SQL, not a word of this language"
        if self.words == "(":
            return "the columns of a table stand in `{ }`, not in `( )`"
        return f"`{self.words}` is SQL: here a table says how its rows are made"

    def help(self) -> str:
        if self.advice:
            return self.advice
        return write(self.corrected or "table users 100 { id int key }")

    def fix(self) -> Fix | None:
        return Fix("Write it so", self.edits) if self.edits else super().fix()


class IncompleteIf(Rewritten):
    """An ``if`` without ``else``, ``elif``, ``? :``."""

    code: ClassVar[str] = "DG126"
    name: ClassVar[str] = "incomplete-if"

    problem: str
    corrected: str = ""

    def message(self) -> str:
        match self.problem:
            case "else":
                return "this `if` has no `else`, so it has no value where the condition is false"
            case "then":
                return "this `if` has no `then`"
            case "{":
                return "the branches of an `if` stand after `then` and `else`, not in `{ }`"
            case "order":
                return "an `if` begins with its condition"
            case "?":
                return "there is no `? :`"
            case _:
                return f"there is no `{self.problem}`"

    def help(self) -> str:
        if self.corrected:
            return write(self.corrected)
        if self.problem in ("else", "then", "?"):
            return "write `if condition then value else other`; `other` may be `null` in a type with `?`"
        return "write `else if condition then value else other`, or use `match`"


class MisplacedModifier(Rewritten):
    """``unique``, ``key``, ``in``... after the value; ``corrected`` is the line with it before the ``=``."""

    code: ClassVar[str] = "DG127"
    name: ClassVar[str] = "misplaced-modifier"

    modifier: str
    corrected: str

    def message(self) -> str:
        return f"`{self.modifier}` stands before the `=`, next to the type"

    def help(self) -> str:
        return write(self.corrected) if self.corrected else "move it before the `=`"


class MissingSeparator(Diagnostic):
    """Two statements on one line without a comma; ``what`` is what they are."""

    code: ClassVar[str] = "DG128"
    name: ClassVar[str] = "missing-separator"

    what: str
    found: str
    comma: bool
    after: Span  # what stands before the place

    def message(self) -> str:
        if self.what == "item":
            return f"a comma is missing before {self.found}"
        return f"a {'comma or a ' if self.comma else ''}new line is missing before {self.found}"

    def label(self) -> str:
        return f"the next {self.what} begins here"

    def help(self) -> str:
        if self.what == "item":
            return "put a comma between them"
        return f"put each {self.what} on a line of its own{', or a comma between them' if self.comma else ''}"

    def fix(self) -> Fix | None:
        if not self.comma:
            return replacing("Begin a new line", self.span.at_start(), "\n")
        return replacing("Insert a comma", self.after.at_end(), ",")


class ExtraComma(Diagnostic):
    """A comma with nothing before it."""

    code: ClassVar[str] = "DG129"
    name: ClassVar[str] = "extra-comma"

    def message(self) -> str:
        return "nothing stands before this comma"

    def help(self) -> str:
        return "remove it, or write what is missing"

    def fix(self) -> Fix | None:
        return replacing("Remove the comma", self.span, "")


class NestingTooDeep(Diagnostic):
    """Brackets, operators or conditions within each other beyond the limit; ``chain``: operators in a row."""

    code: ClassVar[str] = "DG130"
    name: ClassVar[str] = "nesting-too-deep"

    limit: int
    chain: bool = False

    def message(self) -> str:
        if self.chain:
            return f"there are more than {self.limit} operators in a row"
        return f"this is nested more than {self.limit} levels deep"

    def help(self) -> str:
        return "give parts of it names: a hidden column holds what others use"


class MethodCall(Diagnostic):
    """``name.lower()``; ``corrected`` is the call as a function."""

    code: ClassVar[str] = "DG132"
    name: ClassVar[str] = "method-call"

    function: str
    corrected: str
    library: bool = False

    def message(self) -> str:
        if self.library:
            return "functions stand alone: there are no libraries to call them from"
        return f"functions are not called on a value: `{self.function}` takes it as its argument"

    def help(self) -> str:
        return write(self.corrected)

    def fix(self) -> Fix | None:
        return replacing(f"Write `{self.corrected}`", self.span, self.corrected)


class OpenRange(Diagnostic):
    """A range with an open end where both are needed."""

    code: ClassVar[str] = "DG133"
    name: ClassVar[str] = "open-range"

    text: str
    comparison: str = ""

    def message(self) -> str:
        return "this range needs both ends"

    def help(self) -> str:
        if self.comparison:
            return f"compare instead: `{self.comparison}`"
        bound = f"open ends bound a column, as in `in {self.text}`"
        return f"{bound}; a value is drawn from a range that ends, as in `1..5`"


class UnnamedCheck(Rewritten):
    """A check without a name."""

    code: ClassVar[str] = "DG134"
    name: ClassVar[str] = "unnamed-check"

    corrected: str
    lacks_colon: bool = False

    def message(self) -> str:
        if self.lacks_colon:
            return "a `:` is missing after the name of the check"
        return "a check has a name, by which reports call it"

    def help(self) -> str:
        return write(self.corrected)


class MisspeltWord(Diagnostic):
    """A line of a table whose first word is nearly one of the language; ``rest`` is the line after it."""

    code: ClassVar[str] = "DG145"
    name: ClassVar[str] = "misspelt-word"

    found: str
    meant: str
    rest: str

    def message(self) -> str:
        return f"`{self.found}` begins no line of a table"

    def label(self) -> str:
        return f"did you mean `{self.meant}`?"

    def help(self) -> str:
        return write(f"{self.meant}{self.rest}")

    def fix(self) -> Fix | None:
        return replacing(f"Write `{self.meant}`", self.span, self.meant)


class DirtForm(Rewritten):
    """A line that means to spoil rows, and is not written so."""

    code: ClassVar[str] = "DG149"
    name: ClassVar[str] = "dirt-form"

    corrected: str

    def message(self) -> str:
        return "rows are spoiled by a rule or a column, and how many"

    def help(self) -> str:
        return write(self.corrected)


class CoverForm(Rewritten):
    """A line that means to combine values, and is not written so."""

    code: ClassVar[str] = "DG148"
    name: ClassVar[str] = "cover-form"

    corrected: str

    def message(self) -> str:
        return "`cover` says how many columns are combined, and which"

    def help(self) -> str:
        return write(self.corrected)


class MissingBody(Diagnostic):
    """A declaration without its block."""

    code: ClassVar[str] = "DG135"
    name: ClassVar[str] = "missing-body"

    what: str
    subject: str

    def message(self) -> str:
        return f"{self.what} `{self.subject}` has no `{{ }}`"

    def help(self) -> str:
        inside = {
            "table": "id int key",
            "enum": "first, second",
            "dataset": "seed 42",
        }[self.what]
        return write(f"{self.what} {self.subject} {{ {inside} }}")


class ReferenceTarget(Diagnostic):
    """``-> users(id)`` or ``-> users.id``."""

    code: ClassVar[str] = "DG136"
    name: ClassVar[str] = "reference-target"

    table: str

    def message(self) -> str:
        return f"a reference names only the table: it always points to the key of `{self.table}`"

    def help(self) -> str:
        return write(f"-> {self.table}")

    def fix(self) -> Fix | None:
        return replacing("Remove it", self.span, "")


class EmptyHole(Diagnostic):
    """``{}`` in an f-string."""

    code: ClassVar[str] = "DG138"
    name: ClassVar[str] = "empty-hole"

    def message(self) -> str:
        return "there is no value between these braces"

    def help(self) -> str:
        return "write the column to show, as in `{name}`; for braces themselves write `{{ }}`"


class PatternBar(Diagnostic):
    """``"a" | "b" =>`` in a match, ``enum S { a | b }``."""

    code: ClassVar[str] = "DG139"
    name: ClassVar[str] = "pattern-bar"

    what: str
    others: tuple[Span, ...] = ()

    def message(self) -> str:
        return f"{self.what} are separated by commas; `|` draws one of several values"

    def help(self) -> str:
        return "write a comma" if not self.others else "write commas"

    def fix(self) -> Fix | None:
        return Fix("Write a comma", tuple(Edit(span, ",") for span in (self.span, *self.others)))


class NullRateOrder(Diagnostic):
    """``null 40%`` without a condition."""

    code: ClassVar[str] = "DG140"
    name: ClassVar[str] = "null-rate-order"

    rate: str
    word: str = "null"

    def message(self) -> str:
        return f"a rate that holds for every row stands before `{self.word}`"

    def help(self) -> str:
        return f"write `{self.rate} {self.word}`, or `{self.word} {self.rate} when condition`"

    def fix(self) -> Fix | None:
        return replacing(f"Write {self.rate} {self.word}", self.span, f"{self.rate} {self.word}")


class TooManyMistakes(Diagnostic):
    """Stands for all mistakes of a file that has hundreds; ``first`` are some of them."""

    code: ClassVar[str] = "DG141"
    name: ClassVar[str] = "too-many-mistakes"

    count: int
    lines: int
    first: tuple[Label, ...]

    def message(self) -> str:
        lines = f"{self.lines:_} line{'s' if self.lines != 1 else ''}"
        return f"there are {self.count:_} mistakes in the {lines} of this file"

    def label(self) -> str:
        return "the first is here"

    def labels(self) -> tuple[Label, ...]:
        return self.first

    def help(self) -> str:
        return "is this a .dgen file? If it is, correct the first ones and look again"


class WrongArrow(Diagnostic):
    """``"a": 1`` in a match, ``user_id => users`` in a table: `=>` and `->` mixed up or left out."""

    code: ClassVar[str] = "DG142"
    name: ClassVar[str] = "wrong-arrow"

    found: str
    meant: str
    others: tuple[Span, ...] = ()
    what: str = "a reference"

    def message(self) -> str:
        if self.meant == "->":
            return f"{self.what} is written with `->`, not with `{self.found}`"
        if self.meant == ":":
            return f"the value of an argument stands after `:`, not after `{self.found}`"
        return f"the value of an arm stands after `=>`, not after `{self.found}`"

    def help(self) -> str:
        return f"write `{self.meant}`"

    def fix(self) -> Fix | None:
        text = (
            f" {self.meant}" if self.found == ":" else f"{self.meant} " if self.meant == ":" else self.meant
        )
        return Fix(f"Write `{self.meant}`", tuple(Edit(span, text) for span in (self.span, *self.others)))


class MismatchedBracket(Diagnostic):
    """`(` closed by `]`, or the other way."""

    code: ClassVar[str] = "DG143"
    name: ClassVar[str] = "mismatched-bracket"

    bracket: str
    opening: Span

    @property
    def _closer(self) -> str:
        return "]" if self.bracket == ")" else ")"

    @property
    def _opener(self) -> str:
        return "[" if self.bracket == ")" else "("

    def message(self) -> str:
        return f"a `{self._opener}` is closed by `{self._closer}`, not by `{self.bracket}`"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.opening, "this one is open"),)

    def help(self) -> str:
        return f"write `{self._closer}`"

    def fix(self) -> Fix | None:
        return replacing(f"Write `{self._closer}`", self.span, self._closer)
