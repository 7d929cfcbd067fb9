"""``specdsl completion``: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click

from specdsl.cli.options import command_line
from specdsl.cli.terminal import Terminal

_WHERE = {
    "bash": 'add to ~/.bashrc: eval "$(specdsl completion bash)"',
    "zsh": 'add to ~/.zshrc: eval "$(specdsl completion zsh)"',
    "fish": "write it to ~/.config/fish/completions/specdsl.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_WHERE)))
@command_line
def command(terminal: Terminal, shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: eval "$(specdsl completion bash)"      in ~/.bashrc
    zsh:  eval "$(specdsl completion zsh)"       in ~/.zshrc
    fish: specdsl completion fish > ~/.config/fish/completions/specdsl.fish
    """
    from click.shell_completion import get_completion_class

    from specdsl.cli.main import cli

    form = get_completion_class(shell)
    assert form is not None
    terminal.out(form(cli, {}, "specdsl", "_SPECDSL_COMPLETE").source().lstrip("\n") + "\n")
