"""The documents that references may lead into: given ones, files beside them, folders that were named.
Nothing is ever fetched from a network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from specdsl.files import FileProblem
from specdsl.importers.json_schema.document import Document, JsonProblem
from specdsl.importers.json_schema.walking import schemas
from specdsl.local_files.folders import read_text
from specdsl.source import SourceFile

_MOST_FILES = 5_000  # that a folder is searched through for identifiers


@dataclass(eq=False)
class Volume:
    """One document. ``path``: where it lies, '' for nowhere; ``targets``: pointers by identifier, and by
    identifier and anchor; ``resources``: the identifier that holds from each pointer on inwards."""

    document: Document
    path: str
    targets: dict[str, str] = field(default_factory=dict)
    resources: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resources[""] = ""
        self.targets.setdefault("", "")
        for schema, pointer in schemas(self.document.value):
            base = self.base(pointer)
            for word in ("$id", "id"):
                named = schema.get(word)
                if isinstance(named, str) and named:
                    uri, fragment = urldefrag(urljoin(base, named))
                    if fragment and not fragment.startswith("/"):
                        self.targets.setdefault(f"{uri}#{fragment}", pointer)
                    elif uri and (word == "$id" or not pointer):
                        self.resources[pointer] = base = uri
                        self.targets.setdefault(uri, pointer)
                    break
            for word in ("$anchor", "$dynamicAnchor"):
                if isinstance(schema.get(word), str):
                    self.targets.setdefault(f"{base}#{schema[word]}", pointer)

    def base(self, pointer: str) -> str:
        """The identifier that references at ``pointer`` are relative to."""
        return self.resources[self.resource(pointer)]

    def resource(self, pointer: str) -> str:
        """The pointer of the innermost part around ``pointer`` that has an identifier of its own."""
        while pointer and pointer not in self.resources:
            pointer = pointer.rpartition("/")[0]
        return pointer


class Damaged(Exception):
    """A source that is no JSON."""

    def __init__(self, source: SourceFile, problem: JsonProblem) -> None:
        super().__init__(problem.message)
        self.source = source
        self.problem = problem


def opened(source: SourceFile) -> Volume:
    """``source`` as a volume. Raises Damaged."""
    try:
        document = Document(source)
    except JsonProblem as problem:
        raise Damaged(source, problem) from None
    return Volume(document, "" if source.name in ("", "<stdin>") else source.name)


class Library:
    """The documents that are known, and the folders to look for others in. ``beside``: whether files that lie
    relative to one may be read, in the folders of those given and in the working folder; a document of
    somebody else must not get at more."""

    def __init__(self, given: Sequence[Volume], folders: Sequence[Path], *, beside: bool) -> None:
        self.volumes = list(given)
        self._folders = folders
        self._beside = beside
        self._near = (
            [Path.cwd(), *(Path(one.path).resolve().parent for one in given if one.path)] if beside else []
        )
        self._identified: dict[str, Path] | None = None

    def find(self, volume: Volume, pointer: str, written: str) -> tuple[Volume, str] | None:
        """The document and pointer that a reference at ``pointer`` of ``volume`` means, None where that is
        nowhere. Raises Damaged and FileProblem for a file that cannot be used."""
        uri, fragment = urldefrag(written)
        fragment = unquote(fragment)
        if not uri:
            return self._inside(volume, volume.base(pointer), volume.resource(pointer), fragment)
        full = urljoin(volume.base(pointer), uri)
        for one in self.volumes:
            if full in one.targets:
                return self._inside(one, full, one.targets[full], fragment)
        found = self._file(volume, uri) or self._alike(full) or self._in_folders(full)
        return None if found is None else self._inside(found, found.resources[""], "", fragment)

    def _inside(self, volume: Volume, base: str, start: str, fragment: str) -> tuple[Volume, str] | None:
        if not fragment or fragment.startswith("/"):
            return volume, start + fragment
        found = volume.targets.get(f"{base}#{fragment}")
        return None if found is None else (volume, found)

    def _file(self, volume: Volume, uri: str) -> Volume | None:
        if urlsplit(uri).scheme or not volume.path:
            return None
        path = os.path.normpath(Path(volume.path).parent / unquote(uri))
        known = next((v for v in self.volumes if v.path and os.path.normpath(v.path) == path), None)
        if known is not None or not self._beside or not Path(path).is_file():
            return known
        real = Path(path).resolve()
        return self._opened(path) if any(real.is_relative_to(one) for one in self._near) else None

    def _alike(self, full: str) -> Volume | None:
        """A given document whose path ends like the path of ``full``."""
        wanted = [p for p in PurePosixPath(unquote(urlsplit(full).path)).parts if p != "/"]
        for size in range(len(wanted), 0, -1):
            fit = [v for v in self.volumes if v.path and list(Path(v.path).parts[-size:]) == wanted[-size:]]
            if len(fit) == 1:
                return fit[0]
        return None

    def _in_folders(self, full: str) -> Volume | None:
        split = urlsplit(full)
        parts = [p for p in PurePosixPath(unquote(split.path)).parts if p not in ("/", "..")]
        tails = [[split.netloc, *parts]] if split.netloc else []
        tails += [parts[at:] for at in range(len(parts))]
        if self._folders and self._identified is None:
            self._identified = {uri: path for path, uri in self._named()}
        path = (self._identified or {}).get(full)
        if path is not None:
            return self._opened(str(path))
        for folder in self._folders:
            for tail in tails:
                for ending in ("", ".json", ".schema.json"):
                    file = folder.joinpath(*tail)
                    file = file.with_name(file.name + ending)
                    if file.is_file():
                        return self._opened(str(file))
        return None

    def _opened(self, path: str) -> Volume:
        for one in self.volumes:
            if one.path and os.path.normpath(one.path) == os.path.normpath(path):
                return one
        made = opened(SourceFile(path, read_text(path)))
        self.volumes.append(made)
        return made

    def _named(self) -> Iterator[tuple[Path, str]]:
        """The files of the folders that say which identifier they have."""
        for folder in self._folders:
            for file in sorted(folder.rglob("*.json"))[:_MOST_FILES]:
                try:
                    value: Any = json.loads(read_text(str(file)))
                except (ValueError, RecursionError, FileProblem):
                    continue  # a file that is not needed need not be JSON
                said = (value.get("$id") or value.get("id")) if isinstance(value, dict) else None
                if isinstance(said, str):
                    yield file, urldefrag(said)[0]
