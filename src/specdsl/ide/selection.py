"""Growing a selection by what the text means: name, expression, argument, statement, table, file."""

from __future__ import annotations

from specdsl.ide.definition import children
from specdsl.ide.outline import parsed
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree
from specdsl.syntax.tokens import TRIVIA


def selection_ranges(workspace: Workspace, path: str, offset: int) -> list[Span]:
    """The stretches around ``offset``, each inside the next; the last is the whole text."""
    document = workspace.document(path)
    offset = max(0, min(offset, len(document.text)))
    number = document.section_at(offset)
    start, text = document.starts[number], document.sections[number].text
    at = offset - start
    stretches = [(start, start + len(text)), (0, len(document.text))]
    token = document.token_at(offset)
    if token is not None and (token.kind not in TRIVIA or token.kind in ("COMMENT", "DOC_COMMENT")):
        stretches.append((start + token.start, start + token.end))
        if token.text[:1] in ('"', "`", "/") and len(token.text) > 1 and token.start < at < token.end:
            stretches.append((start + token.start + 1, start + token.end - 1))
    pending: list[tree.Node] = list(parsed(text).tree.items)
    while pending:
        node = pending.pop()
        if node.span.start <= at <= node.span.end:
            stretches.append((start + node.span.start, start + node.span.end))
            pending += children(node)
    found: list[tuple[int, int]] = []
    for low, high in sorted({s for s in stretches if s[0] < s[1]}, key=lambda s: (s[1] - s[0], s)):
        if low <= offset <= high and (not found or (low <= found[-1][0] and found[-1][1] <= high)):
            found.append((low, high))
    return [Span(path, low, high) for low, high in found] or [Span(path, 0, len(document.text))]
