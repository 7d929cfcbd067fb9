"""One column as a field of the spec: its type, its values, whether it is a key, how often it is null."""

from __future__ import annotations

import duckdb

from specdsl.functions.registry import FUNCTIONS
from specdsl.importers.model import Field, Mark, Scalar
from specdsl.importers.propernames import snake
from specdsl.importers.samples import nested, numbers, texts, times
from specdsl.importers.samples.derived import Derived
from specdsl.importers.samples.draft import Drawn
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.wording import choice, number, outward, percent, rows, shares

_DENSE = 1.02
"""Whole numbers are numbered through where their range has hardly more of them than there are."""


def known(call: str) -> bool:
    """Whether a call such as ``email()`` is of a function of the language."""
    return call.split("(", maxsplit=1)[0] in FUNCTIONS


class Columns:
    """Decides on columns. ``private``: no value of the data may be seen in the spec."""

    def __init__(self, database: duckdb.DuckDBPyConnection, *, private: bool) -> None:
        self._database = database
        self._private = private

    def drawn(self, profile: Profile) -> Drawn | None:
        """How the values of a column are drawn, None where the language has no type for them."""
        if numbers.is_number(profile) and profile.filled:
            return numbers.drawn(profile, private=self._private)
        if times.time_type(profile) and profile.filled:
            return times.drawn(profile, private=self._private)
        match profile.kind:
            case "varchar":
                return texts.drawn(profile, known, private=self._private)
            case "boolean" if profile.filled:
                return _truth(profile)
            case "uuid":
                return Drawn(
                    "uuid", comment=f"{profile.distinct:,} values in {rows(profile.filled)}", many=1 << 62
                )
            case "struct" | "list" if profile.filled:
                return nested.drawn(self._database, profile, self.drawn)
        if profile.filled == 0:
            type = (
                numbers.number_type(profile)
                if numbers.is_number(profile)
                else times.time_type(profile) or "string"
            )
            return Drawn(type, "null", comment=f"never there in {rows(profile.count)}")
        return None

    def field(self, profile: Profile, siblings: frozenset[str], *, key: bool) -> Field | None:
        """A column that neither refers nor follows from others, None where it cannot be carried."""
        made = self.drawn(profile)
        if made is None:
            return None
        mark, comment = Mark.NONE, made.comment
        wanted = key or _worth_unique(profile)
        if wanted and (other := self._distinct(profile, made, siblings, key=key)) is not None:
            made, mark = other, Mark.KEY if key else Mark.UNIQUE
            comment = made.comment
        comment = "; ".join(part for part in (comment, self._note(profile), _nulls(profile)) if part)
        form = made.form or Scalar(made.type, made.value)
        share = percent(profile.nulls, profile.count, 2) if profile.nulls else "10%"
        nullable = profile.nulls > 0
        return Field(
            profile.name,
            form,
            nullable,
            "",
            (comment,),
            made.within,
            mark,
            made.value != "null",
            null_share=share,
        )

    def derived(self, profile: Profile, one: Derived) -> Field | None:
        """A column that follows from others."""
        made = self.drawn(profile)
        if made is None or made.form is not None:
            return None
        own = profile.nulls > 0 and bool(one.condition)
        share = percent(profile.nulls, profile.count, 2)
        comment = "; ".join(part for part in (one.comment, self._note(profile), _nulls(profile)) if part)
        return Field(
            profile.name,
            Scalar(made.type, one.value),
            profile.nulls > 0,
            "",
            (comment,),
            nulls=own,
            null_share=share,
        )

    def _note(self, profile: Profile) -> str:
        """How the texts are written in the file; of truth values that would tell the texts."""
        return "" if self._private and profile.kind == "boolean" else profile.note

    def _distinct(
        self, profile: Profile, made: Drawn, siblings: frozenset[str], *, key: bool
    ) -> Drawn | None:
        """The same column so that no value comes twice, None where that cannot be had. ``key``: it must be
        had, and be it with texts of another form."""
        seen = f"{rows(profile.filled)}, each with its own"
        if numbers.is_whole(profile):
            room = profile.high - profile.low + 1
            if room <= profile.count * _DENSE + 1:
                start = 1 if self._private else profile.low
                said = f"{seen}, without gaps" if room == profile.count else seen
                return Drawn(made.type, f"sequence(start: {number(start)})", comment=said)
            low, high = profile.low, profile.high
            if self._private:
                low, high = int(outward(low, up=False)), int(outward(high, up=True))
            return Drawn(made.type, f"{number(low)}..{number(high)}", comment=seen)
        if profile.kind == "uuid":
            return Drawn("uuid", comment=seen)
        if profile.kind == "date" and (profile.high - profile.low).days + 1 >= profile.count:
            low, high = times.ends_of(profile, private=self._private)
            return Drawn("date", f"{times.point(low)} .. {times.point(high)}", comment=seen)
        if profile.kind != "varchar":
            return None
        if made.value == "email()":
            who = "{user_name()}{row}"
            if {"first", "last"} <= siblings:
                who = "{lower(first)}.{lower(last)}{row}"
            elif {"first_name", "last_name"} <= siblings:
                who = "{lower(first_name)}.{lower(last_name)}{row}"
            return Drawn("string", f'f"{who}@example.com"', comment=f"{seen}, addresses of mail")
        if made.many >= profile.count and made.value.startswith("/"):
            return Drawn("string", made.value, comment=f"{seen}, all of this shape", many=made.many)
        if not key:
            return None
        name = snake(profile.name) or "value"
        return Drawn(
            "string", f'f"{name}-{{row + 1}}"', comment=f"{seen}; numbered, as their form is not known"
        )


def _worth_unique(profile: Profile) -> bool:
    """Whether a column besides the key is unique by more than chance: a code, an address, an identifier."""
    if profile.nulls or not profile.unique or profile.count < 50:
        return False
    if profile.kind == "varchar":
        return all(" " not in v for v in profile.values[:200])
    return numbers.is_whole(profile) and profile.high - profile.low < 20 * profile.count


def _truth(profile: Profile) -> Drawn:
    weights = shares([n for _, n in profile.top])
    literals = ["true" if v else "false" for v, _ in profile.top]
    yes = sum(n for v, n in profile.top if v)
    said = f"true in {percent(yes, profile.filled)} of {rows(profile.filled)}"
    value = choice(literals, weights) if len(literals) > 1 else literals[0]
    return Drawn("bool", value, comment=said)


def _nulls(profile: Profile) -> str:
    return f"{profile.nulls:,} are null" if 0 < profile.nulls < profile.count else ""
