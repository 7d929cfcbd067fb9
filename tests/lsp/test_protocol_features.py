"""What the server answers about a document of two files, feature by feature."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.client import REQUEST_FAILED, Client, Failure
from tests.lsp.specs import COMMON, SHOP

Document = tuple[Client, str]


@pytest.fixture(scope="module")
def shop(client: Client, folder: Path) -> Document:
    """A document that imports another; tests leave its text as it is."""
    (folder / "common.dgen").write_text(COMMON)
    uri = (folder / "shop.dgen").as_uri()
    client.open(uri, SHOP)
    assert client.checked(uri) == []
    return client, uri


def common(folder: Path) -> str:
    return (folder / "common.dgen").as_uri()


def line_of(words: str, text: str = SHOP) -> int:
    return text[: text.index(words)].count("\n")


# --- completion --------------------------------------------------------------------------------------


def test_completion_offers_the_columns_of_a_parent(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/completion", client.at(uri, "user_id.age", into=8))
    assert found["isIncomplete"] is False
    items = {one["label"]: one for one in found["items"]}
    assert items.keys() == {"id", "name", "age"}
    assert items["age"]["kind"] == 5
    assert client.text(uri, items["age"]["textEdit"]["range"]) == "age"
    first = min(found["items"], key=lambda one: one["sortText"])
    assert first["label"] in ("id", "age"), "a number is wanted"


def test_an_items_documentation_has_sample_values(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/completion", client.at(uri, "user_id.age", into=8))
    item = next(one for one in found["items"] if one["label"] == "age")
    told = client.ask("completionItem/resolve", item)["documentation"]
    assert told["kind"] == "markdown"
    values = [int(one) for one in told["value"].removeprefix("Such as ").replace("`", "").split(",")]
    assert len(values) == 5
    assert all(18 <= value <= 90 for value in values)


def test_a_functions_item_has_its_page(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/completion", client.at(uri, "lognormal", into=3))
    item = next(one for one in found["items"] if one["label"] == "lognormal")
    assert item["kind"] == 3
    told = client.ask("completionItem/resolve", item)["documentation"]["value"]
    assert "The standard deviation of the logarithm." in told
    assert "](file://" in told, "links lead to the installed pages"
    assert "Such as `" in told


def test_an_item_about_which_there_is_no_more_to_say_stays_as_it_is(shop: Document) -> None:
    client, _ = shop
    for item in ({"label": "x"}, {"label": "x", "data": {"a": 1}}, {"label": "x", "data": [1]}):
        assert client.ask("completionItem/resolve", item) == item


def test_snippets_are_marked(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/completion", client.at(uri, "lognormal"))
    snippets = [one for one in found["items"] if one.get("insertTextFormat") == 2]
    assert any("${1:" in one["textEdit"]["newText"] for one in snippets)


# --- hover, signatures -------------------------------------------------------------------------------


def test_hover_tells_type_values_and_who_uses_it(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/hover", client.at(uri, "age  int", into=1))
    assert client.text(uri, found["range"]) == "age"
    told = found["contents"]["value"]
    assert found["contents"]["kind"] == "markdown"
    assert "users.age int" in told
    assert "Such as `" in told
    assert "`orders.older`" in told
    assert any(bar in told for bar in "▁▂▃▄▅▆▇█"), "a histogram"


def test_hover_over_nothing_says_nothing(shop: Document) -> None:
    client, uri = shop
    assert client.ask("textDocument/hover", client.at(uri, "\n\ndataset", into=1)) is None


def test_signature(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/signatureHelp", client.at(uri, "sd: 12", into=4))
    (one,) = found["signatures"]
    assert one["label"].startswith("normal(mean: ")
    assert [p["label"].split(":")[0] for p in one["parameters"]] == ["mean", "sd"]
    assert one["activeParameter"] == found["activeParameter"] == 1
    assert client.ask("textDocument/signatureHelp", client.at(uri, "table users")) is None


# --- navigation --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["definition", "declaration"])
def test_definition_in_another_file(shop: Document, folder: Path, kind: str) -> None:
    client, uri = shop
    found = client.ask(f"textDocument/{kind}", client.at(uri, "Status", into=2))
    line = line_of("enum", COMMON)
    assert found == {
        "uri": common(folder),
        "range": {"start": {"line": line, "character": 5}, "end": {"line": line, "character": 11}},
    }


def test_type_definition_of_a_column(shop: Document, folder: Path) -> None:
    client, uri = shop
    found = client.ask("textDocument/typeDefinition", client.at(uri, "total", into=2))
    assert found["uri"] == common(folder)
    assert found["range"]["start"] == {"line": line_of("type Money", COMMON), "character": 5}


def test_references_with_and_without_the_declaration(shop: Document) -> None:
    client, uri = shop
    place = client.at(uri, "table users", into=7)
    both = client.ask("textDocument/references", {**place, "context": {"includeDeclaration": True}})
    uses = client.ask("textDocument/references", {**place, "context": {"includeDeclaration": False}})
    assert [one["range"]["start"]["line"] for one in both] == [line_of("table users"), line_of("-> users")]
    assert uses == both[1:]
    assert [client.text(uri, one["range"]) for one in both] == ["users", "users"]


def test_references_across_files(shop: Document, folder: Path) -> None:
    client, uri = shop
    place = client.at(uri, "Money", into=1, context={"includeDeclaration": True})
    found = client.ask("textDocument/references", place)
    assert [one["uri"] for one in found] == [common(folder), uri]


def test_highlights_tell_what_writes(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/documentHighlight", client.at(uri, "user_id.age", into=9))
    assert [(client.text(uri, one["range"]), one["kind"]) for one in found] == [("age", 3), ("age", 2)]


def test_links_of_imports(shop: Document, folder: Path) -> None:
    client, uri = shop
    (link,) = client.ask("textDocument/documentLink", client.of(uri))
    assert client.text(uri, link["range"]).strip('"') == "common.dgen"
    assert link["target"] == common(folder)


# --- rename ------------------------------------------------------------------------------------------


def test_rename_across_files(shop: Document, folder: Path) -> None:
    client, uri = shop
    place = client.at(uri, "Status", into=2)
    prepared = client.ask("textDocument/prepareRename", place)
    assert prepared["placeholder"] == client.text(uri, prepared["range"]) == "Status"
    changes = client.ask("textDocument/rename", {**place, "newName": "State"})["documentChanges"]
    assert [one["textDocument"] for one in changes] == [
        {"uri": common(folder), "version": None},
        {"uri": uri, "version": client.versions[uri]},
    ]
    assert client.applied(changes[1]["edits"], uri) == SHOP.replace("Status", "State")
    (edit,) = changes[0]["edits"]
    assert edit["range"]["start"] == {"line": 2, "character": 5}
    assert edit["newText"] == "State"


@pytest.mark.parametrize(
    ("new", "reason"),
    [("Money", "declared in line 2 of"), ("", ""), ("a\nb", "")],
    ids=["taken in the other file", "empty", "two lines"],
)
def test_a_rename_is_refused_with_a_reason(shop: Document, new: str, reason: str) -> None:
    client, uri = shop
    with pytest.raises(Failure) as refused:
        client.ask("textDocument/rename", client.at(uri, "Status", into=2, newName=new))
    assert refused.value.code == REQUEST_FAILED
    assert reason in refused.value.message
    assert "\n" not in refused.value.message


def test_no_rename_of_a_keyword(shop: Document) -> None:
    client, uri = shop
    with pytest.raises(Failure, match="`dataset` is a word of the language"):
        client.ask("textDocument/prepareRename", client.at(uri, "dataset", into=2))


# --- symbols, folding, selection ---------------------------------------------------------------------


def test_the_outline_is_a_tree(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/documentSymbol", client.of(uri))
    assert [one["name"] for one in found] == ["shop", "users", "orders"]
    users = found[1]
    assert users["detail"] == "100 rows"
    assert [one["name"] for one in users["children"]] == ["id", "name", "age"]
    assert client.text(uri, users["selectionRange"]) == "users"
    assert client.text(uri, users["range"]).startswith("table users 100 {")
    assert client.text(uri, users["range"]).endswith("}")


def test_workspace_symbols(shop: Document, folder: Path) -> None:
    client, uri = shop
    found = client.ask("workspace/symbol", {"query": "status"})
    assert [(one["name"], one["location"]["uri"]) for one in found] == [
        ("Status", common(folder)),
        ("status", uri),
    ]
    assert found[1]["containerName"] == "orders"
    assert client.ask("workspace/symbol", {"query": "no such thing"}) == []


def test_folds(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/foldingRange", client.of(uri))
    folds = {(one["startLine"], one["endLine"]): one.get("kind") for one in found}
    comment = line_of("# A comment")
    assert folds[comment, comment + 1] == "comment"
    assert folds[line_of("table users"), line_of("}\n\n# A") - 1] is None


def test_selections_grow(shop: Document) -> None:
    client, uri = shop
    positions = [client.at(uri, "38", into=1)["position"], client.at(uri, "lognormal")["position"]]
    found = client.ask("textDocument/selectionRange", client.of(uri, positions=positions))
    assert len(found) == 2
    texts, one = [], found[0]
    while one is not None:
        texts.append(client.text(uri, one["range"]))
        one = one.get("parent")
    assert texts[0] == "38"
    assert "mean: 38" in texts
    assert "normal(mean: 38, sd: 12)" in texts
    assert texts[-1] == SHOP
    assert all(inner in outer and inner != outer for inner, outer in pairwise(texts))


# --- colours -----------------------------------------------------------------------------------------


def decoded(client: Client, text: str, data: list[int]) -> list[tuple[str, str]]:
    """Tokens as their text and type."""
    legend = client.capabilities["semanticTokensProvider"]["legend"]["tokenTypes"]
    lines, found, line, column = text.split("\n"), [], 0, 0
    for at in range(0, len(data), 5):
        down, right, length, kind, _ = data[at : at + 5]
        line, column = line + down, right + (0 if down else column)
        found.append((lines[line][column : column + length], legend[kind]))
    return found


def test_tokens(shop: Document) -> None:
    client, uri = shop
    full = client.ask("textDocument/semanticTokens/full", client.of(uri))
    tokens = decoded(client, SHOP, full["data"])
    for expected in [
        ("table", "keyword"),
        ("users", "table"),
        ("age", "column"),
        ("Status", "enum"),
        ("Money", "type"),
        ("lognormal", "function"),
        ("sigma", "parameter"),
        ("user_id", "reference"),
        ("0.8", "number"),
        ('"common.dgen"', "string"),
    ]:
        assert expected in tokens


def test_tokens_of_a_range(shop: Document) -> None:
    client, uri = shop
    start, end = SHOP.index("table orders"), SHOP.index("total")
    found = client.ask(
        "textDocument/semanticTokens/range", client.of(uri, range=client.range(uri, start, end))
    )
    tokens = decoded(client, SHOP, found["data"])
    whole = decoded(client, SHOP, client.ask("textDocument/semanticTokens/full", client.of(uri))["data"])
    assert ("orders", "table") in tokens
    assert ("full_name", "function") not in tokens, "it is far above"
    at = whole.index(tokens[0])
    assert whole[at : at + len(tokens)] == tokens


def test_a_delta_leads_to_the_same_tokens(client: Client, folder: Path) -> None:
    uri = (folder / "delta.dgen").as_uri()
    text = SHOP.removeprefix('import "common.dgen"\n')
    client.open(uri, text)
    before = client.ask("textDocument/semanticTokens/full", client.of(uri))
    for words, new in (
        ("table orders", "enum Kind { a, b }\n\ntable orders"),
        ("age + 1", "age"),
        ("seed 42", ""),
    ):
        at = client.texts[uri].index(words)
        client.edit(uri, at, at + len(words), new)
        params = client.of(uri, previousResultId=before["resultId"])
        delta = client.ask("textDocument/semanticTokens/full/delta", params)
        data = list(before["data"])
        for edit in sorted(delta["edits"], key=lambda e: -e["start"]):
            data[edit["start"] : edit["start"] + edit["deleteCount"]] = edit.get("data", [])
        full = client.ask("textDocument/semanticTokens/full", client.of(uri))
        assert data == full["data"]
        assert 0 < len(delta["edits"][0].get("data", [])) + delta["edits"][0]["deleteCount"] < len(data) / 2
        before = full
    same = client.of(uri, previousResultId=before["resultId"])
    assert client.ask("textDocument/semanticTokens/full/delta", same)["edits"] == []
    unknown = client.of(uri, previousResultId="no such answer")
    assert client.ask("textDocument/semanticTokens/full/delta", unknown)["data"] == before["data"]
    client.close(uri)


# --- hints, lenses -----------------------------------------------------------------------------------


def test_hints(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/inlayHint", client.of(uri, range=client.range(uri, 0, len(SHOP))))
    assert [one["label"] for one in found] == ["~200 rows", "string", "40%"]
    share = found[2]
    assert share["position"] == client.at(uri, '"b"', into=3)["position"]
    assert client.applied(share["textEdits"], uri) == SHOP.replace('"b"', '"b" 40%')
    few = client.range(uri, 0, SHOP.index("table orders"))
    assert client.ask("textDocument/inlayHint", client.of(uri, range=few)) == []


def test_lenses_without_commands_of_the_client(shop: Document) -> None:
    client, uri = shop
    found = client.ask("textDocument/codeLens", client.of(uri))
    assert [one["data"]["kind"] for one in found] == ["rows", "references"] * 2
    titles = [client.ask("codeLens/resolve", one)["command"] for one in found]
    assert [one["title"].split(",")[0] for one in titles] == [
        "100 rows",
        "1 reference",
        "~200 rows",
        "0 references",
    ]
    assert all(one["command"] == "" for one in titles)


def test_a_lens_of_what_is_gone_is_still_answered(shop: Document) -> None:
    client, uri = shop
    lens = {"range": client.range(uri, 0, 0), "data": {"uri": uri, "kind": "rows", "name": "gone"}}
    assert client.ask("codeLens/resolve", lens)["command"]["title"]
    for data in (None, [1], "x", {"uri": uri}):
        assert client.ask("codeLens/resolve", {**lens, "data": data})["command"]["command"] == ""


# --- layout ------------------------------------------------------------------------------------------

OPTIONS = {"options": {"tabSize": 8, "insertSpaces": False}}
ROUGH = "table a 5 {\n    id int   key\n  x   int=1..2\n}\ntable b 5 {\n      y int = 3\n}\n"


def formatted(text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "specdsl", "fmt", "-"], input=text, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_formatting_is_that_of_the_command_line(client: Client, folder: Path) -> None:
    uri = (folder / "rough.dgen").as_uri()
    client.open(uri, ROUGH)
    edits = client.ask("textDocument/formatting", client.of(uri, **OPTIONS))
    assert client.applied(edits, uri) == formatted(ROUGH) != ROUGH
    client.change(uri, formatted(ROUGH))
    assert client.ask("textDocument/formatting", client.of(uri, **OPTIONS)) == []
    client.close(uri)


def test_formatting_of_a_range_leaves_the_rest(client: Client, folder: Path) -> None:
    uri = (folder / "rough.dgen").as_uri()
    client.open(uri, ROUGH)
    at = ROUGH.index("y int")
    params = client.of(uri, range=client.range(uri, at, at + 3), **OPTIONS)
    text = client.applied(client.ask("textDocument/rangeFormatting", params), uri)
    assert text == ROUGH.replace("      y", "  y")
    client.close(uri)


def test_formatting_while_typing(client: Client, folder: Path) -> None:
    uri = (folder / "rough.dgen").as_uri()
    client.open(uri, ROUGH)
    after = client.at(uri, "}\ntable b", into=1)
    edits = client.ask("textDocument/onTypeFormatting", {**after, "ch": "}", **OPTIONS})
    text = client.applied(edits, uri)
    assert text.endswith(ROUGH[ROUGH.index("table b") :])
    assert (
        text[: text.index("table b")]
        == formatted(ROUGH)[: formatted(ROUGH).index("table b")].rstrip("\n") + "\n"
    )
    client.close(uri)


# --- actions -----------------------------------------------------------------------------------------

WRONG = """\
table t 5 {
  id   int key
  n    int = lenght("a")
  m    string = uper("b")
  kind string = "a" | "b"
}
"""


def actions(client: Client, uri: str, words: str, only: list[str] | None = None) -> list[dict[str, Any]]:
    at = client.texts[uri].index(words)
    context: dict[str, Any] = {"diagnostics": []} | ({} if only is None else {"only": only})
    params = client.of(uri, range=client.range(uri, at, at + len(words)), context=context)
    return list(client.ask("textDocument/codeAction", params))


@pytest.fixture(scope="module")
def wrong(client: Client, folder: Path) -> str:
    uri = (folder / "wrong.dgen").as_uri()
    client.open(uri, WRONG)
    client.checked(uri)
    return uri


def test_a_quick_fix(client: Client, wrong: str) -> None:
    fix = actions(client, wrong, "lenght")[0]
    assert fix["kind"] == "quickfix"
    assert fix["isPreferred"] is True
    assert fix["diagnostics"][0] in client.pushed(wrong)[-1]["diagnostics"]
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": wrong, "version": 1}
    assert client.applied(change["edits"], wrong) == WRONG.replace("lenght", "length")


def test_actions_of_the_kinds_asked_for(client: Client, wrong: str) -> None:
    kinds = lambda only, words: {one["kind"] for one in actions(client, wrong, words, only)}  # noqa: E731
    assert kinds(["quickfix"], "lenght") == {"quickfix"}
    assert kinds(["refactor"], "lenght") <= {"refactor.extract", "refactor.inline", "refactor.rewrite"}
    assert "refactor.extract" in kinds(["refactor.extract"], '"a" | "b"')
    assert kinds(["refactor.inline"], "lenght") == set()
    assert kinds(["source"], "lenght") == {"source.fixAll.specdsl"}
    assert kinds(["source.fixAll"], "table") == {"source.fixAll.specdsl"}
    assert kinds(["source.fixAll.specdsl"], "table") == {"source.fixAll.specdsl"}
    assert kinds(["source.fixAll.other"], "lenght") == set()
    assert kinds(["source.organizeImports"], "lenght") == set()


def test_all_corrections_at_once(client: Client, wrong: str) -> None:
    (fix,) = actions(client, wrong, "table", ["source.fixAll"])
    (change,) = fix["edit"]["documentChanges"]
    assert client.applied(change["edits"], wrong) == WRONG.replace("lenght", "length").replace(
        "uper", "upper"
    )


# --- requests of its own -----------------------------------------------------------------------------


def previewed(path: Path, table: str, rows: int) -> list[dict[str, Any]]:
    """What the command line shows."""
    done = subprocess.run(
        [sys.executable, "-m", "specdsl", "preview", "--json", "-n", str(rows), "-t", table, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout, parse_float=str)[table])  # the digits as they are written


@pytest.mark.parametrize("table", ["users", "orders"])
def test_a_preview_shows_the_rows_of_the_command_line(shop: Document, folder: Path, table: str) -> None:
    client, uri = shop
    (folder / "shop.dgen").write_text(SHOP)
    rows = previewed(folder / "shop.dgen", table, 12)
    found = client.ask("specdsl/preview", client.of(uri, table=table, rows=12))
    assert (found["uri"], found["version"], found["state"]) == (uri, client.versions[uri], "ok")
    assert [one["name"] for one in found["columns"]] == list(rows[0])
    assert found["rows"] == [[None if v is None else str(v) for v in row.values()] for row in rows]
    later = client.ask("specdsl/preview", client.of(uri, table=table, first=5, rows=3))
    assert later["first"] == 5
    assert later["rows"] == found["rows"][5:8]


def test_a_preview_says_what_its_columns_are(shop: Document) -> None:
    client, uri = shop
    found = client.ask("specdsl/preview", client.at(uri, "older", rows=20))
    assert found["table"] == "orders"
    columns = {one["name"]: one for one in found["columns"]}
    assert [one["name"] for one in found["tables"]] == ["users", "orders"]
    assert found["tables"][0] == {"name": "users", "rows": 100, "exact": True}
    assert columns["id"]["role"] == "key"
    assert (columns["user_id"]["role"], columns["user_id"]["target"]) == ("reference", "users")
    assert client.text(uri, columns["older"]["range"]) == "older"
    assert columns["older"]["uri"] == uri
    assert columns["older"]["numeric"] is True
    assert columns["kind"]["numeric"] is False
    assert columns["total"]["chart"]["kind"] == "histogram"
    assert columns["kind"]["chart"]["kind"] == "shares"
    shares = {one["text"]: one["share"] for one in columns["kind"]["chart"]["values"]}
    assert abs(shares["a"] - 0.6) < 0.15
    # The parents are rows of users, whose keys count from 1.
    at = [one["name"] for one in found["columns"]].index("user_id")
    assert [int(row[at]) - 1 for row in found["rows"]] == found["parents"]["user_id"]


def test_the_page_on_editors_has_every_field_of_a_preview(shop: Document) -> None:
    client, uri = shop
    page = (Path(__file__).parents[2] / "docs" / "editors.md").read_text("utf-8")
    described = page[page.index("### The preview's answer") :]
    sample = json.loads(re.findall(r"```json\n(.*?)```", described, re.DOTALL)[0])
    found = client.ask("specdsl/preview", client.of(uri, table="orders", rows=2))
    assert found.keys() == sample.keys()
    assert found["tables"][0].keys() == sample["tables"][0].keys()
    assert found["columns"][0].keys() == sample["columns"][0].keys()
    charts = {column["chart"]["kind"]: column["chart"] for column in found["columns"]}
    assert charts["examples"].keys() == sample["columns"][0]["chart"].keys()
    assert charts.keys() == {"histogram", "shares", "examples"}
    for kind, chart in charts.items():
        (row,) = re.findall(rf"^\| `{kind}` \|.*$", described, re.MULTILINE)
        for name in chart.keys() - {"kind", "nulls", "rows"}:
            assert f"`{name}`" in row
    for name in found:
        assert f"`{name}`" in described


def test_a_preview_of_what_is_not_there(shop: Document) -> None:
    client, uri = shop
    found = client.ask("specdsl/preview", client.of(uri, table="nothing"))
    assert (found["state"], found["table"], found["rows"]) == ("broken", "nothing", [])
    assert "`nothing`" in found["message"]
    for params in (None, [1], {"textDocument": 1}, {"textDocument": {"uri": 5}, "rows": "x", "position": 3}):
        assert client.ask("specdsl/preview", params)["state"] == "none"


def test_a_diagnostics_page(client: Client) -> None:
    found = client.ask("specdsl/explain", {"code": " dg405 "})
    assert found["code"] == "DG405"
    assert found["markdown"].startswith("# DG405: ")
    assert "-" not in found["title"]
    for code in ("DG000", "", "../errors/DG405", 5, None):
        assert client.ask("specdsl/explain", {"code": code}) is None
    assert client.ask("specdsl/explain", None) is None


def test_who_shows_the_document_hears_that_its_meaning_changed(client: Client, folder: Path) -> None:
    base, user = (folder / "base.dgen").as_uri(), (folder / "user.dgen").as_uri()
    client.open(base, "enum Colour { red, green }\n")
    client.open(user, 'import "base.dgen"\ntable t 5 {\n  c Colour\n}\n')
    client.checked(user)
    client.edit(base, 14, 17, "blue")
    client.checked(base)

    def told_afterwards() -> bool:
        told = client.notices("specdsl/changed")
        return {"uri": user, "version": 1} in told[told.index({"uri": base, "version": 2}) :]

    client.until(told_afterwards, "word that the importing document has changed")
    rows = client.ask("specdsl/preview", client.of(user))["rows"]
    assert {row[0] for row in rows} == {"blue", "green"}
    client.close(base)
    client.close(user)


def test_pasted_json(client: Client, folder: Path) -> None:
    uri = (folder / "pasted.dgen").as_uri()
    client.open(uri, "# 😀\ntable items 3 {\n  id int key\n}\n")
    end = {"line": 9, "character": 0}
    found = client.ask("specdsl/tablesOfJson", client.of(uri, position=end, text='[{"n": 3}, {"n": 8}]'))
    assert (found["message"], found["notes"]) == ("", [])
    assert found["edit"]["range"]["start"] == {"line": 3, "character": 1}
    assert found["edit"]["newText"] == "\n\ntable items2 100 {\n  n int = 3..8\n}\n"
    for text in ("no JSON", "", None, 5):
        found = client.ask("specdsl/tablesOfJson", client.of(uri, position="x", text=text))
        assert found["edit"] is None
        assert found["message"]
