"""What is said of a name within a type: a field, an alternative of a variant, the member that tells
alternatives apart."""

from __future__ import annotations

from specdsl.ide.bindings import declaration_of
from specdsl.ide.definition import enclosing
from specdsl.ide.naming import Symbol
from specdsl.ide.spelling import as_code, in_code, spelled
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree

_MOST_TEXT = 200
_MOST_TAGS = 8
_MOST_LINES = 12


def field_said(workspace: Workspace, symbol: Symbol, path: str) -> list[str]:
    """The parts about a field as it is declared: its text, its documentation, what it belongs to."""
    owner = in_code(*(name for name in symbol.owner.split(".") if not name.isdecimal()))
    declared = declaration_of(workspace, symbol, path)
    for node, span in enclosing(workspace, declared.span) if declared is not None else ():
        match node:
            case tree.FieldDecl(name=name, doc=doc) if name.text == symbol.name:
                return [_code(_written(workspace, span)), doc, f"A field of {owner}."]
            case tree.Alternative(tag=tree.Name(text=symbol.name), doc=doc):
                member = _tag_member(workspace, span)
                said = f"An alternative of {owner}."
                if member:
                    said += f" Its objects have {in_code(member)}: {_quoted(symbol.name)}."
                return [_code(_written(workspace, span)), doc, said]
            case tree.VariantType(tag=tree.Name(text=symbol.name), alternatives=alternatives):
                tags = [_quoted(a.tag.text) for a in alternatives if a.tag is not None]
                shown = ", ".join(tags[:_MOST_TAGS]) + (" and others" if len(tags) > _MOST_TAGS else "")
                said = f"The member of {owner} that says which alternative an object is"
                return [_code(spelled(symbol.name)), f"{said}: {shown}." if shown else f"{said}."]
    return [_code(spelled(symbol.name)), f"A field of {owner}."]


def _tag_member(workspace: Workspace, alternative: Span) -> str:
    """The member that names the alternatives of the variant around one; "" where it has none."""
    variants = (n for n, _ in enclosing(workspace, alternative) if isinstance(n, tree.VariantType))
    variant = next(variants, None)
    return "" if variant is None or variant.tag is None else variant.tag.text


def _written(workspace: Workspace, span: Span) -> str:
    return cut(workspace.document(span.file).text[span.start : span.end])


def cut(written: str) -> str:
    """A text as it stands in its lines, indented as if the first began a line; cut where it is long."""
    first, *rest = written.splitlines()
    depth = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines = [first, *(line[depth:] for line in rest)]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = ["..."]
    return "\n".join(line if len(line) <= _MOST_TEXT else line[: _MOST_TEXT - 3] + "..." for line in lines)


def _code(text: str) -> str:
    return f"```dgen\n{text}\n```"


def _quoted(name: str) -> str:
    return as_code(f'"{name}"')
