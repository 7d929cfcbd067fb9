"""Whatever a client does to documents and asks of them, the server answers, logs no bug, and in the end says
of the text what the command line says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from specdsl.compiler import compile_source
from specdsl.local_files import LocalFiles
from specdsl.lsp.diagnostics import gathered
from specdsl.source import SourceFile
from tests import examples
from tests.lsp.client import (
    CANCELLED,
    CONTENT_MODIFIED,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    REQUEST_FAILED,
    Client,
    Failure,
    over_stdio,
)

EXPLORE = bool(os.environ.get("EXPLORE"))
TEXTS = {path.name: path.read_text() for path in (examples.VARIED if not EXPLORE else examples.ALL)}
PASTES = [
    "", "{", "}", "(", '"', 'f"{', "`", "/", "->", "= ", "|", "\n", "\r", "\r\n", "\u2028", "\x00", "\x0c", "😀", "\ud800", "e\u0301",
    "import \"", "import \"shop.dgen\"\n", "table t 5 {\n  id int key\n}\n", "enum E { a, b }\n", "match x {", "each 1..", " null", "?",
    "1d..", "0..9", "user_id.", "sum(", "load(\"", "sql(\"select", "check c: ", "##", "# ignore: DG605\n", "type T = ", "in ..", "99999999999999999999",
    "list<", "struct {", "dataset d {\n  seed ", "over x = ", "1e400", "-", "!", "))))", "[[[[", "if a then", "\t\t", "é" * 50,
]  # fmt: skip
POSITION = [
    "completion", "hover", "signatureHelp", "definition", "declaration", "typeDefinition", "references", "documentHighlight",
    "prepareRename", "rename", "onTypeFormatting",
]  # fmt: skip
RANGE = ["inlayHint", "codeAction", "rangeFormatting", "semanticTokens/range"]
DOCUMENT = [
    "documentSymbol", "foldingRange", "codeLens", "documentLink", "formatting", "semanticTokens/full", "semanticTokens/full/delta",
    "selectionRange",
]  # fmt: skip
MALFORMED: list[Any] = [None, [], {}, 5, "x", {"textDocument": None}, {"textDocument": {"uri": 5}}, {"textDocument": {"uri": "a"}, "position": 3},
    {"textDocument": {"uri": "file:///%00"}, "position": {"line": -1, "character": 2**40}},
    {"textDocument": {"uri": "file:///\ud800"}, "position": {"line": 0, "character": 0}},
    {"textDocument": {"uri": "http://x/y"}, "position": {"line": 2**31, "character": 2**31}, "range": {}, "context": {}},
    {"jsonrpc": "2.0"}, {"query": "\ud800"}, {"label": "x", "data": {"uri": 3, "about": 3, "offset": "x"}}]  # fmt: skip
ACCEPTED = {CANCELLED, CONTENT_MODIFIED, REQUEST_FAILED}
OPTIONS = {"tabSize": 2, "insertSpaces": True}
PLACE = st.floats(0, 1, allow_nan=False)


class Editing(RuleBasedStateMachine):
    """A person, or a cat, at the keyboard; every run begins with fresh documents on one shared server."""

    client: Client
    folder: Path
    runs = 0

    @initialize(name=st.sampled_from(sorted(TEXTS)))
    def begin(self, name: str) -> None:
        type(self).runs += 1
        self.uri = (self.folder / f"run{self.runs}-{name}").as_uri()
        self.pending: list[tuple[str, int]] = []
        self.token = ""
        self.client.open(self.uri, TEXTS[name])

    def offset(self, share: float) -> int:
        return round(share * len(self.client.texts[self.uri]))

    def replace(self, start: int, end: int, new: str) -> None:
        self.client.edit(self.uri, start, end, new)
        # What the server has for half a character:
        self.client.texts[self.uri] = self.client.texts[self.uri].replace("\ud800", "\ufffd")

    @rule(at=PLACE, text=st.sampled_from(PASTES))
    def paste(self, at: float, text: str) -> None:
        self.replace(self.offset(at), self.offset(at), text)

    @rule(at=PLACE, length=st.sampled_from([1, 1, 2, 5, 30, 200, 2_000]))
    def delete(self, at: float, length: int) -> None:
        start = self.offset(at)
        self.replace(start, min(start + length, len(self.client.texts[self.uri])), "")

    @rule(at=PLACE)
    def truncate(self, at: float) -> None:
        if at > 0.3:
            self.replace(self.offset(at), len(self.client.texts[self.uri]), "")

    @rule(at=PLACE, source=PLACE, name=st.sampled_from(sorted(TEXTS)), length=st.sampled_from([10, 80, 500]))
    def paste_from_elsewhere(self, at: float, source: float, name: str, length: int) -> None:
        begin = round(source * len(TEXTS[name]))
        self.replace(self.offset(at), self.offset(at), TEXTS[name][begin : begin + length])

    @rule(at=PLACE, text=st.sampled_from(["  x int = 5\n", "user_id.name", "normal(mean: ", "-> users"]))
    def type(self, at: float, text: str) -> None:
        start = self.offset(at)
        for number, character in enumerate(text):
            self.replace(start + number, start + number, character)

    @rule(name=st.sampled_from(sorted(TEXTS)))
    def begin_anew(self, name: str) -> None:
        self.client.change(self.uri, TEXTS[name])

    @rule()
    def close_and_open(self) -> None:
        text, version = self.client.texts[self.uri], self.client.versions[self.uri]
        self.client.close(self.uri)
        self.client.open(self.uri, text, version + 1)

    def begin_request(self, method: str, params: Any) -> None:
        self.pending.append((method, self.client.begin(method, params)))

    @rule(method=st.sampled_from(POSITION), at=PLACE)
    def ask_at(self, method: str, at: float) -> None:
        position = self.client.position(self.uri, self.offset(at))
        more = {"context": {"includeDeclaration": True}, "newName": "renamed", "ch": "}", "options": OPTIONS}
        if method not in ("references", "completion"):
            del more["context"]
        elif method == "completion":
            more["context"] = {"triggerKind": 1}
        self.begin_request(f"textDocument/{method}", self.client.of(self.uri, position=position, **more))

    @rule(method=st.sampled_from(RANGE), at=PLACE, to=PLACE)
    def ask_of_range(self, method: str, at: float, to: float) -> None:
        range_ = self.client.range(self.uri, self.offset(min(at, to)), self.offset(max(at, to)))
        self.begin_request(
            f"textDocument/{method}",
            self.client.of(self.uri, range=range_, context={"diagnostics": []}, options=OPTIONS),
        )

    @rule(method=st.sampled_from(DOCUMENT), at=PLACE)
    def ask_of_document(self, method: str, at: float) -> None:
        positions = [self.client.position(self.uri, self.offset(at))]
        self.begin_request(
            f"textDocument/{method}",
            self.client.of(self.uri, positions=positions, options=OPTIONS, previousResultId=self.token),
        )

    @rule(at=PLACE, first=st.sampled_from([0, 5, 10**9]))
    def preview(self, at: float, first: int) -> None:
        position = self.client.position(self.uri, self.offset(at))
        self.begin_request(
            "specdsl/preview", self.client.of(self.uri, position=position, first=first, rows=5)
        )

    @rule(query=st.sampled_from(["", "a", "users", "😀"]))
    def search(self, query: str) -> None:
        self.begin_request("workspace/symbol", {"query": query})

    @rule(at=PLACE)
    def resolve(self, at: float) -> None:
        try:
            place = self.client.of(self.uri, position=self.client.position(self.uri, self.offset(at)))
            items = self.client.ask("textDocument/completion", place)["items"]
        except Failure as failure:
            assert failure.code in ACCEPTED
        else:
            if items:
                self.begin_request("completionItem/resolve", items[int(at * (len(items) - 1))])

    @rule()
    def cancel(self) -> None:
        if self.pending:
            self.client.notify("$/cancelRequest", {"id": self.pending[-1][1]})

    @rule(method=st.sampled_from([*POSITION, *RANGE, *DOCUMENT]), params=st.sampled_from(MALFORMED))
    def ask_nonsense(self, method: str, params: Any) -> None:
        try:
            self.client.ask(f"textDocument/{method}", params)
        except Failure as failure:
            assert failure.code in {*ACCEPTED, INVALID_PARAMS}

    @rule(method=st.sampled_from(["didOpen", "didChange", "didClose"]), params=st.sampled_from(MALFORMED))
    def tell_nonsense(self, method: str, params: Any) -> None:
        if not (method == "didClose" and isinstance(params, dict)):
            self.client.notify(f"textDocument/{method}", params)

    @rule()
    def ask_what_is_not_known(self) -> None:
        self.client.notify("unknown/notification", {"a": 1})
        with pytest.raises(Failure) as refused:
            self.client.ask("unknown/request", {"a": 1})
        assert refused.value.code == METHOD_NOT_FOUND

    @rule()
    def wait(self) -> None:
        for method, number in self.pending:
            try:
                result = self.client.answer(number)
                if method.startswith("textDocument/semanticTokens/full"):
                    self.token = result["resultId"]
            except Failure as failure:
                assert failure.code in ACCEPTED, (method, failure)
        self.pending = []

    @invariant()
    def no_bug_was_logged(self) -> None:
        assert self.client.errors() == []

    def teardown(self) -> None:
        if not hasattr(self, "uri"):
            return
        self.wait()
        text = self.client.texts[self.uri]
        told = self.client.checked(self.uri)
        path = self.folder / Path(self.uri).name
        # A run that ended while typing: what is new waits for a moment.
        expected = expected_of(path, text)
        self.client.until(
            lambda: said(self.client, self.uri) == expected or 0, f"{expected} instead of {told}", 15
        )
        self.client.close(self.uri)
        assert self.client.errors() == []
        self.client.heard.clear()


def said(client: Client, uri: str) -> list[tuple[str, int, int]]:
    found = client.pushed(uri)[-1]["diagnostics"]
    return sorted((d["code"], d["range"]["start"]["line"], d["range"]["end"]["line"]) for d in found)


def expected_of(path: Path, text: str) -> list[tuple[str, int, int]]:
    """What the compiler says of a whole text: code, first and last line."""
    source = SourceFile(str(path), text)
    found = compile_source(source, LocalFiles(path.parent)).diagnostics
    mine = gathered({str(path): [d for d in found if d.span.file == str(path)]})
    place = source.lines.position
    return sorted((d.code, place(d.span.start).line, place(d.span.end).line) for d in mine)


@pytest.fixture(scope="module")
def strained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Path]]:
    folder = tmp_path_factory.mktemp("strained")
    for path in examples.FOLDER.glob("*/*"):
        if path.suffix in (".csv", ".json", ".parquet", ".sql") and path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    with over_stdio() as client:
        client.initialize(folder, options={"settings": {"diagnostics": "openFiles"}})
        yield client, folder
        assert client.errors() == []
        assert client.shutdown() == 0


@pytest.mark.timeout(0 if EXPLORE else 240)
def test_editing_at_random(strained: tuple[Client, Path]) -> None:
    Editing.client, Editing.folder = strained
    examples_, steps = (int(os.environ.get("RUNS", "300")), 40) if EXPLORE else (10, 20)
    run_state_machine_as_test(
        Editing,
        settings=settings(
            max_examples=examples_,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("name", sorted(TEXTS)[::2])
def test_every_question_at_many_places_of_a_broken_text(strained: tuple[Client, Path], name: str) -> None:
    client, folder = strained
    whole = TEXTS[name]
    uri = (folder / f"places-{name}").as_uri()
    cut = len(whole) * 3 // 5
    client.open(uri, whole[:cut] + '\n= match { "' + whole[cut // 2 : cut // 2 + 200])
    more = {
        "context": {"includeDeclaration": True, "diagnostics": []},
        "newName": "renamed",
        "ch": "}",
        "options": OPTIONS,
    }
    asked = []
    for number in range(24):
        place = client.at(uri, "", **more)
        place["position"] = client.position(uri, (number * cut) // 24 + number % 7)
        for method in POSITION:
            one = place if method == "references" else {k: v for k, v in place.items() if k != "context"}
            asked.append(client.begin(f"textDocument/{method}", one))
        asked.append(client.begin("specdsl/preview", {**place, "rows": 3}))
    for method in (*DOCUMENT, *RANGE):
        params = client.of(uri, range=client.range(uri, 0, cut), positions=[], previousResultId="", **more)
        asked.append(client.begin(f"textDocument/{method}", params))
    answered = 0
    for number in asked:
        try:
            answered += client.answer(number) is not None
        except Failure as failure:
            assert failure.code == REQUEST_FAILED, failure
    assert answered > len(asked) / 4
    assert client.errors() == []
    client.close(uri)


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b'"x"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"jsonrpc": "1.0"}', b"{}",
    b'{"jsonrpc": "2.0", "id": {}, "method": "textDocument/hover", "params": {}}',
    b'{"jsonrpc": "2.0", "id": null, "method": "shutdown?"}', b'{"jsonrpc": "2.0", "id": 1.5, "result": 3}',
    b'{"jsonrpc": "2.0", "id": "never asked", "error": {"code": 1, "message": "x"}}',
    b'{"jsonrpc": "2.0", "method": 5}', b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": []}}',
    b'{"jsonrpc": "2.0", "method": "$/cancelRequest"}', b'{"jsonrpc": "2.0", "method": "$/setTrace", "params": {"value": 3}}'],
    ids=lambda body: body[:60].decode("latin-1"))  # fmt: skip
def test_messages_that_are_none(client: Client, body: bytes) -> None:
    client.wire.send(body)
    assert client.ask("specdsl/explain", {"code": "DG405"})["code"] == "DG405"
    client.heard[:] = [one for one in client.heard if one["method"] != "window/logMessage"]
