"""The form that a build's files have: format, compression and the format's options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from specdsl.building.options import BuildOptions
from specdsl.errors import UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import Sink, WriteOptions
from specdsl.sinks.compression import LEVEL, require_level
from specdsl.sinks.container import Container
from specdsl.sinks.names import meant
from specdsl.sinks.options import Options, resolve
from specdsl.sinks.registry import CONTAINERS, FORMATS, SINKS
from specdsl.sinks.sizes import row_values


@dataclass(frozen=True, slots=True)
class Form:
    """``values``: the options that differ from the format's defaults; ``of_changes``: likewise those of the
    form of change records."""

    format: Sink | Container
    compression: str
    values: Mapping[str, Any]
    of_changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.format.name

    @property
    def container(self) -> Container | None:
        return CONTAINERS.get(self.name)

    @property
    def sink(self) -> Sink | None:
        return SINKS.get(self.name)

    @property
    def extension(self) -> str:
        return self.format.extension(self.compression)

    def write_options(self, dataset: Dataset, table: str) -> WriteOptions:
        """How one table's files are written."""
        metadata = (("specdsl.table", table), ("description", dataset.tables[table].doc))
        columns = dataset.tables[table].columns.values()
        size = row_values(column.type for column in columns if not column.hidden)
        types = {column.name: column.type for column in columns}
        return WriteOptions(self.compression, metadata, self.values, size, types)


def form_of(options: BuildOptions) -> Form:
    """The form that a build asks for. Raises UsageError for what there is not."""
    form = form_named(options.format, options.compression, options.values, options.changes)
    if options.files < 1:
        raise UsageError(f"a table is split into at least 1 file, not {options.files}")
    if options.files > 1 and form.name in CONTAINERS:
        raise UsageError(f"{form.name} is not split into files of rows", "leave out --files")
    return form


def form_named(
    name: str, compression: str | None, given: Iterable[tuple[str, str]], changes: str | None = None
) -> Form:
    """The form of format ``name``, compressed by ``compression`` (None: the format's default), with the
    options ``given`` as texts, which may be some of the form of ``changes``. Raises UsageError for what there
    is not."""
    form = FORMATS.get(name)
    if form is None:
        near = meant(name)
        hint = f"did you mean `{near}`?" if near else f"one of: {', '.join(FORMATS)}"
        raise UsageError(f"there is no format `{name}`", hint)
    packed = compression or form.compressions[0]
    if packed not in form.compressions:
        raise UsageError(
            f"{form.name} cannot be compressed by `{packed}`", f"one of: {', '.join(form.compressions)}"
        )
    own = {} if changes is None else _options_of(changes)
    pairs = list(given)
    of_changes = resolve(f"--changes {changes}", own, [pair for pair in pairs if pair[0] in own])
    rest = [pair for pair in pairs if pair[0] not in own]
    values = resolve(form.name, {**form.options, **own}, rest)
    require_level(packed, values.get(LEVEL.name) if LEVEL.name in form.options else None)
    form.require()
    return Form(form, packed, values, of_changes)


def _options_of(changes: str) -> Options:
    """The options of a form of change records, none where there is no such form."""
    from specdsl.changes.formats.registry import change_format
    from specdsl.changes.names import CHANGE_FORMS

    return change_format(changes).options if changes in CHANGE_FORMS else {}
