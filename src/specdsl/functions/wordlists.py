"""The word lists of the locale library, read as data.

mimesis keeps a folder of JSON files for each locale. Reading those files instead of calling its providers
makes drawing vectorised and independent of its code: a list is loaded once and then addressed by number.
Lists are in the order of the file without repeats and without what has no place in data (``clean``). A
regional locale (``de_AT``) is laid over its language (``de``), as mimesis does; what a locale has no list
for comes from English.
``docs/decisions/locale-library.md`` tells why it is mimesis.
"""

from __future__ import annotations

import ast
import html
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from specdsl.functions.problems import FunctionProblem
from specdsl.vectors.vector import Data

_FALLBACK = "en"
_PLACEHOLDER = ["Test"]
"""What mimesis has where somebody meant to write a list."""
_COUNTRIES: Final = {
    "az": "AZ", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "en": "US", "es": "ES",
    "et": "EE", "fa": "IR", "fi": "FI", "fr": "FR", "hr": "HR", "hu": "HU", "is": "IS",
    "it": "IT", "ja": "JP", "kk": "KZ", "ko": "KR", "nl": "NL", "no": "NO", "pl": "PL",
    "pt": "PT", "ru": "RU", "sk": "SK", "sv": "SE", "tr": "TR", "uk": "UA", "zh": "CN",
}  # fmt: skip
_REGIONS: Final = (
    "ar_AE", "ar_DZ", "ar_EG", "ar_JO", "ar_KW", "ar_MA", "ar_OM",
    "ar_QA", "ar_SA", "ar_SY", "ar_TN", "ar_YE",
    "de_AT", "de_CH", "en_AU", "en_CA", "en_GB", "es_MX", "nl_BE", "pt_BR",
)  # fmt: skip

LOCALES: Final = tuple(sorted([*(f"{lang}_{country}" for lang, country in _COUNTRIES.items()), *_REGIONS]))
"""The locales that a dataset can name, as ``language_COUNTRY``. The language alone (``de``) means the
country listed first for it; ``-`` for ``_`` and any case are accepted."""

DEFAULT_LOCALE: Final = "en_US"


def canonical_locale(name: str) -> str | None:
    """The entry of ``LOCALES`` that ``name`` means, None if there is none."""
    parts = name.replace("-", "_").split("_")
    language = parts[0].lower()
    if len(parts) == 1:
        country = _COUNTRIES.get(language, "")
        if language == "ar":
            country = "EG"
    elif len(parts) == 2:
        country = parts[1].upper()
    else:
        return None
    found = f"{language}_{country}"
    return found if found in LOCALES else None


def country_of(locale: str) -> str:
    """The ISO 3166 code of a locale's country."""
    return (canonical_locale(locale) or DEFAULT_LOCALE)[-2:]


def data_versions() -> dict[str, str]:
    """The versions of the data that draws depend on, for a build's manifest."""
    from importlib.metadata import version  # slow to load, and only builds ask

    return {"mimesis": version("mimesis")}


@lru_cache(maxsize=1)
def _root() -> Path:
    from importlib.util import find_spec

    spec = find_spec("mimesis")  # finds the package without running it
    if spec is None or not spec.submodule_search_locations:
        raise FunctionProblem("the locale library `mimesis` is not installed", "reinstall specdsl")
    return Path(spec.submodule_search_locations[0]) / "datasets"


@lru_cache(maxsize=256)
def _file(folder: str, name: str) -> Mapping[str, Any]:
    path = _root() / folder / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


@lru_cache(maxsize=64)
def international(module: str, constant: str) -> Any:
    """A literal of mimesis's data that belongs to no locale (``datasets/int/<module>.py``), read without
    running the module."""
    tree = ast.parse((_root() / "int" / f"{module}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(isinstance(target, ast.Name) and target.id == constant for target in targets):
            assert isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
            return ast.literal_eval(node.value)
    raise FunctionProblem(f"the locale library has no `{constant}`: its version does not fit this specdsl")


def _folders(locale: str) -> tuple[str, ...]:
    """Most specific first."""
    found = canonical_locale(locale)
    if found is None:
        raise FunctionProblem(f"there is no locale `{locale}`", f"the locales are {', '.join(LOCALES)}")
    language, country = found.split("_")
    if _COUNTRIES.get(language) == country:
        return (language, _FALLBACK)
    return (f"{language}-{country.lower()}", language, _FALLBACK)


def _is_placeholder(found: Any) -> bool:
    parts = list(found.values()) if isinstance(found, dict) else [found]
    return all(part == _PLACEHOLDER for part in parts)


@lru_cache(maxsize=512)
def entry(locale: str, file: str, *path: str) -> Any:
    """What ``file`` has under ``path`` in the first of region, language and English that has it."""
    for folder in _folders(locale):
        found: Any = _file(folder, file)
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if found and not _is_placeholder(found):
            return MappingProxyType(found) if isinstance(found, dict) else found
    raise FunctionProblem(
        f"the locale library has no {file}/{'/'.join(path)}: its version does not fit this specdsl"
    )


@lru_cache(maxsize=512)
def words(locale: str, file: str, *path: str) -> tuple[str, ...]:
    """A list of strings: cleaned, without empty and repeated ones; of lists by sex, all of them."""
    found = entry(locale, file, *path)
    parts = found.values() if isinstance(found, Mapping) else [found]
    values = (clean(str(v)) for part in parts for v in part)
    return tuple(dict.fromkeys(v for v in values if v and v.lower() not in _UNWELCOME))


_ASIDE: Final = re.compile(r"\s+\([^()]*\)?$")
"""What stands in brackets at the end: `Hungarian name (name)`, `Some University (SU)`."""
_NOT_TEXT: Final = re.compile(r"<\w+>|INSERT INTO|[A-Za-z]\d{4,}[A-Za-z]")
"""Remains of the pages and scripts that the lists were made from."""
_EDGES: Final = ",;:*]\u00a8\u2018\u00a0 \t"
_UNWELCOME: Final = frozenset({
    "bloody", "breast", "breasts", "damn", "dildos", "fetish", "hell", "interracial", "naked", "pantyhose",
    "pee", "suicide", "terrorist", "thongs",
})  # fmt: skip
"""Words that nobody wants to meet in a screenshot."""


def clean(value: str) -> str:
    """An entry of the library as a person would write it; '' for what is no entry at all."""
    if _NOT_TEXT.search(value):
        return ""
    text = " ".join(html.unescape(value).replace("_", " ").split()).strip(_EDGES)
    return _ASIDE.sub("", text) or text


@lru_cache(maxsize=512)
def array(values: tuple[str, ...]) -> Data:
    """The values as a ``pa.StringArray``, made once."""
    from specdsl.vectors import strings

    made: Data = strings.from_python(values)
    return made
