"""Items within quotes: files, locales, and the texts that an argument may be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from specdsl.functions.problems import FunctionProblem
from specdsl.functions.wordlists import DEFAULT_LOCALE, LOCALES, canonical_locale
from specdsl.ide.items import Item, ItemKind
from specdsl.ide.surroundings import Surroundings

_DATA = (".csv", ".tsv", ".parquet", ".arrow", ".json", ".jsonl", ".ndjson")
_COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
_MOST_ENTRIES = 2_000


def file_items(around: Surroundings, *endings: str) -> Iterator[Item]:
    """Files beside the document, below the folder that is typed already, whose names end so; without
    ``endings`` data files."""
    folder, _, _ = around.context.word.rpartition("/")
    here = Path(around.document.path)
    prefix = f"{folder}/" if folder else ""
    try:
        with os.scandir(here.parent / folder) as entries:
            listed = [(e.name, e.is_dir()) for e, _ in zip(entries, range(_MOST_ENTRIES), strict=False)]
    except (OSError, ValueError):
        return
    for order, (name, is_folder) in enumerate(sorted(listed)):
        if name.startswith("."):
            continue
        if is_folder:
            if not name.startswith("__"):
                text = f"{prefix}{name}/"
                yield Item(ItemKind.FOLDER, f"{name}/", text, rank=30, order=order, again=True)
        elif (name.endswith(endings) if endings else _is_data(name)) and (folder or name != here.name):
            yield Item(ItemKind.FILE, name, prefix + name, rank=10, order=order)


def _is_data(name: str) -> bool:
    lowered = name.lower()
    for ending in _COMPRESSED:
        lowered = lowered.removesuffix(ending)
    return lowered.endswith(_DATA)


def locale_items() -> Iterator[Item]:
    """Locales."""
    for order, locale in enumerate(LOCALES):
        yield Item(ItemKind.VALUE, locale, locale, "locale", rank=10, order=order)


def text_items(around: Surroundings) -> Iterator[Item]:
    """The texts that an argument, or what is compared with, may be."""
    context = around.context
    call = context.call
    if context.expected.kind == "path":
        for order, text in enumerate(around.known_values(context.expected.names)):
            if text.startswith('"'):
                yield Item(ItemKind.VALUE, text[1:-1], text[1:-1], rank=5, order=order)
    if call is None or context.expected.kind != "parameter":
        return
    if call.function in ("faker", "mimesis") and call.index == 0:
        yield from _provider_items(around, call.function)
        return
    function = around.functions.get(call.function)
    if function is None or not function.parameters:
        return
    parameter = next((p for p in function.parameters if p.name == call.parameter), None)
    if parameter is None and call.parameter is None:
        parameter = function.parameters[min(call.index, len(function.parameters) - 1)]
    if parameter is None:
        return
    if parameter.name == "zone":
        from specdsl.functions.zones import zone_names

        for order, zone in enumerate(sorted(zone_names())):
            rank = 10 if "/" in zone and not zone.startswith("Etc/") else 20
            yield Item(ItemKind.VALUE, zone, zone, "time zone", rank=rank, order=order)
    choices = parameter.choices
    if not choices and parameter.name == "country" and parameter.refuses is not None:
        codes = sorted({locale[-2:] for locale in LOCALES})
        choices = tuple(code for code in codes if parameter.refuses(code) is None)
    for order, choice in enumerate(choices):
        yield Item(ItemKind.VALUE, choice, choice, parameter.name, parameter.doc, rank=10, order=order)
    if call.function == "load" and parameter.name == "weight":
        for order, (name, dtype) in enumerate(around.types.pool_columns(context.owner).items()):
            yield Item(ItemKind.FIELD, name, name, str(dtype), rank=10, order=order)


def _provider_items(around: Surroundings, library: str) -> Iterator[Item]:
    from specdsl.functions.providers import provider_names

    locale = next((canonical_locale(w) for w in _locales_written(around) if canonical_locale(w)), None)
    try:
        names = provider_names(library, locale or DEFAULT_LOCALE)
    except (FunctionProblem, ImportError):
        return
    for order, name in enumerate(names):
        yield Item(
            ItemKind.VALUE,
            name,
            name,
            f"{library} provider",
            rank=10,
            order=order,
            about=("provider", library, name),
        )


def _locales_written(around: Surroundings) -> Iterator[str]:
    import re

    for section in around.document.sections:
        if section.kind == "dataset":
            yield from re.findall(r"\blocale[ \t]+\"([\w-]+)\"", section.text)
