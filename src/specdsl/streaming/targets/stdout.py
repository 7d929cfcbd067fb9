"""Standard output: JSON Lines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import BinaryIO

from specdsl.errors import EnvironmentFailure, UsageError
from specdsl.streaming.loads import Load
from specdsl.streaming.sources import Source
from specdsl.streaming.targets.base import ClosedByReaderError, Settings, Target, text_of


class Stdout(Target):
    """A line a row; of several tables an object that names the table. Lines are whole whenever the stream
    ends."""

    def __init__(self, address: str, settings: Settings) -> None:
        super().__init__()
        if settings.values:
            raise UsageError("standard output has no options", "-O is for files, servers and brokers")
        self._envelope = settings.envelope
        self._out: BinaryIO | None = None

    @property
    def shown(self) -> str:
        return "standard output"

    def open(self, sources: Sequence[Source]) -> None:
        self.text = text_of(sources, envelope=self._envelope, apart=False)
        sys.stdout.flush()
        self._out = sys.stdout.buffer

    def send(self, load: Load, part: slice) -> None:
        assert self._out is not None
        try:
            self._out.write(load.text(part.start, part.stop))
            self._out.flush()
        except BrokenPipeError:
            raise ClosedByReaderError("nobody reads standard output any more") from None
        except OSError as error:
            raise EnvironmentFailure(f"cannot write the output: {error.strerror or error}") from error

    def close(self) -> None:
        """Every send is flushed."""

    def abandon(self) -> None:
        """Nothing is left behind."""
