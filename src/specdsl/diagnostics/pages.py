"""The page behind each diagnostic: what ``specdsl explain`` prints, and what the tests run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from specdsl.resources import resource_dir

_TITLE = re.compile(r"# (DG\d{3}): ([a-z0-9-]+)\s*$")
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
    blocks of their section (the ``dgen`` one is the example, the others are files that it needs).
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
        if sum(b.language == "dgen" for b in found) < 1:
            raise PageError(f"{code}: `## {word}` needs a ```dgen block")
    if not lead:
        raise PageError(f"{code}: there is no paragraph before `## Wrong`")
    return Page(code, match[2], lead, wrong, right, closing, in_build, text)
