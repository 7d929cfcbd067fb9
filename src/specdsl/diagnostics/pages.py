"""The page behind each diagnostic: what ``specdsl explain`` prints, and what the tests run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from specdsl.diagnostics.cells import wrap
from specdsl.diagnostics.model import Severity
from specdsl.resources import resource_dir

_TITLE = re.compile(r"# (DG\d{3}): ([a-z0-9-]+)\s*$")
_READ_BY_IMPORTERS = {"70": "json", "71": "json", "72": "sql", "73": "sql", "74": "csv", "75": "json"}
"""The language of examples by the first two digits of a code, where the compiler does not read them."""
_FENCE = re.compile(r"```\s*(\S*)\s*(.*?)\s*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the rest of its info string, and its text."""

    language: str
    info: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page in its parts. ``lead`` and ``closing`` are paragraphs; ``wrong`` and ``right`` have the
    blocks of their section (the ``dgen`` one is the example, for importers the ``json`` or ``sql`` one;
    the others are files that it needs).
    ``fails_in_build``: the wrong example compiles, and fails when it is built. ``text`` is the whole
    Markdown."""

    code: str
    name: str
    lead: str
    wrong: tuple[Block, ...]
    right: tuple[Block, ...]
    closing: str
    fails_in_build: bool
    text: str


class PageError(ValueError):
    """A page that is not in the form that ``CONTRIBUTING.md`` gives."""


def codes() -> list[str]:
    """The codes that have a page, in order."""
    return sorted(p.stem for p in resource_dir("errors").glob("DG*.md"))


@cache
def page(code: str) -> Page | None:
    """The page of ``code``, None when there is none. Raises PageError."""
    if not re.fullmatch(r"DG\d{3}", code):
        return None
    path = resource_dir("errors") / f"{code}.md"
    return parse_page(code, path.read_text("utf-8")) if path.is_file() else None


def parse_page(code: str, text: str) -> Page:
    """The page of ``code`` from its Markdown. Raises PageError."""
    title, *lines = text.splitlines() or [""]
    match = _TITLE.match(title)
    if match is None or match[1] != code:
        raise PageError(f"{code}: the first line must be `# {code}: name`, not {title!r}")
    prose: dict[str, list[str]] = {"lead": [], "closing": []}
    blocks: dict[str, list[Block]] = {"## Wrong": [], "## Right": []}
    section = "lead"
    in_build = False
    rest = iter(lines)
    for line in rest:
        if line.startswith("<!--"):
            in_build |= line.strip() == "<!-- when: build -->"
        elif line.startswith("## "):
            section = line.strip()
            if section not in blocks:
                raise PageError(f"{code}: unknown section {section!r}")
        elif fence := _FENCE.match(line):
            if section not in blocks:
                raise PageError(f"{code}: a block outside of `## Wrong` and `## Right`")
            body = []
            for inner in rest:
                if inner.strip() == "```":
                    break
                body.append(inner + "\n")
            else:
                raise PageError(f"{code}: a block is not closed")
            blocks[section].append(Block(fence[1], fence[2], "".join(body)))
        else:
            prose["lead" if section == "lead" else "closing"].append(line)
    wrong, right = tuple(blocks["## Wrong"]), tuple(blocks["## Right"])
    lead, closing = ("\n".join(p).strip() for p in prose.values())
    for word, found in (("Wrong", wrong), ("Right", right)):
        example = _READ_BY_IMPORTERS.get(code[2:4], "dgen")
        if not any(b.language == example for b in found):
            raise PageError(f"{code}: `## {word}` needs a ```{example} block")
    if not lead:
        raise PageError(f"{code}: there is no paragraph before `## Wrong`")
    return Page(code, match[2], lead, wrong, right, closing, in_build, text)


def explain_text(page: Page, severity: Severity, *, color: bool = False, columns: int = 100) -> str:
    """The page for a terminal: prose wrapped to ``columns``, examples indented."""

    def styled(text: str, style: dict[str, object]) -> str:
        if not color:
            return text
        import click

        return click.style(text, **style)  # type: ignore[arg-type]

    rows = [styled(f"{page.code}: {page.name}", {"bold": True}) + f" ({severity})", ""]
    rows += [*_prose(page.lead, columns), ""]
    for word, blocks, hue in (("Wrong", page.wrong, "red"), ("Right", page.right, "green")):
        when = ", found when the data is built" if word == "Wrong" and page.fails_in_build else ""
        rows += [styled(f"{word}{when}:", {"bold": True, "fg": hue}), ""]
        for block in blocks:
            if block.info:
                rows.append(f"  {block.info}:")
            rows += [f"    {line}".rstrip() for line in block.text.splitlines()]
            rows.append("")
    if page.closing:
        rows += [*_prose(page.closing, columns), ""]
    return "\n".join(rows)


def _prose(text: str, columns: int) -> list[str]:
    """Paragraphs and lists of Markdown wrapped; a list's item keeps its indent."""
    rows: list[str] = []
    for paragraph in re.split(r"\n(?=[-*] |\s*\n)", text):
        words = " ".join(paragraph.split())
        hang = "  " if words.startswith(("- ", "* ")) else ""
        wrapped = wrap(words, max(min(columns, 100) - len(hang), 30)) if words else [""]
        rows += [wrapped[0], *(hang + row for row in wrapped[1:])]
    return rows
