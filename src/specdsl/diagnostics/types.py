"""DG3xx: types, nulls, arguments, weights, patterns and the forms that a declaration may have."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.diagnostics.names import listed
from specdsl.source import Span


class _WithOrigin(Diagnostic):
    """A diagnostic that may point at where the expectation comes from."""

    origin: Span | None = None
    origin_text: str = ""
    remedy: str = ""

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.origin, self.origin_text),) if self.origin is not None else ()

    def help(self) -> str:
        return self.remedy


class TypeMismatch(_WithOrigin):
    """A value of a type that does not become the one that is wanted."""

    code: ClassVar[str] = "DG301"
    name: ClassVar[str] = "type-mismatch"

    wanted: str
    found: str
    subject: str = ""

    def message(self) -> str:
        if self.subject:
            return f"`{self.subject}` takes {article(self.wanted)}, and this is {article(self.found)}"
        return f"{article(self.wanted)} is wanted here, and this is {article(self.found)}"

    def label(self) -> str:
        return f"this is {article(self.found)}"


class OperatorTypes(_WithOrigin):
    """``left`` '' for an operator of one operand."""

    code: ClassVar[str] = "DG302"
    name: ClassVar[str] = "operator-types"

    op: str
    left: str
    right: str

    def message(self) -> str:
        if not self.left:
            return f"`{self.op}` does not apply to {article(self.right)}"
        return f"`{self.op}` does not apply to {article(self.left)} and {article(self.right)}"

    def label(self) -> str:
        return f"{self.left} {self.op} {self.right}".strip()


class NotComparable(_WithOrigin):
    """Two values that have nothing in common, or no order, are compared."""

    code: ClassVar[str] = "DG303"
    name: ClassVar[str] = "not-comparable"

    op: str
    left: str
    right: str

    def message(self) -> str:
        if self.left == self.right:
            return f"values of type {self.left} have no order for `{self.op}`"
        return f"{article(self.left)} cannot be compared with {article(self.right)}"

    def label(self) -> str:
        return f"{self.left} {self.op} {self.right}"


class ConditionNotBool(_WithOrigin):
    """``what``: "the condition of `if`", "a check", "`and`"."""

    code: ClassVar[str] = "DG304"
    name: ClassVar[str] = "condition-not-bool"

    what: str
    found: str

    def message(self) -> str:
        return f"{self.what} must be true or false, and this is {article(self.found)}"

    def label(self) -> str:
        return f"this is {article(self.found)}"


class ArgumentType(Diagnostic):
    """An argument of a type that its parameter does not take."""

    code: ClassVar[str] = "DG305"
    name: ClassVar[str] = "argument-type"

    function: str
    parameter: str
    wanted: str
    found: str
    signature: str
    remedy: str = ""

    def message(self) -> str:
        return (
            f"argument `{self.parameter}` of `{self.function}` takes {article(self.wanted)}, "
            f"and this is {article(self.found)}"
        )

    def label(self) -> str:
        return f"this is {article(self.found)}"

    def notes(self) -> tuple[str, ...]:
        return (f"the signature is {self.signature}",)

    def help(self) -> str:
        return self.remedy


class MissingArgument(Diagnostic):
    """An argument without a default is not given."""

    code: ClassVar[str] = "DG306"
    name: ClassVar[str] = "missing-argument"

    function: str
    parameter: str
    doc: str
    signature: str
    corrected: str

    def message(self) -> str:
        return f"`{self.function}` needs its argument `{self.parameter}`"

    def label(self) -> str:
        return f"no `{self.parameter}`" + (f": {self.doc}" if self.doc else "")

    def notes(self) -> tuple[str, ...]:
        return (f"the signature is {self.signature}",)

    def help(self) -> str:
        return f"write {self.corrected}"


class TooManyArguments(Diagnostic):
    """More arguments than the function has."""

    code: ClassVar[str] = "DG307"
    name: ClassVar[str] = "too-many-arguments"

    function: str
    takes: int
    given: int
    signature: str

    def message(self) -> str:
        takes = (
            "no arguments"
            if self.takes == 0
            else "1 argument"
            if self.takes == 1
            else f"{self.takes} arguments"
        )
        return f"`{self.function}` takes {takes}, and {self.given} are given"

    def label(self) -> str:
        return "one too many"

    def notes(self) -> tuple[str, ...]:
        return (f"the signature is {self.signature}",)

    def help(self) -> str:
        return "leave it out"


class NotConstant(Diagnostic):
    """``what``: "argument `start` of `sequence`", "the step of `over`"."""

    code: ClassVar[str] = "DG308"
    name: ClassVar[str] = "not-constant"

    what: str
    remedy: str = "write a number or a text that is the same in every row"
    mark: str = "this differs from row to row"

    def message(self) -> str:
        return f"{self.what} must be known before any row is made"

    def label(self) -> str:
        return self.mark

    def help(self) -> str:
        return self.remedy


class ArgumentOutOfRange(Diagnostic):
    """A constant outside of what its place allows."""

    code: ClassVar[str] = "DG309"
    name: ClassVar[str] = "argument-out-of-range"

    what: str
    found: str
    limit: str
    remedy: str = ""

    def message(self) -> str:
        return f"{self.what} must be {self.limit}, and it is {self.found}"

    def label(self) -> str:
        return f"must be {self.limit}"

    def help(self) -> str:
        return self.remedy


class ArgumentChoice(Diagnostic):
    """A text that is none of those allowed."""

    code: ClassVar[str] = "DG310"
    name: ClassVar[str] = "argument-choice"

    what: str
    found: str
    choices: tuple[str, ...]
    near: str | None

    def message(self) -> str:
        return f'{self.what} cannot be "{self.found}"'

    def label(self) -> str:
        return f'did you mean "{self.near}"?' if self.near else "not one of its values"

    def help(self) -> str:
        if self.near:
            return f'write "{self.near}"'
        shown = self.choices if len(self.choices) <= 80 else self.choices[:12]
        more = f" and {len(self.choices) - len(shown)} more" if len(shown) < len(self.choices) else ""
        return "it is one of " + ", ".join(f'"{c}"' for c in shown) + more

    def fix(self) -> Fix | None:
        if self.near is None:
            return None
        return Fix(f'Change to "{self.near}"', (Edit(self.span, f'"{self.near}"'),))


class ArgumentRefused(Diagnostic):
    """A text in a form that the function cannot read: an unknown time zone, a pattern with a mistake.
    ``reason`` is a clause that says why, ``remedy`` what would do."""

    code: ClassVar[str] = "DG345"
    name: ClassVar[str] = "argument-refused"

    what: str
    found: str
    reason: str
    remedy: str

    def message(self) -> str:
        return f'{self.what} cannot be "{self.found}": {self.reason}'

    def label(self) -> str:
        return "this text will not do"

    def help(self) -> str:
        return self.remedy


class NullNotAllowed(Diagnostic):
    """A value that may be null where null is not allowed. ``why`` says where the null comes from."""

    code: ClassVar[str] = "DG311"
    name: ClassVar[str] = "null-not-allowed"

    what: str
    why: str
    source: Span | None
    remedy: str

    def message(self) -> str:
        return f"{self.what} is never null, but its value can be"

    def label(self) -> str:
        return self.why or "null here"

    def labels(self) -> tuple[Label, ...]:
        return () if self.source is None else (Label(self.source, "a type without `?` is never null"),)

    def help(self) -> str:
        return self.remedy


class NullRateNeedsOptional(Diagnostic):
    """A rate of nulls after a type without `?`."""

    code: ClassVar[str] = "DG312"
    name: ClassVar[str] = "null-rate-needs-optional"

    column: str
    type_text: str
    insert_at: Span | None

    def message(self) -> str:
        return f"`{self.column}` has a rate of nulls but a type without `?`"

    def label(self) -> str:
        return "nulls are asked for here"

    def help(self) -> str:
        return f"make the type optional: `{self.type_text}?`"

    def fix(self) -> Fix | None:
        if self.insert_at is None:
            return None
        return Fix("Make the type optional", (Edit(self.insert_at, "?"),))


class NullAndAbsent(Diagnostic):
    """A value that can be absent, and null as well."""

    code: ClassVar[str] = "DG360"
    name: ClassVar[str] = "null-and-absent"

    column: str
    null: Span | None

    def message(self) -> str:
        return f"`{self.column}` can be absent, and cannot be null as well"

    def label(self) -> str:
        return "left out of JSON so often"

    def labels(self) -> tuple[Label, ...]:
        return () if self.null is None else (Label(self.null, "null is asked for here"),)

    def help(self) -> str:
        return (
            "an absent value is null to all but JSON: remove the `?` and the rate of nulls; or make the type "
            '`json`, in which `"null"` is a value'
        )


class BareRow(Diagnostic):
    """A bare column that is not the only one that is written."""

    code: ClassVar[str] = "DG361"
    name: ClassVar[str] = "bare-row"

    column: str
    others: tuple[str, ...]
    """The other written columns; none where ``column`` is hidden itself."""

    def message(self) -> str:
        if not self.others:
            return f"`{self.column}` is hidden, so that no row can be its value"
        verb = "is" if len(self.others) == 1 else "are"
        return f"a row cannot be `{self.column}` alone: {listed(self.others)} {verb} written too"

    def label(self) -> str:
        return "the row is to be this value"

    def help(self) -> str:
        if not self.others:
            return "remove one of the two marks"
        return "mark the other columns `hidden`, or remove `bare`"


class NoValue(Diagnostic):
    """A column whose type alone does not say what to draw."""

    code: ClassVar[str] = "DG313"
    name: ClassVar[str] = "no-value"

    column: str
    type: str
    corrected: str

    def message(self) -> str:
        return f"`{self.column}` does not say how {article(self.type)} is drawn"

    def label(self) -> str:
        return "no value"

    def help(self) -> str:
        return f"give it a value, such as {self.corrected}"


class WeightsTotal(Diagnostic):
    """``arithmetic``: "50% + 49% = 99%". ``open_arms``: how many arms have no weight. ``edits`` scale the
    weights to 100 %."""

    code: ClassVar[str] = "DG314"
    name: ClassVar[str] = "weights-total"

    what: str
    total: str
    arithmetic: str
    open_arms: int
    remedy: str
    edits: tuple[Edit, ...] = ()

    def message(self) -> str:
        if self.open_arms:
            return f"the weights of {self.what} total {self.total}%, which leaves nothing for the rest"
        return f"the weights of {self.what} total {self.total}%, not 100%"

    def label(self) -> str:
        return self.arithmetic

    def help(self) -> str:
        return self.remedy

    def fix(self) -> Fix | None:
        return Fix("Scale the weights to 100%", self.edits) if self.edits else None


class ZeroWeight(Diagnostic):
    """An arm that is never drawn."""

    code: ClassVar[str] = "DG315"
    name: ClassVar[str] = "zero-weight"

    what: str

    def message(self) -> str:
        return f"{self.what} has weight 0 and is never drawn"

    def label(self) -> str:
        return "never drawn"

    def help(self) -> str:
        return "remove it, or give it a weight above 0"


class BranchesDiffer(Diagnostic):
    """``what``: "the branches of `if`", "the arms of this choice", "the items of this list"."""

    code: ClassVar[str] = "DG316"
    name: ClassVar[str] = "branches-differ"

    what: str
    first: str
    second: str
    first_span: Span
    remedy: str = "give them one type"

    def message(self) -> str:
        return f"{self.what} have different types: {self.first} and {self.second}"

    def label(self) -> str:
        return f"this is {article(self.second)}"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first_span, f"this is {article(self.first)}"),)

    def help(self) -> str:
        return self.remedy


class MatchMisses(Diagnostic):
    """A `match` without an arm for some value; ``missing`` is empty where the values are not known."""

    code: ClassVar[str] = "DG317"
    name: ClassVar[str] = "match-misses"

    missing: tuple[str, ...]
    corrected: str

    def message(self) -> str:
        if not self.missing:
            return "this `match` needs an `else`, because its subject can have values that no arm names"
        return f"this `match` misses {listed(self.missing)}"

    def label(self) -> str:
        return "not every value has an arm"

    def help(self) -> str:
        return f"add {self.corrected}"


class UnreachableArm(Diagnostic):
    """An arm after one that takes its value."""

    code: ClassVar[str] = "DG318"
    name: ClassVar[str] = "unreachable-arm"

    what: str
    first: Span
    first_text: str

    def message(self) -> str:
        return f"{self.what} can never be reached"

    def label(self) -> str:
        return "never reached"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, self.first_text),)

    def help(self) -> str:
        return "remove it: the first arm that matches wins"


class BadPattern(Diagnostic):
    """A pattern that is no constant."""

    code: ClassVar[str] = "DG319"
    name: ClassVar[str] = "bad-pattern"

    why: str
    remedy: str

    def message(self) -> str:
        return f"a pattern of `match` {self.why}"

    def label(self) -> str:
        return "not a pattern"

    def help(self) -> str:
        return self.remedy


class BadRegex(Diagnostic):
    """A pattern that strings cannot be drawn from."""

    code: ClassVar[str] = "DG320"
    name: ClassVar[str] = "bad-regex"

    pattern: str
    why: str
    remedy: str = ""

    def message(self) -> str:
        return f"/{self.pattern}/ cannot be drawn from: {self.why}"

    def label(self) -> str:
        return self.why

    def help(self) -> str:
        return self.remedy


class BadFormatSpec(Diagnostic):
    """A format that does not fit the type of the value."""

    code: ClassVar[str] = "DG321"
    name: ClassVar[str] = "bad-format-spec"

    spec: str
    type: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"the format `:{self.spec}` does not fit {article(self.type)}: {self.why}"

    def label(self) -> str:
        return f"this is {article(self.type)}"

    def help(self) -> str:
        return self.remedy


class NotFormattable(Diagnostic):
    """A value without a text form in an f-string."""

    code: ClassVar[str] = "DG322"
    name: ClassVar[str] = "not-formattable"

    type: str
    remedy: str

    def message(self) -> str:
        return f"{article(self.type)} has no text form for an f-string"

    def label(self) -> str:
        return f"this is {article(self.type)}"

    def help(self) -> str:
        return self.remedy


class TypeArguments(Diagnostic):
    """A type with arguments that it does not take."""

    code: ClassVar[str] = "DG323"
    name: ClassVar[str] = "type-arguments"

    type: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"type `{self.type}` {self.why}"

    def label(self) -> str:
        return ""

    def help(self) -> str:
        return self.remedy


class ListSize(Diagnostic):
    """A list without a size, or with the wrong one."""

    code: ClassVar[str] = "DG324"
    name: ClassVar[str] = "list-size"

    why: str
    remedy: str

    def message(self) -> str:
        return self.why

    def help(self) -> str:
        return self.remedy


class TupleShape(Diagnostic):
    """A tuple with more or fewer values than there are names."""

    code: ClassVar[str] = "DG325"
    name: ClassVar[str] = "tuple-shape"

    what: str
    wanted: int
    found: int
    origin: Span | None = None
    remedy: str = ""

    def message(self) -> str:
        found = "a single value" if self.found == 1 else f"{self.found} values"
        wanted = "a single value" if self.wanted == 1 else f"{self.wanted} values"
        return f"{self.what} takes {wanted}, and this gives {found}"

    def label(self) -> str:
        return "a single value" if self.found == 1 else f"{self.found} values"

    def labels(self) -> tuple[Label, ...]:
        return () if self.origin is None else (Label(self.origin, f"{self.wanted} wanted here"),)

    def help(self) -> str:
        if self.remedy:
            return self.remedy
        if self.wanted == 1:
            return "name as many columns, in parentheses: `(a, b) = ...`"
        return "give each arm as many values as there are names: `(a, b) = (1, 2) | (3, 4)`"


class BadRange(Diagnostic):
    """A range that cannot be drawn from, or cannot bound what it is meant to bound."""

    code: ClassVar[str] = "DG326"
    name: ClassVar[str] = "bad-range"

    why: str
    remedy: str

    def message(self) -> str:
        return self.why

    def help(self) -> str:
        return self.remedy


class LiteralOutOfRange(Diagnostic):
    """A constant that does not fit its type."""

    code: ClassVar[str] = "DG327"
    name: ClassVar[str] = "literal-out-of-range"

    literal: str
    type: str
    limits: str

    def message(self) -> str:
        return f"{self.literal} does not fit {article(self.type)}"

    def label(self) -> str:
        return self.limits

    def help(self) -> str:
        return f"{self.type} holds {self.limits}" if self.limits else ""


class MisplacedModifier(Diagnostic):
    """``each`` on a plain column, ``max`` twice, ``key`` on a list..."""

    code: ClassVar[str] = "DG328"
    name: ClassVar[str] = "modifier-does-not-apply"

    modifier: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"`{self.modifier}` {self.why}"

    def label(self) -> str:
        return "not here"

    def help(self) -> str:
        return self.remedy


class NoKey(Diagnostic):
    """A reference to a table without a key. ``example`` is a key that would do."""

    code: ClassVar[str] = "DG329"
    name: ClassVar[str] = "no-key"

    table: str
    declared: Span | None
    example: str

    def message(self) -> str:
        return f"table `{self.table}` has no key, so nothing can refer to its rows"

    def label(self) -> str:
        return "refers to a table without a key"

    def labels(self) -> tuple[Label, ...]:
        return (
            () if self.declared is None else (Label(self.declared, "no column or columns here are its key"),)
        )

    def help(self) -> str:
        return f"mark a column of `{self.table}` as its key, for example `{self.example}`"


class KeyShape(Diagnostic):
    """A reference with more or fewer names than the key has columns."""

    code: ClassVar[str] = "DG330"
    name: ClassVar[str] = "key-shape"

    table: str
    key: tuple[str, ...]
    names: int
    declared: Span | None
    corrected: str

    def message(self) -> str:
        n = len(self.key)
        has = "one column" if n == 1 else f"{n} columns"
        given = "one name" if self.names == 1 else f"{self.names} names"
        return f"the key of `{self.table}` has {has}, and this reference gives {given}"

    def label(self) -> str:
        return "one name is wanted for each column of the key"

    def labels(self) -> tuple[Label, ...]:
        return () if self.declared is None else (Label(self.declared, f"the key: {listed(self.key)}"),)

    def help(self) -> str:
        return f"write {self.corrected}"


class SpecialForm(Diagnostic):
    """``pick``, ``load``, ``sql``, ``exact``, ``distinct``, ``split``, ``index_in`` used in a way that they
    do not have."""

    code: ClassVar[str] = "DG331"
    name: ClassVar[str] = "special-form"

    function: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"`{self.function}` {self.why}"

    def help(self) -> str:
        return self.remedy


class NoRowCount(Diagnostic):
    """A table without anything that says how many rows it has."""

    code: ClassVar[str] = "DG332"
    name: ClassVar[str] = "no-row-count"

    table: str
    corrected: str

    def message(self) -> str:
        return f"nothing says how many rows table `{self.table}` has"

    def label(self) -> str:
        return "no row count"

    def help(self) -> str:
        others = "or `each` after a reference, or `over` a range"
        return f"write a number after the name, `{self.corrected}`, {others}"


class RowCount(Diagnostic):
    """A row count, ``each`` or ``max`` that is not a number of rows."""

    code: ClassVar[str] = "DG333"
    name: ClassVar[str] = "row-count"

    why: str
    remedy: str

    def message(self) -> str:
        return self.why

    def help(self) -> str:
        return self.remedy


class SettingValue(Diagnostic):
    """A setting with a value of the wrong kind."""

    code: ClassVar[str] = "DG334"
    name: ClassVar[str] = "setting-value"

    setting: str
    wanted: str
    example: str

    def message(self) -> str:
        return f"`{self.setting}` takes {self.wanted}"

    def label(self) -> str:
        return f"not {self.wanted}"

    def help(self) -> str:
        return f"for example `{self.setting} {self.example}`"


class OverRangeForm(Diagnostic):
    """A range or step that `over` cannot go through."""

    code: ClassVar[str] = "DG335"
    name: ClassVar[str] = "over-range"

    why: str
    remedy: str

    def message(self) -> str:
        return self.why

    def help(self) -> str:
        return self.remedy


class ForestRoot(Diagnostic):
    """A self-reference without a row that may refer to nothing."""

    code: ClassVar[str] = "DG338"
    name: ClassVar[str] = "forest-root"

    reference: str
    table: str
    insert_at: Span
    corrected: str

    def message(self) -> str:
        return f"`{self.reference}` refers to its own table, so the first row has nothing to refer to"

    def label(self) -> str:
        return "is never null"

    def notes(self) -> tuple[str, ...]:
        return (f"rows of `{self.table}` refer to earlier rows, so that no circle can come about",)

    def help(self) -> str:
        return f"let it be null: {self.corrected}, or say how often, such as `20% null`"

    def fix(self) -> Fix | None:
        return Fix("Let the reference be null", (Edit(self.insert_at, "?"),))


class TypeCycle(Diagnostic):
    """Types, or columns without a written type, that are made from each other."""

    code: ClassVar[str] = "DG336"
    name: ClassVar[str] = "type-cycle"

    what: str
    chain: tuple[str, ...]
    remedy: str

    def message(self) -> str:
        return f"{self.what} is made from itself: {' -> '.join(self.chain)}"

    def label(self) -> str:
        return "the circle starts here"

    def help(self) -> str:
        return self.remedy


class AggregateType(Diagnostic):
    """A roll-up over values that it cannot take."""

    code: ClassVar[str] = "DG337"
    name: ClassVar[str] = "aggregate-type"

    function: str
    wanted: str
    found: str

    def message(self) -> str:
        return f"`{self.function}` goes over {self.wanted}, and this is {article(self.found)}"

    def label(self) -> str:
        return f"this is {article(self.found)}"

    def help(self) -> str:
        return "`count(...)` counts rows of any kind; `min`, `max`, `first` and `last` take what has an order"


class ProviderRefused(Diagnostic):
    """A provider of another library that is not there, not installed, or not repeatable. ``reason`` is a
    sentence, ``remedy`` what would do."""

    code: ClassVar[str] = "DG339"
    name: ClassVar[str] = "provider-refused"

    library: str
    reason: str
    remedy: str

    def message(self) -> str:
        return f"`{self.library}` cannot draw this: {self.reason}"

    def label(self) -> str:
        return "this provider"

    def help(self) -> str:
        return self.remedy


def article(type_name: str) -> str:
    """The name of a type with what a sentence needs before it."""
    if not type_name or type_name.startswith(("a ", "an ", "(")) or " or " in type_name:
        return type_name
    first = type_name[0].lower()
    if type_name in {"null", "true or false"}:
        return type_name
    if type_name.startswith(("uint", "uuid", "unknown")):
        return f"a {type_name}" if not type_name.startswith("unknown") else f"an {type_name}"
    return f"{'an' if first in 'aeio' else 'a'} {type_name}"


class ArgumentsDisagree(Diagnostic):
    """Constant arguments that make no sense together. ``problem`` says what is wrong with them."""

    code: ClassVar[str] = "DG340"
    name: ClassVar[str] = "arguments-disagree"

    function: str
    problem: str
    signature: str

    def message(self) -> str:
        return f"`{self.function}` cannot work with these arguments: {self.problem}"

    def label(self) -> str:
        return self.problem

    def help(self) -> str:
        return f"`specdsl functions {self.function}` shows how it is called: {self.signature}"
