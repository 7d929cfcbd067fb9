"""DG2xx: names that nothing has, that two things have, or that mean something else; files that a
spec names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from specdsl.source import Span

_LISTED = 8


def listed(names: Sequence[str], empty: str = "none") -> str:
    """Names for a sentence: in backticks, at most a few of them."""
    if not names:
        return empty
    shown = ", ".join(f"`{n}`" for n in names[:_LISTED])
    return shown if len(names) <= _LISTED else f"{shown} and {len(names) - _LISTED} more"


class _Unknown(Diagnostic):
    """A name that nothing has, and the one that was likely meant."""

    written: str
    near: str | None = None
    known: tuple[str, ...] = ()
    corrected: str = ""

    def label(self) -> str:
        return f"did you mean `{self.near}`?" if self.near else "not known"

    def help(self) -> str:
        if self.near and self.corrected:
            return f"write {self.corrected}"
        return f"write `{self.near}`" if self.near else self.otherwise()

    def otherwise(self) -> str:
        """The help where no name is near."""
        return ""

    def fix(self) -> Fix | None:
        if self.near is None:
            return None
        return Fix(f"Change to `{self.near}`", (Edit(self.span, quoted(self.near)),))


def quoted(name: str) -> str:
    """A name as it is written: with backticks where it is not an identifier."""
    return name if name.isidentifier() else f"`{name}`"


class UnknownTable(_Unknown):
    """A name that no table has."""

    code: ClassVar[str] = "DG201"
    name: ClassVar[str] = "unknown-table"

    def message(self) -> str:
        return f"there is no table `{self.written}`"

    def otherwise(self) -> str:
        return f"the tables are {listed(self.known)}" if self.known else "no table is declared"


class UnknownColumn(_Unknown):
    """``owner`` says whose column it would be: "table `users`", "pool `Plans`"."""

    code: ClassVar[str] = "DG202"
    name: ClassVar[str] = "unknown-column"

    owner: str
    remedy: str = ""
    in_quotes: bool = False

    def message(self) -> str:
        return f"{self.owner} has no column `{self.written}`"

    def otherwise(self) -> str:
        if self.remedy:
            return self.remedy
        return f"its columns are {listed(self.known)}" if self.known else "it has no columns"

    def fix(self) -> Fix | None:
        if self.near is None or not self.in_quotes:
            return super().fix()
        return Fix(f"Change to `{self.near}`", (Edit(self.span, f'"{self.near}"'),))


class UnknownType(_Unknown):
    """A name that no type has."""

    code: ClassVar[str] = "DG203"
    name: ClassVar[str] = "unknown-type"

    def message(self) -> str:
        return f"there is no type `{self.written}`"

    def otherwise(self) -> str:
        return (
            "declare it with `type` or `enum`, or use one of the language's types, such as `int` or `string`"
        )


class UnknownFunction(_Unknown):
    """A name that no function has."""

    code: ClassVar[str] = "DG204"
    name: ClassVar[str] = "unknown-function"

    remedy: str = ""

    def message(self) -> str:
        return f"there is no function `{self.written}`"

    def otherwise(self) -> str:
        return (
            self.remedy
            or "`specdsl functions` lists the functions there are; one of your own needs `--plugin FILE.py`"
        )


class UnknownArgument(_Unknown):
    """A name that no argument of the function has."""

    code: ClassVar[str] = "DG205"
    name: ClassVar[str] = "unknown-argument"

    function: str

    def message(self) -> str:
        return f"`{self.function}` has no argument `{self.written}`"

    def otherwise(self) -> str:
        return f"its arguments are {listed(self.known)}" if self.known else "it takes no arguments"


class UnknownMember(_Unknown):
    """``as_string``: it was written in quotes."""

    code: ClassVar[str] = "DG206"
    name: ClassVar[str] = "unknown-member"

    enum: str
    as_string: bool = False

    def message(self) -> str:
        return f"enum `{self.enum}` has no member `{self.written}`"

    def otherwise(self) -> str:
        return f"its members are {listed(self.known)}"

    def fix(self) -> Fix | None:
        if self.near is None:
            return None
        text = '"' + self.near + '"' if self.as_string else quoted(self.near)
        return Fix(f"Change to `{self.near}`", (Edit(self.span, text),))


class UnknownPool(_Unknown):
    """A name that no pool has."""

    code: ClassVar[str] = "DG207"
    name: ClassVar[str] = "unknown-pool"

    def message(self) -> str:
        return f"there is no pool `{self.written}`"

    def otherwise(self) -> str:
        if self.known:
            return f"the pools are {listed(self.known)}"
        return f'declare it: `pool {quoted(self.written)} = load("file.csv")`'


class UnknownSetting(_Unknown):
    """A name that no setting has."""

    code: ClassVar[str] = "DG208"
    name: ClassVar[str] = "unknown-setting"

    def message(self) -> str:
        return f"a dataset has no setting `{self.written}`"

    def otherwise(self) -> str:
        return f"the settings are {listed(self.known)}"


class UnknownField(_Unknown):
    """A name that no field of the struct has."""

    code: ClassVar[str] = "DG209"
    name: ClassVar[str] = "unknown-field"

    struct: str

    def message(self) -> str:
        return f"{self.struct} has no field `{self.written}`"

    def otherwise(self) -> str:
        return f"its fields are {listed(self.known)}"


class DuplicateName(Diagnostic):
    """``what`` and ``first_what``: "table", "enum", "type", "pool"."""

    code: ClassVar[str] = "DG210"
    name: ClassVar[str] = "duplicate-name"

    written: str
    what: str
    first_what: str
    first: Span | None

    def message(self) -> str:
        if self.what == self.first_what:
            return f"{self.what} `{self.written}` is declared twice"
        article = "an" if self.first_what[0] in "aeiou" else "a"
        return f"{self.what} `{self.written}` has the name of {article} {self.first_what}"

    def label(self) -> str:
        return "declared again here" if self.first is not None else "a name of the language"

    def labels(self) -> tuple[Label, ...]:
        return () if self.first is None else (Label(self.first, "first declared here"),)

    def help(self) -> str:
        if self.first is None:
            return f"rename it, for example to `{self.written.capitalize()}`"
        return "rename one of them: tables, enums, types and pools share one set of names"


class DuplicateColumn(Diagnostic):
    """A second column of one name."""

    code: ClassVar[str] = "DG211"
    name: ClassVar[str] = "duplicate-column"

    written: str
    owner: str
    first: Span

    def message(self) -> str:
        return f"{self.owner} has two columns called `{self.written}`"

    def label(self) -> str:
        return "declared again here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "first declared here"),)

    def help(self) -> str:
        return f"rename one of them, for example to `{self.written}_2`"


class DuplicateMember(Diagnostic):
    """A member of an enum, a field of a struct: ``what`` says which, ``owner`` whose."""

    code: ClassVar[str] = "DG212"
    name: ClassVar[str] = "duplicate-member"

    written: str
    what: str
    owner: str
    first: Span

    def message(self) -> str:
        return f"{self.owner} has the {self.what} `{self.written}` twice"

    def label(self) -> str:
        return "again here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "first here"),)

    def help(self) -> str:
        return "remove one of them, or rename it"


class DuplicateSetting(Diagnostic):
    """A setting that is given twice."""

    code: ClassVar[str] = "DG213"
    name: ClassVar[str] = "duplicate-setting"

    written: str
    first: Span

    def message(self) -> str:
        return f"`{self.written}` is set twice"

    def label(self) -> str:
        return "set again here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "first set here"),)

    def help(self) -> str:
        return "remove the one that is not meant"


class DuplicateRule(Diagnostic):
    """``what``: "check `adult`", "the primary key", "unique (a, b)"."""

    code: ClassVar[str] = "DG214"
    name: ClassVar[str] = "duplicate-rule"

    what: str
    table: str
    first: Span
    remedy: str

    def message(self) -> str:
        return f"table `{self.table}` declares {self.what} twice"

    def label(self) -> str:
        return "declared again here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "first declared here"),)

    def help(self) -> str:
        return self.remedy


class DuplicateArgument(Diagnostic):
    """An argument that is given twice."""

    code: ClassVar[str] = "DG215"
    name: ClassVar[str] = "duplicate-argument"

    written: str
    function: str
    first: Span

    def message(self) -> str:
        return f"`{self.function}` gets its argument `{self.written}` twice"

    def label(self) -> str:
        return "given again here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "first given here"),)

    def help(self) -> str:
        return "leave one of them out"


class FileNotUsable(Diagnostic):
    """An import, a pool's file or a table's file. ``detail`` is one line of why."""

    code: ClassVar[str] = "DG216"
    name: ClassVar[str] = "file-not-usable"

    path: str
    problem: str
    detail: str
    remedy: str
    table: str = ""

    def message(self) -> str:
        if self.table:
            return f'there is no table `{self.table}` in "{self.path}"'
        reasons = {
            "missing": "does not exist",
            "unreadable": "cannot be read",
            "outside": "lies outside the folders that this spec may read",
            "not text": "is not UTF-8 text",
            "too large": "is too large",
            "malformed": "is malformed",
            "unknown format": "has a format that is not known",
            "empty": "is empty",
            "value": "has a value that fits no column",
        }
        return f'file "{self.path}" {reasons.get(self.problem, "cannot be used")}'

    def label(self) -> str:
        return "named here"

    def notes(self) -> tuple[str, ...]:
        return (self.detail,) if self.detail else ()

    def help(self) -> str:
        return self.remedy


class ImportCycle(Diagnostic):
    """``chain``: the files in the order in which they import each other, the first one again at the end."""

    code: ClassVar[str] = "DG217"
    name: ClassVar[str] = "import-cycle"

    chain: tuple[str, ...]

    def message(self) -> str:
        if len(self.chain) == 2:
            return f'file "{self.chain[0]}" imports itself'
        return f"these files import each other: {' -> '.join(self.chain)}"

    def label(self) -> str:
        return "this import closes the circle"

    def help(self) -> str:
        if len(self.chain) == 2:
            return "remove the import: what a file declares is known in it"
        return "move what they share into a third file and import that from both"


class RepeatedImport(Diagnostic):
    """A file that is imported twice by one file."""

    code: ClassVar[str] = "DG218"
    name: ClassVar[str] = "repeated-import"
    severity: ClassVar[Severity] = Severity.WARNING

    path: str
    first: Span

    def message(self) -> str:
        return f'"{self.path}" is imported twice'

    def label(self) -> str:
        return "imported again here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "first imported here"),)

    def help(self) -> str:
        return "remove this line"

    def fix(self) -> Fix | None:
        return Fix("Remove the import", (Edit(self.span, ""),))


class SecondDataset(Diagnostic):
    """A second dataset block."""

    code: ClassVar[str] = "DG219"
    name: ClassVar[str] = "second-dataset"

    written: str
    first: Span

    def message(self) -> str:
        return f"`dataset {self.written}` is the second dataset block; a spec has one"

    def label(self) -> str:
        return "another one here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first, "the first one"),)

    def help(self) -> str:
        return "keep the settings in one block, in the file that is built"


class NoCandidate(Diagnostic):
    """`.name` where there is no candidate row."""

    code: ClassVar[str] = "DG220"
    name: ClassVar[str] = "no-candidate"

    written: str
    column_exists: bool

    def message(self) -> str:
        return f"`.{self.written}` means a candidate row's column, and there is no candidate here"

    def label(self) -> str:
        return "only inside `where`, and in the count of `each`"

    def help(self) -> str:
        if self.column_exists:
            return f"without the point, `{quoted(self.written)}` is this row's column"
        return f"to read a parent's column, go through the reference: `parent_id.{quoted(self.written)}`"

    def fix(self) -> Fix | None:
        if not self.column_exists:
            return None
        return Fix(f"Use this row's `{self.written}`", (Edit(self.span, quoted(self.written)),))


class NotAReference(Diagnostic):
    """``base.name`` where ``base`` has nothing inside."""

    code: ClassVar[str] = "DG221"
    name: ClassVar[str] = "not-a-reference"

    base: str
    type: str
    wanted: str
    references: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.base}` is {self.type}, so there is no `.{self.wanted}` to follow"

    def label(self) -> str:
        return "neither a reference nor a struct"

    def help(self) -> str:
        if self.references:
            return f"a path goes through a reference: {listed(self.references)}"
        return f"declare a reference, such as `{quoted(self.base)} -> table`, to follow it"


class AmbiguousPath(Diagnostic):
    """A table refers to another by several references and an aggregate does not say which."""

    code: ClassVar[str] = "DG222"
    name: ClassVar[str] = "ambiguous-path"

    child: str
    parent: str
    references: tuple[tuple[str, Span], ...]
    corrected: str

    def message(self) -> str:
        names = " and ".join(f"`{n}`" for n, _ in self.references[:3])
        return f"table `{self.child}` refers to `{self.parent}` by {names}; which one is meant?"

    def label(self) -> str:
        return "can be read in several ways"

    def labels(self) -> tuple[Label, ...]:
        return tuple(Label(span, "one reference") for _, span in self.references)

    def help(self) -> str:
        return f"say which with `via`: {self.corrected}"


class NotAChild(Diagnostic):
    """An aggregate over a table that does not refer here."""

    code: ClassVar[str] = "DG223"
    name: ClassVar[str] = "not-a-child"

    child: str
    parent: str
    children: tuple[str, ...]

    def message(self) -> str:
        return f"table `{self.child}` has no reference to `{self.parent}`, so there are no rows to go over"

    def label(self) -> str:
        return f"does not refer to `{self.parent}`"

    def help(self) -> str:
        if self.children:
            return f"these tables refer to `{self.parent}`: {listed(self.children)}"
        return f"add a reference to `{self.child}`: `{self.parent}_id -> {quoted(self.parent)}`"


class NotAValue(Diagnostic):
    """The name of a table, type, pool, enum or function where a value is wanted."""

    code: ClassVar[str] = "DG224"
    name: ClassVar[str] = "not-a-value"

    written: str
    what: str
    remedy: str

    def message(self) -> str:
        return f"`{self.written}` is {self.what}, not a value"

    def label(self) -> str:
        return "a value is wanted here"

    def help(self) -> str:
        return self.remedy


class NothingDeclared(Diagnostic):
    """A file without a table, and without anything that another file could import."""

    code: ClassVar[str] = "DG226"
    name: ClassVar[str] = "nothing-declared"

    def message(self) -> str:
        return "this spec declares no table"

    def label(self) -> str:
        return "nothing here makes rows"

    def help(self) -> str:
        return "declare one, such as `table users 100 { id int key }`"


class QueryFails(Diagnostic):
    """A query that DuckDB refuses."""

    code: ClassVar[str] = "DG225"
    name: ClassVar[str] = "query-fails"

    table: str
    detail: str

    def message(self) -> str:
        return f"DuckDB cannot run the query of table `{self.table}`"

    def label(self) -> str:
        return "this query"

    def notes(self) -> tuple[str, ...]:
        return (self.detail,) if self.detail else ()

    def help(self) -> str:
        if self.detail.startswith("Permission Error"):
            return 'a query reads tables of the spec only; rows of a file are `table t from "file.csv"`'
        if "it reads itself" in self.detail or "in a circle" in self.detail:
            return "a query may read tables that do not come from it"
        if self.detail.endswith("every time"):
            return "a build gives the same data every time: let a column of a table draw what is random"
        if "SELECT" in self.detail:
            return "write one SELECT"
        if self.detail.startswith(("Catalog", "Parser", "Binder")):
            return "a query may read the other tables of the spec by their names"
        return "where single values are the trouble, `try_cast(x as int)` and `x / nullif(y, 0)` give null"


class NoColumns(Diagnostic):
    """A table without a column that is written."""

    code: ClassVar[str] = "DG227"
    name: ClassVar[str] = "no-columns"

    table: str
    hidden: int

    def message(self) -> str:
        if self.hidden:
            return f"all columns of table `{self.table}` are hidden, so that nothing of it is written"
        return f"table `{self.table}` has no columns"

    def label(self) -> str:
        return "no column to write"

    def help(self) -> str:
        if self.hidden:
            return "let one of them be written: remove its `hidden`"
        return "give it columns, such as `id int key`"
