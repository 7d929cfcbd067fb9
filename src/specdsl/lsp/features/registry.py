"""All features."""

from __future__ import annotations

from typing import Final

from specdsl.lsp.features import (
    actions,
    completion,
    explain,
    files,
    formatting,
    hints,
    hover,
    lenses,
    navigation,
    pasting,
    preview,
    pulling,
    rename,
    structure,
    symbols,
    tokens,
)
from specdsl.lsp.features.feature import Feature

FEATURES: Final[tuple[Feature, ...]] = (
    *completion.FEATURES,
    *hover.FEATURES,
    *navigation.FEATURES,
    *rename.FEATURES,
    *symbols.FEATURES,
    *tokens.FEATURES,
    *structure.FEATURES,
    *hints.FEATURES,
    *lenses.FEATURES,
    *formatting.FEATURES,
    *actions.FEATURES,
    *pulling.FEATURES,
    *files.FEATURES,
    *preview.FEATURES,
    *explain.FEATURES,
    *pasting.FEATURES,
)
