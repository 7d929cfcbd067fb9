"""``specdsl``: the group of commands, and what becomes of every way that one can end.

Starting costs an import of click and nothing else: a command's module is imported when it is called.
"""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword

import click

import specdsl
from specdsl.cli.imports import do_without_haste, do_without_pandas, leave
from specdsl.errors import EnvironmentFailure, ExitStatus, SpecdslError

COMMANDS = {
    "new": "Write a small spec to start from.",
    "check": "Say what is wrong in specs.",
    "fmt": "Lay specs out in the one layout.",
    "preview": "Show a few rows of each table.",
    "build": "Make the data files, and check them.",
    "checkpoint": "Show or shorten what was built batch by batch.",
    "stream": "Send rows at a pace: to stdout, files, HTTP, brokers.",
    "verify": "Hold data that exists against a spec.",
    "import": "Make a spec of JSON Schemas, SQL or data files.",
    "diagram": "Draw tables and references, as Mermaid or SVG.",
    "export": "Describe rows: JSON Schema, SQL, Pydantic, TypeScript.",
    "convert": "Write one description as another, by the endings of their names.",
    "explain": "Explain a diagnostic by its code.",
    "functions": "Search the catalogue of functions.",
    "lsp": "Serve an editor (the language server protocol).",
    "completion": "Print a shell's completion script.",
}
"""Every command with the line that ``--help`` shows, without importing its module."""

BUG_STATUS = 70  # EX_SOFTWARE of sysexits.h


class LazyGroup(click.Group):
    """A group whose commands are modules of this package, imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"specdsl.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from specdsl.diagnostics.nearest import nearest

            near = nearest(name, COMMANDS)
            if near:
                hint = f"did you mean `{near}`?"
            elif name.endswith(".dgen"):
                hint = f"to look at a spec: specdsl preview {name}"
            else:
                hint = f"the commands are {', '.join(COMMANDS)}"
            raise SpecdslUsage(f"there is no command `{name}`", hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


class SpecdslUsage(click.ClickException):
    """A command line that cannot be understood, with what to do about it."""

    exit_code = ExitStatus.USAGE

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=True,
    epilog="specdsl COMMAND --help says more about one. Start with: specdsl new shop",
)
@click.version_option(specdsl.__version__, prog_name="specdsl", message="%(prog)s %(version)s")
def cli() -> None:
    """Related, checked data from one readable .dgen file."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit status. Never raises. Without ``arguments`` those of the process,
    which ends."""
    if arguments is not None:
        return _main(arguments)
    do_without_pandas()
    do_without_haste()
    status = _main(None)
    leave(status)
    return status


def _main(arguments: Sequence[str] | None) -> int:
    codecs.register_error("specdsl", _approximate)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a spec has names in every script, some terminals have one
            stream.reconfigure(errors="specdsl")
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return ExitStatus.DONE  # the reader has what it wanted
    except KeyboardInterrupt:
        return _interrupted()
    except OSError as error:  # flushing: `> /dev/full`
        return _fail(EnvironmentFailure(f"cannot write the output: {error.strerror or error}"))
    return status


_GLYPHS = str.maketrans("╭╮╰╯├┤┬┴┼─│━╸╺…✓✗", "+++++++++-|===.vx")


def _approximate(error: UnicodeError) -> tuple[str, int]:
    """What an encoding without them shows for the lines of tables; other characters as their escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_GLYPHS)
    return text.encode("ascii", "backslashreplace").decode("ascii"), error.end


def _run(arguments: Sequence[str] | None) -> int:
    try:
        status = cli.main(args=arguments, prog_name="specdsl", standalone_mode=False)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitStatus.USAGE
    except click.ClickException as error:
        return _usage(error)
    except SystemExit:
        # click ends so where nobody reads its output any more, with a stream of its own in place of stdout
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            raise BrokenPipeError from None
        raise
    except click.Abort:
        return _interrupted()
    except SpecdslError as error:
        return _fail(error)
    except OSError as error:
        named = f"`{error.filename}`: " if error.filename else "cannot write the output: "
        return _fail(EnvironmentFailure(f"{named}{error.strerror or error}"))
    except MemoryError:
        return _fail(EnvironmentFailure("there is not enough memory"))
    except Exception as error:  # noqa: BLE001 -- the one place where a bug becomes a message
        return _bug(error)
    return status if isinstance(status, int) else ExitStatus.DONE


def _fail(failure: SpecdslError) -> int:
    from specdsl.cli.terminal import Terminal

    _forget_stdout(only_if_broken=True)
    Terminal().failure(failure)
    return int(failure.status)


def _usage(error: click.ClickException) -> int:
    """A wrong command line in the form of every other failure."""
    from specdsl.errors import UsageError

    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, SpecdslUsage):
        return _fail(UsageError(error.message, error.help))
    help = ""
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option `{error.option_name}`"
        if error.possibilities:
            help = f"did you mean {' or '.join(f'`{p}`' for p in sorted(error.possibilities))}?"
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and not help:
        help = f"{context.get_usage().removeprefix('Usage: ')}; more: {context.command_path} --help"
    return _fail(UsageError(message[:1].lower() + message[1:], help))


def _interrupted() -> int:
    from specdsl.cli.terminal import Terminal

    Terminal().tell("interrupted")
    return ExitStatus.INTERRUPTED


def _bug(error: Exception) -> int:
    from specdsl.cli.terminal import Terminal

    terminal = Terminal()
    if os.environ.get("SPECDSL_DEBUG"):
        import traceback

        terminal.tell("".join(traceback.format_exception(error)).rstrip())
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    at = f" ({where.tb_frame.f_globals.get('__name__')}:{where.tb_lineno})" if where else ""
    told = " ".join(str(error).split())[:200]
    terminal.tell(
        f"{terminal.style('error', fg='red', bold=True)}: this is a bug in specdsl: "
        f"{type(error).__name__}: {told}{at}\n"
        f"  {terminal.style('help', fg='green', bold=True)}: please open an issue with the command, the spec "
        f"and the version ({specdsl.__version__}); SPECDSL_DEBUG=1 shows where it happened"
    )
    return BUG_STATUS


def _forget_stdout(*, only_if_broken: bool = False) -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not fail too."""
    if only_if_broken:
        try:
            sys.stdout.flush()
        except OSError:
            pass
        else:
            return
    from specdsl.cli.terminal import forget

    forget(sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
