"""What a test design comes to: its rows, and of how many combinations."""

from __future__ import annotations

from specdsl.ide.surroundings import Surroundings


def design_said(around: Surroundings, table: str = "") -> str:
    """The rows and combinations of the design of a table (of the one at hand), "" where there is none yet."""
    name = table or around.table
    found = around.outline.find(name)
    if found is None:
        return ""
    compilation = around.workspace.slice_of_section(around.document.path, found.number)
    dataset = None if compilation is None else compilation.dataset
    declared = None if dataset is None else dataset.tables.get(name)
    if declared is None or declared.cover is None or declared.design is None:
        return ""
    cover, design = declared.cover, declared.design
    said = f"{design.rows:,} rows have all {design.possible:,} {cover.what}."
    if design.possible < design.combinations:
        left_out = design.combinations - design.possible
        said += f" No row can have {left_out:,} of {design.combinations:,}."
    product = 1
    for values in design.domains:
        product *= len(values)
    if cover.combined < len(cover.columns):
        said += f" All combinations would be {product:,} rows, less what checks forbid."
    if declared.rows is not None and declared.rows > design.rows:
        said += f" The other {declared.rows - design.rows:,} of {declared.rows:,} rows are drawn."
    return said
