"""What names mean: the symbols of a program, and the scope in which an expression is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from specdsl.check.nullness import NOTHING, Facts
from specdsl.check.spans import ColumnSpans, SpanTable
from specdsl.datatypes.types import UNKNOWN, DataType, Enum
from specdsl.diagnostics.model import Diagnostic, DiagnosticBag
from specdsl.files import Files
from specdsl.ir import expr as ir
from specdsl.ir.model import Bounds
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree


class OverridesLike(Protocol):
    """What the command line may replace (see ``specdsl.compiler.Overrides``)."""

    @property
    def seed(self) -> int | None: ...
    @property
    def now(self) -> int | None: ...
    @property
    def rows(self) -> Mapping[str, int]: ...
    @property
    def all_rows(self) -> int | None: ...
    @property
    def scale(self) -> float | None: ...
    @property
    def edge(self) -> float: ...


@dataclass(slots=True, eq=False)
class EnumSymbol:
    """A declared enum; ``shares`` total 1."""

    decl: tree.EnumDecl
    type: Enum
    shares: tuple[float, ...]


@dataclass(slots=True, eq=False)
class TypeSymbol:
    """A declared type. ``open`` while it is being resolved, to find types made from themselves;
    ``circular`` once that has been reported. ``opened_at``: the ``json_depth`` of the program when that
    began."""

    decl: tree.TypeDecl
    open: bool = False
    circular: bool = False
    opened_at: int = 0


@dataclass(slots=True, eq=False)
class PoolSymbol:
    """A pool. ``columns`` is None when its file could not be used (already reported)."""

    name: str
    span: Span
    path: str = ""
    columns: tuple[tuple[str, DataType, bool], ...] | None = None
    weight: str | None = None
    rows: int = 0

    @property
    def data_columns(self) -> tuple[tuple[str, DataType, bool], ...]:
        """The columns that may be drawn: all but the weight."""
        return tuple(c for c in self.columns or () if c[0] != self.weight)


@dataclass(slots=True, eq=False)
class ReferenceSymbol:
    """A reference. ``name`` is the name of its first column; ``target`` None when its table is unknown."""

    name: str
    columns: tuple[str, ...]
    decl: tree.ColumnDecl
    nullable: bool
    target: TableSymbol | None


@dataclass(slots=True, eq=False)
class ColumnSymbol:
    """A column. ``type`` is None until it is asked for (see ``Program.resolve``)."""

    name: str
    table: TableSymbol
    span: Span
    decl: tree.ColumnDecl | None = None
    index: int = 0
    type: DataType | None = None
    nullable: bool = False
    reference: ReferenceSymbol | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class TransitionSymbol:
    """A transition and the hidden column of its delay."""

    source: str
    decl: tree.Transition
    delay: str

    @property
    def target(self) -> str:
        return self.decl.target.text


@dataclass(slots=True, eq=False)
class LifecycleSymbol:
    """A lifecycle that is sound. ``states``: each after those that lead to it; ``times``: the column that has
    the time of each; ``enum``: the name of their enum. Hidden columns: ``start`` has the time of the first,
    ``until`` that after which nothing happens ("" for ``now``), ``ranks`` the numbers of further states where
    a table of events asks for them."""

    decl: tree.LifecycleDecl
    states: tuple[str, ...]
    times: dict[str, str]
    transitions: tuple[TransitionSymbol, ...]
    enum: str
    start: str
    until: str
    ranks: dict[str, str] = field(default_factory=dict)

    @property
    def hidden(self) -> frozenset[str]:
        """The columns that nobody wrote."""
        name = self.decl.name.text
        choices = (f"{name}: after {state}" for state in self.states)
        delays = (transition.delay for transition in self.transitions)
        return frozenset((self.start, self.until, *choices, *delays, *self.ranks.values()))


@dataclass(frozen=True, slots=True)
class Changing:
    """A column that keeps the value of the previous row of its group (by ``reference``) but where hidden
    column ``flag`` is true ("": it changes in every row)."""

    reference: str
    flag: str


@dataclass(slots=True, eq=False)
class HistorySymbol:
    """A history that is sound: its columns, the reference whose rows are versions, the declarations of the
    columns that change. ``prefix`` begins the names of hidden columns of the parent. ``unit``: the least
    length of a version, in microseconds."""

    decl: tree.HistoryDecl
    reference: tree.ColumnDecl
    parent: TableSymbol
    prefix: str
    unit: int
    tracked: tuple[tree.ColumnDecl, ...]
    most: int | None
    key: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.decl.name.text

    @property
    def valid_from(self) -> str:
        return f"{self.name}_from"

    @property
    def valid_to(self) -> str:
        return f"{self.name}_to"


@dataclass(slots=True, eq=False)
class RecordsSymbol:
    """A table of what was known of each version: the history, the table that has it, and the hidden columns'
    prefix there."""

    decl: tree.RecordedDecl
    history: HistorySymbol
    versions: TableSymbol
    reference: str
    prefix: str

    @property
    def name(self) -> str:
        return self.decl.name.text


@dataclass(slots=True, eq=False)
class TableSymbol:
    """A table.

    ``decl`` has columns in the place of lifecycles. ``groups``: the declarations of columns drawn together,
    in order. ``lifecycles``: by the name of the column that has the state. ``histories`` and ``records``: by
    their names; ``versions``: the histories of its own rows, ``recorded``: what is known of its versions.
    ``changing``: the columns that keep the value of the row before, groups by their first name; ``unlike``:
    those that are other values than such columns. ``made``: hidden columns that nobody wrote. ``told``: the
    columns that tell of a history, or of states that rows of another table enter. ``given``: the columns of
    the file or query that the rows come from. ``incomplete``: part of the table could not be read
    (already reported); ``nameless``: not even its name, so that an unknown name may be one of its columns.
    """

    name: str
    decl: tree.TableDecl
    columns: dict[str, ColumnSymbol] = field(default_factory=dict)
    references: dict[str, ReferenceSymbol] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    key_span: Span | None = None
    groups: list[tree.ColumnDecl] = field(default_factory=list)
    lifecycles: dict[str, LifecycleSymbol] = field(default_factory=dict)
    histories: dict[str, HistorySymbol] = field(default_factory=dict)
    records: dict[str, RecordsSymbol] = field(default_factory=dict)
    versions: list[HistorySymbol] = field(default_factory=list)
    recorded: list[RecordsSymbol] = field(default_factory=list)
    changing: dict[str, Changing] = field(default_factory=dict)
    unlike: dict[str, tuple[str, ...]] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    given: dict[str, tuple[DataType, bool]] = field(default_factory=dict)
    over_type: DataType | None = None
    locale: str = ""
    incomplete: bool = False
    nameless: bool = False

    @property
    def written(self) -> tuple[str, ...]:
        """The names of the columns, without those that nobody wrote."""
        hidden = self.made.union(*(made.hidden for made in self.lifecycles.values()))
        return tuple(c for c in self.columns if c not in hidden)

    def references_to(self, other: TableSymbol) -> list[ReferenceSymbol]:
        return [r for r in self.references.values() if r.target is other]


@dataclass(slots=True, eq=False)
class Program:
    """All that is declared, and where diagnostics go. ``incomplete``: some declaration could not be
    read (already reported), so that an unknown name may be one of those."""

    files: Files
    overrides: OverridesLike
    bag: DiagnosticBag
    sources: Mapping[str, SourceFile]
    spans: SpanTable = field(default_factory=SpanTable)
    enums: dict[str, EnumSymbol] = field(default_factory=dict)
    types: dict[str, TypeSymbol] = field(default_factory=dict)
    pools: dict[str, PoolSymbol] = field(default_factory=dict)
    tables: dict[str, TableSymbol] = field(default_factory=dict)
    incomplete: bool = False
    json_depth: int = 0  # how many types of JSON documents are being resolved, one in the other
    mismatches: set[tuple[Span, str]] = field(default_factory=set)
    """Which types were found wrong for which written type: several arms make one mistake."""
    seed: int = 0
    now: int = 0
    locale: str = "en_US"
    per_batch: int = 0
    resolve: Callable[[ColumnSymbol], None] = field(default=lambda _: None)
    plugins: Plugins = NO_PLUGINS
    """Fills in the type and nullability of a column."""

    def text(self, node: tree.Node | Span) -> str:
        """What was written there, '' where the text is not at hand."""
        span = node if isinstance(node, Span) else node.span
        source = self.sources.get(span.file)
        return source.slice(span) if source is not None else ""

    def line_with(self, span: Span, text: str) -> str:
        """The user's own line with ``text`` in place of ``span``, in backticks for a message; just
        ``text`` where the line is not at hand or would be too long."""
        source = self.sources.get(span.file)
        if source is not None:
            first, last = source.lines.position(span.start), source.lines.position(span.end)
            line = source.lines.line(first.line)
            if first.line == last.line:
                line = _before_comment(line[: first.column] + text + line[last.column :])
                line = " ".join(line.split())
                if len(line) <= 100:
                    return f"`{line}`"
        return f"`{text}`"


def _before_comment(line: str) -> str:
    """The line without a comment at its end (a ``#`` after white space and outside quotes)."""
    quoted = False
    for i, character in enumerate(line):
        if character == '"' and (i == 0 or line[i - 1] != "\\"):
            quoted = not quoted
        elif character == "#" and not quoted and (i == 0 or line[i - 1].isspace()):
            return line[:i].rstrip()
    return line


@dataclass(slots=True)
class Sites:
    """Numbers the draws of one column in the order of the text, and notes where they are."""

    spans: ColumnSpans | None = None
    count: int = 0

    def next(self, span: Span) -> int:
        site = self.count
        self.count += 1
        if self.spans is not None:
            self.spans.parts[f"site:{site}"] = span
        return site


@dataclass(slots=True)
class Scope(ABC):
    """Where an expression stands.

    ``table``: whose row is at hand (None: no columns are in reach, only constants and draws).
    ``candidate``: whose row ``.name`` means. ``root``: the whole value of the column, for forms that may
    stand only there. ``owner``: the column or rule being checked, for messages. ``facts``: what is known
    not to be null here. ``locale``: the one that the table names for itself, "" for the dataset's.
    ``fields``: what the columns of a group are called, or the names before their `as`. ``levels``: how deep
    the document that is drawn is in each type that holds itself, None outside of documents. ``ends``: the
    range of the column whose value this is.
    """

    program: Program
    table: TableSymbol | None
    sites: Sites
    candidate: TableSymbol | None = None
    root: tree.Expr | None = None
    owner: str = ""
    depth: int = 0
    facts: Facts = NOTHING
    locale: str = ""
    fields: tuple[tree.Name, ...] = ()
    levels: Mapping[str, int] | None = None
    ends: Bounds | None = None

    def report(self, diagnostic: Diagnostic) -> None:
        self.program.bag.add(diagnostic)

    def text(self, node: tree.Node | Span) -> str:
        return self.program.text(node)

    def with_candidate(self, candidate: TableSymbol | None) -> Self:
        return replace(self, candidate=candidate)

    def without_columns(self) -> Self:
        return replace(self, table=None, candidate=None)

    def knowing(self, facts: Facts) -> Self:
        return replace(self, facts=self.facts | facts) if facts else self

    @abstractmethod
    def infer(self, node: tree.Expr, hint: DataType | None = None) -> ir.Expr:
        """The typed form of ``node``. ``hint`` is the type that is hoped for: it decides what names of
        enum members, literals and ``null`` mean, but the result may have another type."""

    @abstractmethod
    def check(self, node: tree.Expr, target: DataType, origin: Origin | None = None) -> ir.Expr:
        """The typed form of ``node`` as a ``target``; a diagnostic and poison where it is none."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an expectation comes from. ``subject``: the name of what has the expected type; ``is_type``:
    the span is of a written type."""

    span: Span
    text: str
    subject: str = ""
    is_type: bool = False


def poison() -> ir.Expr:
    """Stands for what could not be checked; everything agrees with it."""
    return ir.Const(UNKNOWN, False, None)


def poisoned(*exprs: ir.Expr) -> bool:
    """Whether any of them could not be checked."""
    return any(e.type == UNKNOWN for e in exprs)
