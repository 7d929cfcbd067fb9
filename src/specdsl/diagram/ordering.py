"""The order of the nodes within their layers: few crossings, by repeated medians of the neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SWEEPS = 12


def ordered(layers: Sequence[Sequence[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """``layers`` in an order with few crossings of ``links``, which join neighbouring layers (left,
    right). Sweeps to and fro set each layer by the medians of its neighbours (Gansner et al. 1993, section
    3); the best order seen is kept."""
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for a, b in links:
        right.setdefault(a, []).append(b)
        left.setdefault(b, []).append(a)
    now = [list(layer) for layer in layers]
    best, fewest = [list(layer) for layer in now], crossings(now, right)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        neighbours = left if forward else right
        indices = range(1, len(now)) if forward else range(len(now) - 2, -1, -1)
        for i in indices:
            beside = {n: p for p, n in enumerate(now[i - 1 if forward else i + 1])}
            now[i] = _by_median(now[i], neighbours, beside)
        count = crossings(now, right)
        if count < fewest:
            best, fewest = [list(layer) for layer in now], count
    return best


def _by_median(
    layer: Sequence[str], neighbours: Mapping[str, Sequence[str]], beside: Mapping[str, int]
) -> list[str]:
    """The layer sorted by medians; nodes without neighbours keep their places."""
    medians = {}
    for node in layer:
        at = sorted(beside[n] for n in neighbours.get(node, ()))
        if at:
            half = len(at) // 2
            medians[node] = float(at[half]) if len(at) % 2 else (at[half - 1] + at[half]) / 2
    moving = iter(sorted((n for n in layer if n in medians), key=lambda n: medians[n]))
    return [next(moving) if n in medians else n for n in layer]


def crossings(layers: Sequence[Sequence[str]], right: Mapping[str, Sequence[str]]) -> int:
    """How many pairs of links between neighbouring layers cross."""
    total = 0
    for i in range(len(layers) - 1):
        beside = {n: p for p, n in enumerate(layers[i + 1])}
        ends = [e for node in layers[i] for e in sorted(beside[n] for n in right.get(node, ()))]
        total += sum(1 for k, e in enumerate(ends) for later in ends[k + 1 :] if later < e)
    return total
