"""What two builds must agree in for one to go on where the other stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from specdsl.building.manifest import Origin
from specdsl.check.moving import at_time
from specdsl.ir.expr import Call, Const, Moving, SourceValue
from specdsl.ir.model import Dataset, OverRange, Pool, SourceFileRows, Table
from specdsl.ir.walk import walk
from specdsl.randomness.streams import STREAM_VERSION
from specdsl.version import VERSION

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Hashed where they are set: specs without them keep their hash.
_MARKS = (
    *("absent", "bare", "cover", "database", "deletes", "digest", "dirt", "on_delete", "since", "stored"),
    *("targets", "updates", "variants"),
)
_LIBRARIES = ("mimesis",)  # whose word lists are drawn from


def origin(dataset: Dataset) -> Origin:
    """The origin of ``dataset``. Reads the data files that it names. Raises OSError."""
    return Origin(
        name=dataset.name,
        spec=spec_hash(dataset),
        seed=dataset.seed,
        now=(_EPOCH + timedelta(microseconds=dataset.now)).isoformat().replace("+00:00", "Z"),
        locale=dataset.locale,
        specdsl=VERSION,
        stream_version=STREAM_VERSION,
        data_versions=dict(_versions(dataset)),
        plugins={p.name: p.digest for p in dataset.plugins},
        edge=dataset.edge,
        stored=stored_rows(dataset),
    )


def spec_hash(dataset: Dataset) -> str:
    """A hash of all that decides values, except seed, edge rows and literal row counts. Raises OSError."""
    digest = hashlib.blake2b(digest_size=20, person=b"specdsl-spec")
    for piece in _pieces(dataset):
        data = piece.encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return f"blake2b:{digest.hexdigest()}"


def edition(dataset: Dataset) -> str:
    """A hash of all that decides values, except seed, row counts, growth and the clock. Raises OSError."""
    return spec_hash(at_time(dataset, 0))


def stored_rows(dataset: Dataset) -> dict[str, str]:
    """What was read of databases, by table: how many rows, their hash, and the columns that were taken."""
    found = {}
    for name, table in dataset.tables.items():
        source = table.source
        if source is not None and source.database:
            nodes = (node for column in table.columns.values() for node in walk(column.value))
            taken = ", ".join(dict.fromkeys(n.column for n in nodes if isinstance(n, SourceValue)))
            found[name] = f"{source.rows} rows, {source.digest}, of {taken}"
    return found


def data_files(dataset: Dataset) -> list[str]:
    """The paths of the data files that generating reads."""
    pools = [pool.path for pool in dataset.pools.values()]
    sources = [t.source for t in dataset.tables.values() if t.source is not None]
    return pools + [source.path for source in sources if not source.database]


def file_digest(path: str) -> str:
    """The hash of a data file's bytes. Raises OSError."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pieces(node: object) -> Iterator[str]:
    """``node`` as a sequence of texts that no other node gives."""
    match node:
        case SourceFileRows(database=database) if database:  # which rows it has, the origin says
            yield from _fields(node, {"path", "rows", "digest"})
        case Pool() | SourceFileRows():
            # Where a file lies does not matter, what is in it does.
            yield f"file {Path(node.path).name} {file_digest(node.path)}"
            yield from _fields(node, {"path"})
        case Moving():
            yield from _pieces(Const(node.type, node.nullable, node.value))
        case OverRange():
            yield from _fields(node, {"ends"})
        case Dataset():
            yield from _fields(node, {"doc", "seed", "edge", "per_batch"})
        case Table():
            yield f"literal {node.rows is not None}"
            yield from _fields(node, {"doc", "rows", "grows"})
        case Enum():
            yield f"{type(node).__name__} {node.value}"
        case Mapping():
            yield f"mapping {len(node)}"
            for key, value in node.items():
                yield from _pieces(key)
                yield from _pieces(value)
        case tuple() | list():
            yield f"sequence {len(node)}"
            for item in node:
                yield from _pieces(item)
        case _ if is_dataclass(node) and not isinstance(node, type):
            yield from _fields(node, {"doc"})
        case _:
            yield f"{type(node).__name__} {node!r}"


def _fields(node: object, left_out: set[str]) -> Iterator[str]:
    yield f"node {type(node).__name__}"
    for field in fields(node):  # type: ignore[arg-type]
        value = getattr(node, field.name)
        if field.name in left_out or (field.name in _MARKS and not value):
            continue
        yield field.name
        yield from _pieces(value)


def _versions(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """The versions of the libraries whose data this dataset draws."""
    for library in (*_LIBRARIES, *(("Faker",) if _calls(dataset, "faker") else ())):
        try:
            yield library, version(library)
        except PackageNotFoundError:
            continue


def _calls(dataset: Dataset, function: str) -> bool:
    """Whether some value of the dataset calls a function."""
    for table in dataset.tables.values():
        values = [*(c.value for c in table.columns.values()), *(g.value for g in table.groups)]
        if any(isinstance(e, Call) and e.function == function for value in values for e in walk(value)):
            return True
    return False
