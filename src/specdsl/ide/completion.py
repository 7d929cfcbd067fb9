"""Completion: what may be typed at a place, the likely first.

``complete`` is cheap: names and kinds. What costs more, documentation and sample values, is said of one item
when it is looked at (``resolve``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from specdsl.ide.change_items import after_change_items, change_items, changed_items
from specdsl.ide.context import Place
from specdsl.ide.count_items import count_items, is_count
from specdsl.ide.dirt_items import amount_items, aspect_items, rule_items
from specdsl.ide.format_items import format_items
from specdsl.ide.function_items import function_markdown
from specdsl.ide.ignoring import ignore_items
from specdsl.ide.items import TRIGGERS, Item
from specdsl.ide.samples import sample_column, sample_example
from specdsl.ide.spelling import in_code, such_as
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.text_items import file_items, locale_items, text_items
from specdsl.ide.total_items import measure_items, total_items
from specdsl.ide.unit_items import unit_items
from specdsl.ide.value_items import attribute_items, candidate_items, pattern_items, value_items
from specdsl.ide.word_items import (
    after_value_items,
    columns_items,
    group_items,
    head_items,
    history_items,
    lifecycle_items,
    member_items,
    modifier_items,
    setting_items,
    setting_values,
    state_items,
    strength_items,
    suffix_items,
    target_items,
    top_items,
    type_items,
    variant_items,
)
from specdsl.ide.workspace import Workspace

__all__ = ["TRIGGERS", "complete", "resolve"]


def complete(workspace: Workspace, path: str, offset: int) -> list[Item]:
    """The items for a place in a document, the likely first. Nothing where free text stands."""
    around = Surroundings.at(workspace, path, offset)
    if around.context.place is Place.NOTHING:
        return ignore_items(workspace, path, offset) or unit_items(workspace, path, offset)
    unique: dict[tuple[str, str], Item] = {}
    for item in _items(around):
        known = unique.get((item.label, item.insert))
        if known is None or item.rank < known.rank:
            unique[item.label, item.insert] = item
    span = around.context.span
    items = [replace(item, span=span) for item in unique.values()]
    return sorted(items, key=lambda item: (item.rank, item.order, item.label))


def _items(around: Surroundings) -> Iterable[Item]:
    quoted = around.context.quoted
    match around.context.place:
        case Place.TOP:
            return top_items()
        case Place.SETTING:
            return setting_items(around)
        case Place.SETTING_VALUE:
            return setting_values(around)
        case Place.TABLE_HEAD:
            return head_items(around)
        case Place.MEMBER:
            return member_items(around)
        case Place.TYPE:
            return type_items(around, item_only=False)
        case Place.ITEM_TYPE:
            return type_items(around, item_only=True)
        case Place.MODIFIER:
            return modifier_items(around)
        case Place.TARGET:
            return target_items(around)
        case Place.SUFFIX:
            return suffix_items(around)
        case Place.VALUE:
            return count_items(around) if is_count(around) else value_items(around)
        case Place.AFTER_VALUE:
            return after_value_items(around)
        case Place.ATTRIBUTE:
            return attribute_items(around)
        case Place.CANDIDATE:
            return candidate_items(around)
        case Place.PATTERN:
            return text_items(around) if quoted else pattern_items(around)
        case Place.STATE:
            return state_items(around)
        case Place.LIFECYCLE:
            return lifecycle_items(around)
        case Place.HISTORY:
            return history_items(around)
        case Place.COLUMNS:
            return columns_items(around)
        case Place.VARIANT:
            return variant_items()
        case Place.STRENGTH:
            return strength_items(around)
        case Place.RULE:
            return rule_items(around)
        case Place.ASPECT:
            return aspect_items(around)
        case Place.AMOUNT:
            return amount_items(around)
        case Place.MEASURE:
            return measure_items(around)
        case Place.TOTAL:
            return total_items(around)
        case Place.CHANGE:
            return change_items(around)
        case Place.CHANGED:
            return changed_items(around)
        case Place.AFTER_CHANGE:
            return after_change_items(around)
        case Place.GROUP:
            return group_items(around)
        case Place.IMPORT:
            return file_items(around, ".dgen")
        case Place.DATA_FILE:
            return file_items(around)
        case Place.QUERY_FILE:
            return file_items(around, ".sql")
        case Place.LOCALE:
            return locale_items()
        case Place.FORMAT:
            return format_items(around)
        case Place.TEXT:
            return text_items(around)
        case _:
            return ()


def resolve(workspace: Workspace, path: str, offset: int, item: Item) -> Item:
    """The item with its documentation: of a function what the catalogue says and values of its first example,
    of a column values from the text as it is."""
    around = Surroundings.at(workspace, path, offset)
    match item.about:
        case ("function", name) if name in around.functions:
            function = around.functions[name]
            values = _values(sample_example(function, workspace.plugins))
            return replace(item, documentation=function_markdown(function, signature=False, values=values))
        case ("column", table, name):
            sample = sample_column(workspace, path, table, name)
            parts = [item.documentation] if item.documentation else []
            return replace(item, documentation="\n\n".join([*parts, *_values(sample.examples)]))
        case ("pool column", pool, name):
            around_types = around.types.pool_columns(pool)
            return replace(item, documentation=f"`{name}` {around_types.get(name, '')} of pool `{pool}`")
        case ("table", name):
            facts = around.types.columns(name).values()
            lines = [f"- {in_code(f.name)} {f.type_text}{' key' if f.key else ''}" for f in list(facts)[:20]]
            parts = [p for p in (item.documentation, "\n".join(lines)) if p]
            return replace(item, documentation="\n\n".join(parts))
        case ("type", name):
            found = around.outline.texts(name)
            text = found[0][1].strip() if found else ""
            return replace(item, documentation=f"```dgen\n{text}\n```" if text else item.documentation)
        case _:
            return item


def _values(values: Iterable[str]) -> list[str]:
    shown = list(dict.fromkeys(values))[:5]
    return [such_as(shown)] if shown else []
