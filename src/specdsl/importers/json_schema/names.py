"""Sets of names that members of an object may have, to draw from and to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specdsl.importers.emit import string_text
from specdsl.importers.json_schema.breaking import listed
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.model import Scalar
from specdsl.importers.patterns import as_python, candidates, drawable, literal, spread
from specdsl.randomness.regex_syntax import RegexProblem
from specdsl.randomness.regexset import RegexSet

_SAMPLES = 60
_FREE = (
    "[a-z]{3,8}",
    "[a-z]{1,2}",
    "[A-Z][a-z]{2,8}",
    "[a-z]{9,20}",
    "[0-9]{1,4}",
    "key_[0-9]{1,3}",
    "[A-Z_]{3,8}",
)


@dataclass(frozen=True, slots=True)
class Names:
    """Names drawn from ``strings`` or, where that is None, chosen from ``listed``."""

    strings: RegexSet | None
    listed: tuple[str, ...] = ()

    @classmethod
    def of_pattern(cls, pattern: str, part: Part) -> Names:
        """Names that ``pattern`` matches."""
        try:
            searching = as_python(pattern)
            if searching.search("") and searching.search("key_1") and searching.search("Az09"):
                return cls(drawable("[a-z]{3,8}", 1, 40))
            found = cls(drawable(pattern, 1, 40))
            if all(searching.search(name) for name in found.samples()):
                return found
        except RegexProblem:
            pass
        kept = tuple(candidates(pattern))
        if not kept:
            raise Refused("pattern", part.pointer, "no name was found that it matches", pattern=pattern)
        return cls(None, kept)

    @classmethod
    def satisfying(cls, parts: Sequence[Part], resources: Resources) -> Names:
        """Names that satisfy all of ``parts``, as far as samples show."""
        found: list[str] = []
        for part in parts:
            if isinstance(part.schema, dict):
                found += [n for n in listed(part.schema) or () if isinstance(n, str)]
                if isinstance(part.schema.get("pattern"), str):
                    made = cls.of_pattern(part.schema["pattern"], part)
                    if all(resources.valid_for_all(parts, name) for name in made.samples()):
                        return made
                    found += made.samples()
        for pattern in _FREE:
            made = cls(drawable(pattern, 1, 40))
            if all(resources.valid_for_all(parts, name) for name in made.samples()):
                return made
            found += made.samples()
        found += ["a" * size for size in (1, 2, 3, 5, 8, 13, 21, 40)] + [""]
        return cls(None, tuple(dict.fromkeys(n for n in found if resources.valid_for_all(parts, n))))

    def only(self, names: Sequence[str]) -> Names:
        """Just ``names``, which are some of these."""
        return Names(None, tuple(dict.fromkeys(names)))

    def samples(self) -> list[str]:
        """Some of the names, or all."""
        if self.strings is None:
            return list(self.listed[:_SAMPLES])
        return spread(self.strings, _SAMPLES)

    def count(self) -> int:
        """How many different names there are at least."""
        if self.strings is None:
            return len(self.listed)
        return int(min(self.strings.size, 10**6)) if self.strings.distinct else 1

    def scalar(self) -> Scalar:
        """What draws them."""
        if self.strings is not None:
            return Scalar("string", literal(self.strings.pattern), self.count())
        return Scalar("string", " | ".join(map(string_text, self.listed[:_SAMPLES])), self.count())


def matches(pattern: str, name: str, part: Part) -> bool:
    """Whether ``pattern`` matches somewhere in ``name``. Raises Refused where the pattern cannot be read."""
    try:
        return as_python(pattern).search(name) is not None
    except RegexProblem as problem:
        raise Refused("pattern", part.pointer, problem.message, pattern=pattern) from None
