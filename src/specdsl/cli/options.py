"""Options and arguments that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

import click

from specdsl.cli.terminal import Terminal
from specdsl.errors import ExitStatus, SpecdslError
from specdsl.sinks.names import meant

F = TypeVar("F", bound=Callable[..., Any])


def stop(status: int) -> NoReturn:
    """End the command, whose output is complete, with an exit status."""
    raise click.exceptions.Exit(status)


def command_line(function: F) -> F:
    """Give a command ``--quiet`` and ``--color`` and hand it its Terminal as first argument; a failure
    that the command raises, or Ctrl-C, is told there and becomes the exit status."""

    @click.option("-q", "--quiet", is_flag=True, help="Print only errors and what was asked for.")
    @click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colours; auto: on a terminal, unless NO_COLOR is set.",
    )
    @functools.wraps(function)
    def wrapper(*args: Any, quiet: bool, color: str, **kwargs: Any) -> Any:
        terminal = Terminal(color, quiet)
        try:
            return function(terminal, *args, **kwargs)
        except SpecdslError as failure:
            terminal.failure(failure)
            stop(failure.status)
        except KeyboardInterrupt:
            terminal.tell("interrupted")
            stop(ExitStatus.INTERRUPTED)

    return wrapper  # type: ignore[return-value]


class RowsAsked(NamedTuple):
    """A number of rows of a table (None: of all): with ``more`` besides those that are there."""

    table: str | None
    rows: int
    more: bool = False


class RowCount(click.ParamType[RowsAsked]):
    """``1000`` (every table with a literal count) or ``users=1000``; underscores as in a spec. With
    ``growing`` also ``users=+1000``."""

    name = "N|TABLE=N"

    def __init__(self, *, growing: bool = False) -> None:
        self._growing = growing
        if growing:
            self.name = "N|TABLE=N|TABLE=+N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> RowsAsked:
        if isinstance(value, RowsAsked):
            return value
        table, equals, number = str(value).rpartition("=")
        more = number.startswith("+")
        if more and not self._growing:
            self.fail(f"a number of rows has no sign: {value}", param, ctx)
        if more and not table:
            self.fail(f"which table is to grow? Such as orders={number}", param, ctx)
        try:
            count = int(number)
        except ValueError:
            self.fail(
                f"{value!r} is neither a number of rows nor TABLE=NUMBER, such as users=1000", param, ctx
            )
        if count < 0:
            self.fail(f"a number of rows cannot be negative: {value}", param, ctx)
        if equals and not table:
            self.fail(f"there is no table's name before the = of {value!r}", param, ctx)
        return RowsAsked(table or None, count, more)


class Moment(click.ParamType[int]):
    """A point in time, in microseconds: ``2025-06-01T12:00:00Z`` or ``2025-06-01``."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from datetime import UTC, datetime, timedelta

        if isinstance(value, int):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no point in time, such as 2025-06-01T12:00:00Z", param, ctx)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        return (found - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


class FormatOption(click.ParamType[tuple[str, str]]):
    """``KEY=VALUE``: an option of the format that is written; what there is the format knows."""

    name = "KEY=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not key or not equals:
            self.fail(f"{value!r} is not KEY=VALUE, such as header=false", param, ctx)
        return key, text


class FormatName(click.Choice[str]):
    """A format; for what people call it elsewhere, its name here."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            near = meant(str(value))
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(self.choices)}"
            self.fail(f"there is no format {value!r}; {hint}", param, ctx)
        return str(value)


class ChangesForm(click.Choice[str]):
    """A form of change records, which may be left out: then it must not be followed by the spec's name.
    ``offered``: those that are named to people, where a command refuses some with a reason."""

    def __init__(self, choices: Sequence[str], offered: Sequence[str] = ()) -> None:
        super().__init__(choices)
        self._offered = offered or choices

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            hint = f"there are {', '.join(self._offered)}"
            if str(value).endswith(".dgen"):
                hint = f"write `{value} --changes`, or `--changes {self.choices[0]} {value}`"
            self.fail(f"there is no form {value!r} of changes; {hint}", param, ctx)
        return str(value)


class Whole(click.IntRange):
    """A whole number in a range that help does not print: nobody needs to read 0 <= x <= 2**64."""

    def _describe_range(self) -> str:
        return ""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = click.INT.convert(value, param, ctx)
        if self.min is not None and number < self.min:
            self.fail(f"{number} is below {self.min:g}", param, ctx)
        if self.max is not None and number > self.max:
            self.fail(f"{number} is above {int(self.max)}", param, ctx)
        return number


class Scale(click.ParamType[float]):
    """A positive factor."""

    name = "X"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            factor = float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)
        if not 0 < factor < float("inf"):
            self.fail(f"the scale must be above 0, not {value}", param, ctx)
        return factor


class Share(click.ParamType[float]):
    """A share of the rows: ``10%``, above 0 and at most 100 %."""

    name = "N%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        number, percent, rest = str(value).strip().partition("%")
        try:
            share = float(number)
        except ValueError:
            share = None
        if share is None or rest:
            self.fail(f"{value!r} is not a share of the rows, such as 10%", param, ctx)
        if not 0 < share <= 100:
            self.fail(f"{value!r} is not a share above 0% and at most 100%: write 10%, say", param, ctx)
        if not percent:
            self.fail(f"{value!r} is not a share of the rows: write {share:g}%", param, ctx)
        return share / 100


SPEC = click.argument("spec", metavar="FILE", type=click.Path(readable=False))
"""The spec's file, or - for standard input; what is wrong with it is told by whoever reads it."""

SEED = click.option("--seed", type=Whole(0, 2**64 - 1), metavar="N", help="Instead of the dataset's seed.")
EDGE = click.option(
    "--edge",
    type=Share(),
    metavar="N%",
    default=0.0,
    help="So many rows of each table prefer boundary values: least, longest, null, rarest.",
)


class Folder(click.ParamType[str]):
    """A folder that is there."""

    name = "DIR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not Path(value).is_dir():
            self.fail(f"there is no folder `{value}`", param, ctx)
        return str(value)


ALLOW = click.option(
    "--allow", metavar="DIR", multiple=True, type=Folder(), help="Data files in DIR may be read too."
)
"""Specs read files in their own folder and nowhere else, unless the command line says so."""


class DatabaseAddress(click.ParamType[tuple[str, str]]):
    """``NAME=ADDRESS``: where a database is that a spec names."""

    name = "NAME=ADDRESS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        from specdsl.databases.addresses import parsed

        if isinstance(value, tuple):
            return value
        name, equals, address = str(value).partition("=")
        if not name or not equals or not address:
            self.fail("it is NAME=ADDRESS, such as shop=postgresql://user@host/shop", param, ctx)
        parsed(name, address)
        return name, address


DATABASE = click.option(
    "--database",
    "databases",
    type=DatabaseAddress(),
    multiple=True,
    help="Where a database is whose rows the spec takes; may be repeated.",
)
"""Specs name databases and know none: addresses, and who may ask, are the command line's."""

PLUGIN = click.option(
    "--plugin",
    "plugins",
    metavar="FILE|MODULE",
    multiple=True,
    help="Python functions for the spec: a .py file or a module; may be repeated. Its code is run.",
)
"""Functions of the user's own. A spec alone never has code run."""
