"""What happens while somebody types: answers that are no longer wanted, and mistakes that are none yet."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Diagnostic
from specdsl.local_files import LocalFiles
from specdsl.lsp.publishing import Publisher
from specdsl.lsp.session import Session
from specdsl.source import SourceFile
from tests.lsp.client import CANCELLED, CONTENT_MODIFIED, Client, Failure

TABLE = "table t 5 {\n  id int key\n}\n"
LONG = "".join(
    f"table t{n} 1_000 {{\n  id int key\n  a int in 0..100 = normal(mean: 5, sd: {n})\n  b string = full_name()\n}}\n"
    for n in range(1_000)
)


def failure(client: Client, number: int) -> int:
    """The code of the error that a request was answered with, 0 where it was answered."""
    try:
        client.answer(number)
    except Failure as error:
        return error.code
    return 0


def busy(client: Client, folder: Path) -> str:
    """A long document that is just being looked at, so that requests have to wait."""
    uri = (folder / "long.dgen").as_uri()
    client.open(uri, LONG)
    return uri


def test_a_request_that_waits_can_be_cancelled(client: Client, folder: Path) -> None:
    uri = busy(client, folder)
    slow = client.begin("textDocument/semanticTokens/full", client.of(uri))
    waiting = client.begin("textDocument/codeLens", client.of(uri))
    client.notify("$/cancelRequest", {"id": waiting})
    assert failure(client, waiting) == CANCELLED
    assert failure(client, slow) == 0
    client.close(uri)


def test_a_cancelled_request_costs_nothing(client: Client, folder: Path) -> None:
    uri = busy(client, folder)
    slow = client.begin("textDocument/semanticTokens/full", client.of(uri))
    lost = [
        client.begin("textDocument/formatting", client.of(uri, options={"tabSize": 2, "insertSpaces": True}))
        for _ in range(20)
    ]
    for number in lost:
        client.notify("$/cancelRequest", {"id": number})
    began = time.monotonic()
    assert {failure(client, number) for number in lost} == {CANCELLED}
    took = time.monotonic() - began
    assert failure(client, slow) in (0, CONTENT_MODIFIED)
    began = time.monotonic()
    client.ask("textDocument/formatting", client.of(uri, options={"tabSize": 2, "insertSpaces": True}))
    assert took < 20 * max(time.monotonic() - began, 0.05)
    client.close(uri)


def test_a_layout_that_is_being_made_can_be_cancelled(client: Client, folder: Path) -> None:
    options = {"tabSize": 2, "insertSpaces": True}
    arms = "".join(f'    |  "v{i}"\n' for i in range(20_000))

    def cancelled(name: str) -> bool:
        """Whether a layout that had begun was given up; the worker has time for others in any case."""
        uri = (folder / name).as_uri()
        client.open(uri, f'table t 5 {{\n  id int key\n  x string = "a"\n{arms}}}\n')
        client.checked(uri)
        number = client.begin("textDocument/formatting", client.of(uri, options=options))
        time.sleep(0.2)  # it has begun
        client.notify("$/cancelRequest", {"id": number})
        status = failure(client, number)
        client.ask("specdsl/explain", {"code": "DG405"})
        assert client.ask("textDocument/formatting", client.of(uri, options=options))
        client.close(uri)
        return status == CANCELLED

    assert any(cancelled(f"arms{i}.dgen") for i in range(5))  # one may be ready before it is cancelled


def test_cancelling_what_is_answered_or_unknown_changes_nothing(client: Client) -> None:
    number = client.begin("specdsl/explain", {"code": "DG405"})
    assert client.answer(number)["code"] == "DG405"
    for one in (number, 10**9, "x"):
        client.notify("$/cancelRequest", {"id": one})
    assert client.ask("specdsl/explain", {"code": "DG405"})["code"] == "DG405"


def test_a_request_about_a_text_that_is_gone_is_not_answered(client: Client, folder: Path) -> None:
    uri = busy(client, folder)
    old = [
        client.begin(f"textDocument/{method}", client.of(uri))
        for method in ("semanticTokens/full", "codeLens", "documentSymbol")
    ]
    client.edit(uri, 0, 0, "\n")
    new = client.begin("textDocument/documentSymbol", client.of(uri))
    codes = [failure(client, number) for number in old]
    assert set(codes) <= {0, CONTENT_MODIFIED}
    assert codes[-1] == CONTENT_MODIFIED
    assert client.answer(new)[0]["range"]["start"]["line"] == 1
    client.close(uri)


def test_completion_goes_before_long_work(client: Client, folder: Path) -> None:
    uri = busy(client, folder)
    client.ask("textDocument/completion", client.at(uri, "full_name", into=3))
    told = client.notices("specdsl/changed")
    assert {"uri": uri, "version": 1} not in told, "the whole of it has not been looked at yet"
    client.checked(uri)
    client.close(uri)


# --- what is shown while typing ----------------------------------------------------------------------


def new_errors(sets: list[dict[str, Any]]) -> int:
    """How many of the sets that were pushed, one after the other, had something that the one before had not."""
    count, before = 0, set()
    for one in sets:
        now = {(d["code"], d["message"]) for d in one["diagnostics"]}
        count += bool(now - before)
        before = now
    return count


def test_a_line_that_is_typed_is_not_wrong_until_the_keys_rest(client: Client, folder: Path) -> None:
    uri = (folder / "typed.dgen").as_uri()
    client.open(uri, TABLE)
    client.checked(uri)
    before = len(client.pushed(uri))
    at = TABLE.index("}")
    client.edit(uri, at, at, "  ")  # the first one goes on with nothing
    line = "age int in 18..90 = nrmal(mean: 38, sd: 12)"
    client.type(uri, at + 2, line, pause=0.02)
    client.until(lambda: client.codes(uri), "the mistake")
    client.checked(uri, calm=True)
    assert [d["code"] for d in client.pushed(uri)[-1]["diagnostics"]] != []
    # One set with something new when the keys rest; should the machine be slow, the odd one more.
    assert 1 <= new_errors(client.pushed(uri)[before:]) <= 3
    wrong = client.texts[uri].index("nrmal")
    count = len(client.pushed(uri))
    client.edit(uri, wrong + 1, wrong + 1, "o")
    client.checked(uri)
    mended = next(one for one in client.pushed(uri)[count:] if one["version"] == client.versions[uri])
    assert mended["diagnostics"] == [], "what is mended vanishes at once"
    client.close(uri)


def test_a_single_change_is_told_at_once(client: Client, folder: Path) -> None:
    uri = (folder / "pasted.dgen").as_uri()
    client.open(uri, TABLE)
    client.checked(uri)
    client.edit(uri, TABLE.index("int"), TABLE.index("int") + 3, "innt")
    assert client.checked(uri) != []
    client.close(uri)


# --- the rules, one by one ---------------------------------------------------------------------------


class Publishing:
    """A publisher of what the compiler says of texts, and what it sent: the codes, set by set."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.session = Session(lambda line: None)
        self.publisher = Publisher(
            self.session, lambda p: self.sent.append([str(d.code) for d in p.diagnostics])
        )
        self.version = 0

    def say(self, text: str, path: str = "/nowhere/a.dgen") -> None:
        self.version += 1
        self.session.opened(path, f"file://{path}", text, self.version)
        self.session.take_in()
        self.publisher.learn(path, _found(path, text))


def _found(path: str, text: str) -> list[Diagnostic]:
    return list(compile_source(SourceFile(path, text), LocalFiles(Path("/nowhere"))).diagnostics)


WRONG = TABLE.replace("id int key", "id int key\n  b int = nothing")
WORSE = TABLE.replace("id int key", "id innt key\n  b int = nothing")


@pytest.fixture
def publishing() -> Publishing:
    return Publishing()


def test_new_mistakes_wait_while_typing_and_are_told_after_it(publishing: Publishing) -> None:
    publishing.say(TABLE)
    publishing.publisher.hold("/nowhere/a.dgen")
    publishing.say(WRONG)
    assert publishing.sent[-1] == []
    publishing.publisher.release("/nowhere/a.dgen")
    publishing.publisher.show_waiting()
    assert publishing.sent[-1] == ["DG202"]


def test_what_waits_of_a_third_file_is_told_when_nobody_types_any_more(publishing: Publishing) -> None:
    third = _found("/nowhere/third.dgen", WRONG)
    publisher = publishing.publisher
    publishing.say(TABLE, "/nowhere/user.dgen")
    publisher.hold("/nowhere/base.dgen")
    publisher.learn("/nowhere/user.dgen", third)
    publisher.show_waiting()
    assert publishing.sent[-1] == [], "somebody still types"
    publisher.release("/nowhere/base.dgen")
    publisher.learn("/nowhere/user.dgen", third)
    assert publishing.sent[-1] == [], "there is nothing new"
    publisher.show_waiting()
    assert publishing.sent[-1] == ["DG202"]
    count = len(publishing.sent)
    publisher.show_waiting()
    assert len(publishing.sent) == count


def test_mistakes_that_were_told_stay_and_mended_ones_go_while_typing(publishing: Publishing) -> None:
    publishing.say(WRONG)
    publishing.publisher.hold("/nowhere/a.dgen")
    publishing.say("\n" + WRONG)
    assert publishing.sent[-1] == ["DG202"], "the same one, a line below"
    publishing.say(TABLE)
    assert publishing.sent[-1] == []


def test_the_same_is_not_told_twice(publishing: Publishing) -> None:
    publishing.say(WRONG)
    count = len(publishing.sent)
    publishing.publisher.show_waiting()
    publishing.publisher.learn("/nowhere/a.dgen", _found("/nowhere/a.dgen", WRONG))
    assert len(publishing.sent) == count


def test_who_pulls_is_told_nothing_any_more(publishing: Publishing) -> None:
    publishing.say(WRONG)
    publishing.publisher.stop_pushing()
    assert publishing.sent[-1] == []
    count = len(publishing.sent)
    publishing.say(WORSE)
    publishing.publisher.stop_pushing()
    assert len(publishing.sent) == count


def test_what_waited_is_told_when_the_typing_ends_with_something_else(client: Client, folder: Path) -> None:
    """A key in another place ends the typing; what was held back of other files must not be forgotten."""
    base, user = (folder / "held.dgen").as_uri(), (folder / "holds.dgen").as_uri()
    client.open(base, "enum E { x, y }\n")
    client.open(user, 'import "held.dgen"\ntable t 5 {\n  e E = x\n}\n')
    client.checked(user)
    client.checked(base)
    at = client.texts[base].index("x") + 1
    client.edit(base, at, at, "a")
    client.edit(base, at + 1, at + 1, "b")
    time.sleep(0.1)
    client.edit(base, len(client.texts[base]) - 1, len(client.texts[base]), "")
    client.until(lambda: client.codes(user), "word that there is no `x` any more")
    client.close(user)
    client.close(base)


@pytest.mark.parametrize("end", ["deletion", "closing"])
def test_what_waited_of_a_third_file_is_told_when_the_typing_ends(
    client: Client, folder: Path, end: str
) -> None:
    """What is wrong in it comes from a program that has nothing new to say of it."""
    base, user, third = (f"base-{end}.dgen", f"user-{end}.dgen", f"third-{end}.dgen")
    (folder / third).write_text("table t 5 {\n  e E = x\n}\n")  # E is known to who imports it
    addresses = [(folder / name).as_uri() for name in (base, user, third)]
    client.open(addresses[0], "enum E { x, y, z }\n\n# elsewhere\n")
    client.open(addresses[1], f'import "{base}"\nimport "{third}"\ntable u 5 {{\n  e E = y\n}}\n')
    client.checked(addresses[1])
    client.checked(addresses[0])
    at = client.texts[addresses[0]].index("x")
    client.edit(addresses[0], at, at, " ")  # goes on with nothing, and breaks nothing
    client.edit(addresses[0], at + 1, at + 1, "w")

    def looked() -> bool:
        """At the importer, after the last key: an earlier look knows nothing of it."""
        checks = client.notices("specdsl/changed")
        last = {"uri": addresses[0], "version": client.versions[addresses[0]]}
        return last in checks and {"uri": addresses[1], "version": 1} in checks[checks.index(last) :]

    client.until(looked, "a look at the importer")
    if end == "deletion":
        end_of_text = len(client.texts[addresses[0]])
        client.edit(addresses[0], end_of_text - 2, end_of_text - 1, "")
    else:
        client.close(addresses[0])
    told = client.pushed  # what is told may be taken back when the importer is looked at without it
    client.until(
        lambda: any(one["diagnostics"] for one in told(addresses[2])), "what is wrong in the third", 5
    )
    client.close(addresses[1])
    if end == "deletion":
        client.close(addresses[0])
