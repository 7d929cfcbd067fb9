"""What is wrong in each file, gathered from the programs that it is part of, and when it is told.

What vanishes is told at once. What is new waits for a moment while somebody goes on typing in one place: a
line that is half typed is not wrong yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from lsprotocol import types

from specdsl.diagnostics.model import Diagnostic
from specdsl.lsp import diagnostics
from specdsl.lsp.session import Session
from specdsl.lsp.view import View

Send = Callable[[types.PublishDiagnosticsParams], None]

_Key = tuple[str, str]


class Publisher:
    """Belongs to the worker. ``send`` may be called from its thread."""

    def __init__(self, session: Session, send: Send) -> None:
        self._session = session
        self._send = send
        self._of_programs: dict[str, dict[str, list[Diagnostic]]] = {}
        self._told: dict[str, Counter[_Key]] = {}
        self._sent: dict[str, types.PublishDiagnosticsParams] = {}
        self._held: set[str] = set()
        self._waiting: set[str] = set()
        self.is_pushing = True

    def learn(self, program: str, found: Iterable[Diagnostic]) -> None:
        """What is wrong in the program of the document at ``program`` now; the files it concerns are told."""
        files = self._session.workspace(program).files_of(program)
        by_file: dict[str, list[Diagnostic]] = {program: [], **{file: [] for file in files}}
        for diagnostic in found:
            by_file.setdefault(diagnostic.span.file, []).append(diagnostic)
        before = self._of_programs.get(program, {})
        self._of_programs[program] = by_file
        for file in sorted(by_file.keys() | before.keys()):
            if file == program or by_file.get(file) != before.get(file):
                self.show(file)

    def forget(self, program: str) -> None:
        """Nobody looks at this document any more."""
        before = self._of_programs.pop(program, {})
        for file in sorted(before):
            self.show(file)

    def programs(self) -> Sequence[str]:
        """The documents of which something is known."""
        return tuple(self._of_programs)

    def of_file(self, file: str) -> list[Diagnostic]:
        """What all programs say of one file."""
        programs = {p: by_file[file] for p, by_file in self._of_programs.items() if file in by_file}
        return diagnostics.shown(View(self._session, file), diagnostics.gathered(programs))

    def hold(self, program: str) -> None:
        """Somebody goes on typing there: what is new waits."""
        self._held.add(program)

    def release(self, program: str) -> None:
        """Nobody does any more; ``show_waiting`` tells what has waited."""
        self._held.discard(program)

    def show_waiting(self) -> None:
        """Tell of every file what has not been told yet, unless somebody still goes on typing."""
        if not self._held:
            for file in sorted(self._waiting):
                self.show(file)

    def show(self, file: str) -> None:
        """Tell what is wrong in a file, if that is not what was told last."""
        found = self.of_file(file)
        self._waiting.discard(file)
        if self._held:
            left = Counter(self._told.get(file, ()))
            kept = []
            for diagnostic in found:
                if left[_key(diagnostic)] > 0:
                    left[_key(diagnostic)] -= 1
                    kept.append(diagnostic)
                else:
                    self._waiting.add(file)
            found = kept
        self._told[file] = Counter(map(_key, found))
        view = View(self._session, file)
        version = self._session.versions.get(file)
        params = types.PublishDiagnosticsParams(
            uri=self._session.uri(file),
            diagnostics=[diagnostics.converted(view, one) for one in found],
            version=version,
        )
        if version is None and not found:
            self._told.pop(file)
            if file not in self._sent:
                return
        if self.is_pushing and self._sent.get(file) != params:
            self._sent[file] = params
            if version is None and not found:
                del self._sent[file]
            self._send(params)

    def stop_pushing(self) -> None:
        """The client asks for diagnostics by itself: those that were pushed would be shown twice."""
        if not self.is_pushing:
            return
        self.is_pushing = False
        for params in self._sent.values():
            if params.diagnostics:
                self._send(types.PublishDiagnosticsParams(params.uri, [], version=params.version))
        self._sent.clear()


def _key(diagnostic: Diagnostic) -> _Key:
    return diagnostic.code, diagnostic.message()
