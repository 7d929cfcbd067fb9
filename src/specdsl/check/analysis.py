"""The analyses over the finished IR, in order: cycles, uniqueness, feasibility, hints."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.diagnostics.model import DiagnosticBag
from specdsl.ir.model import Dataset
from specdsl.source import SourceFile

from .changes import check_changes
from .covering.designs import Designs
from .cycles import check_cycles
from .dirt import check_dirt
from .feasibility import Feasibility
from .hints import give_hints
from .spans import SpanTable
from .targets import check_targets
from .uniqueness import UniquenessAnalysis
from .variants import check_variants


def analyse(
    dataset: Dataset,
    main_file: str,
    spans: SpanTable,
    sources: Mapping[str, SourceFile],
    bag: DiagnosticBag,
    *,
    counted: bool = True,
) -> Dataset:
    """Check what holds of the whole program, and decide how uniqueness is kept.

    Designs come first: numbers of rows follow from them. Later analyses assume that earlier ones found
    nothing: values are followed along dependencies, so a cycle ends it. Returns the dataset with every plan
    decided. ``counted``: numbers of rows are those of the text.
    """
    if not check_cycles(dataset, spans, bag):
        return dataset
    designs = Designs(dataset, spans, bag)
    dataset = designs.run()
    Feasibility(dataset, spans, sources, bag).run()
    designs.tell_of_nothing()
    planned = UniquenessAnalysis(dataset, spans, sources, bag).run()
    if bag.has_errors or not check_cycles(planned, spans, bag):
        return planned
    check_targets(planned, spans, bag)
    fine = check_variants(planned, spans, sources, bag, counted=counted)
    fine = check_changes(planned, spans, bag) and fine
    if fine and check_dirt(planned, spans, bag, counted=counted):
        give_hints(planned, main_file, spans, sources, bag)
    return planned
