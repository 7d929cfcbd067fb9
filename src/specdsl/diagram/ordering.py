"""The order of the nodes within their layers: few crossings, by repeated medians of the neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specdsl.diagram.placing import Link

_SWEEPS = 12


_Ends = Mapping[str, Sequence[tuple[float, str, float]]]
"""The lines of each node on one side: where they end at it, the other node, where they end there."""


def ordered(layers: Sequence[Sequence[str]], links: Sequence[Link]) -> list[list[str]]:
    """``layers`` in an order with few crossings of ``links``, which join neighbouring layers. Sweeps to
    and fro set each layer by the medians of its neighbours (Gansner et al. 1993, section 3); the best order
    seen is kept."""
    left: dict[str, list[tuple[float, str, float]]] = {}
    right: dict[str, list[tuple[float, str, float]]] = {}
    for link in links:
        right.setdefault(link.left, []).append((link.left_port, link.right, link.right_port))
        left.setdefault(link.right, []).append((link.right_port, link.left, link.left_port))
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


def _by_median(layer: Sequence[str], neighbours: _Ends, beside: Mapping[str, int]) -> list[str]:
    """The layer sorted by medians; nodes without neighbours keep their places."""
    medians = {}
    for node in layer:
        at = sorted((beside[other], port) for _, other, port in neighbours.get(node, ()))
        if at:
            low, high = at[(len(at) - 1) // 2], at[len(at) // 2]
            medians[node] = (low[0] + high[0], low[1] + high[1])
    moving = iter(sorted((n for n in layer if n in medians), key=lambda n: medians[n]))
    return [next(moving) if n in medians else n for n in layer]


def crossings(layers: Sequence[Sequence[str]], right: _Ends) -> int:
    """How many pairs of lines between neighbouring layers cross."""
    total = 0
    for i in range(len(layers) - 1):
        beside = {n: p for p, n in enumerate(layers[i + 1])}
        lines = [
            ((p, port), (beside[other], other_port))
            for p, node in enumerate(layers[i])
            for port, other, other_port in right.get(node, ())
        ]
        total += sum(
            (a[0] < b[0] and a[1] > b[1]) or (a[0] > b[0] and a[1] < b[1])
            for k, a in enumerate(lines)
            for b in lines[k + 1 :]
        )
    return total
