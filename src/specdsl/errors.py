"""Failures that are not diagnostics of a spec: one line for people, what to do, and an exit status."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a process of specdsl ends with."""

    DONE = 0
    WRONG = 1  # the spec or the data is wrong
    USAGE = 2  # the command line is wrong
    ENVIRONMENT = 3  # disk, network, permission
    INTERRUPTED = 130


class SpecdslError(Exception):
    """Base of the failures that people see. ``message`` is one sentence without a full stop, ``help``
    says what to do ('' when there is nothing to say)."""

    status = ExitStatus.WRONG

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class DataError(SpecdslError):
    """The data at hand is wrong: a manifest that does not fit, files that the spec does not describe."""


class UsageError(SpecdslError):
    """What was asked for cannot be asked."""

    status = ExitStatus.USAGE


class EnvironmentFailure(SpecdslError):
    """The machine refused: a full disk, a read-only folder, a missing permission, no such file."""

    status = ExitStatus.ENVIRONMENT
