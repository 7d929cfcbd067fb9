"""What a checkpoint knows of each batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from specdsl.records import record

if TYPE_CHECKING:
    from specdsl.generate.changed import TableChanges

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@record
class TableRows:
    """What a batch did to a table: it made the rows ``first .. first + rows - 1``, updated ``updates``
    earlier ones and deleted ``deletes``. ``sequence``: the numbers of the first insert, update and delete
    among all changes of the dataset."""

    first: int
    rows: int
    updates: int = 0
    deletes: int = 0
    sequence: tuple[int, int, int] = (0, 0, 0)

    @property
    def end(self) -> int:
        return self.first + self.rows


@record
class Batch:
    """One batch. ``number`` counts from 1, ``now`` is its clock in microseconds, ``spec`` names its spec,
    ``folder`` is where its files were written. ``tables`` has every table of the spec, those included that
    got no rows."""

    number: int
    now: int
    seed: int
    spec: str
    folder: str
    specdsl: str
    stream_version: int
    data_versions: Mapping[str, str]
    tables: Mapping[str, TableRows]

    @property
    def moment(self) -> str:
        """The clock, for people."""
        return moment(self.now)


@record
class StoredSpec:
    """The texts of a spec: ``main`` is the name of one of ``sources``, which are by path, relative to the
    folder of that one. ``data``: the hashes of the data files that it reads; ``plugins``: those of the
    plugins that it was checked with."""

    name: str
    main: str
    sources: Mapping[str, str]
    data: Mapping[str, str]
    plugins: Mapping[str, str]


@record
class Keys:
    """The keys of a table's new rows: ``path`` is a Parquet file with the columns ``k0``, ``k1``, ... and
    ``row``, the number of the row."""

    table: str
    columns: Sequence[str]
    path: Path


@record
class ChangedKeys:
    """The rows that a batch has changed: ``path`` is a Parquet file with the columns ``table_name``, ``row``,
    ``kind``, ``rule`` and ``draw``. Kinds are ``update``, ``delete`` and, of rows whose roll-ups were
    computed again, ``follow``: besides ``update`` where one sees it."""

    path: Path


class Known(Protocol):
    """What batches there are: those of a checkpoint, say."""

    @property
    def name(self) -> str:
        """Where they are known from, for people."""
        ...

    def batches(self) -> list[Batch]:
        """All of them, oldest first."""
        ...

    def dataset(self) -> str | None:
        """The name of the dataset; None as long as there is no batch."""
        ...

    def spec(self, spec: str) -> StoredSpec:
        """The texts of a spec that a batch was made with."""
        ...

    def changes(self) -> dict[str, TableChanges]:
        """What they have changed in rows of earlier ones, by table; batches are numbered from 0 in it."""
        ...


def moment(micros: int) -> str:
    """A point in time, as short as it can be written."""
    return (_EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def micros_of(text: str) -> int:
    """The point in time that ``moment`` has written."""
    return micros_between(datetime.fromisoformat(text))


def micros_between(time: datetime) -> int:
    """A point in time in microseconds; one without a zone is UTC."""
    known = time.replace(tzinfo=UTC) if time.tzinfo is None else time
    return (known - _EPOCH) // timedelta(microseconds=1)
