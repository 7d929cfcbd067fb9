"""Markdown of the editor's features as a client shows it: links to the manual lead to the installed pages."""

from __future__ import annotations

import re

from lsprotocol import types

from specdsl.lsp.uris import uri_of
from specdsl.resources import resource_path

_LINK = re.compile(r"\]\(docs/([\w/]+\.md)(#[\w-]+)?\)")
_MARKS = re.compile(r"\[([^\]]*)\]\([^)]*\)|```\w*\n?|`|\*\*")


def page_uri(name: str) -> str | None:
    """The address of a page of the manual (``errors/DG405.md``), None where it is not installed."""
    path = resource_path(name)
    return None if path is None else uri_of(str(path))


def content(markdown: str, *, as_markdown: bool) -> types.MarkupContent:
    """Markdown, or its plain text for a client that shows nothing else."""
    if not as_markdown:
        plain = _MARKS.sub(lambda match: match[1] or "", markdown)
        return types.MarkupContent(types.MarkupKind.PlainText, plain)
    return types.MarkupContent(types.MarkupKind.Markdown, _LINK.sub(_linked, markdown))


def documentation(markdown: str, formats: frozenset[str]) -> types.MarkupContent | str:
    """Markdown in the best of the formats that a client shows; one that names none takes a bare text."""
    if types.MarkupKind.Markdown.value in formats:
        return content(markdown, as_markdown=True)
    plain = content(markdown, as_markdown=False)
    return plain if types.MarkupKind.PlainText.value in formats else plain.value


def _linked(match: re.Match[str]) -> str:
    uri = page_uri(match[1])
    return "]" if uri is None else f"]({uri}{match[2] or ''})"
