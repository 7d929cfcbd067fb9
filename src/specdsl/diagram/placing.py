"""How far down each node of a layer stands: as near to its neighbours as the order allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 10


@dataclass(frozen=True, slots=True)
class Link:
    """A line between neighbouring layers, with how far below the tops of its nodes it ends."""

    left: str
    left_port: float
    right: str
    right_port: float


def placed(
    layers: Sequence[Sequence[str]], links: Sequence[Link], heights: Mapping[str, float], gap: float
) -> dict[str, float]:
    """The top of each node. Nodes keep their order and a ``gap``; lines are as level as can be: each sweep
    solves one layer against its neighbours by isotonic regression (least squares)."""
    tops: dict[str, float] = {}
    for layer in layers:
        y = 0.0
        for node in layer:
            tops[node] = y
            y += heights[node] + gap
    to_left: dict[str, list[Link]] = {}
    to_right: dict[str, list[Link]] = {}
    for link in links:
        to_left.setdefault(link.right, []).append(link)
        to_right.setdefault(link.left, []).append(link)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        last = sweep >= _SWEEPS - 2
        for i in range(len(layers)) if forward else range(len(layers) - 1, -1, -1):
            wanted: dict[str, list[float]] = {node: [] for node in layers[i]}
            for node in layers[i]:
                for link in to_left.get(node, ()) if forward or last else ():
                    wanted[node].append(tops[link.left] + link.left_port - link.right_port)
                for link in to_right.get(node, ()) if not forward or last else ():
                    wanted[node].append(tops[link.right] + link.right_port - link.left_port)
            _settle(layers[i], wanted, heights, gap, tops)
    least = min(tops.values(), default=0.0)
    return {n: round(y - least, 1) for n, y in tops.items()}


def _settle(
    layer: Sequence[str],
    wanted: Mapping[str, Sequence[float]],
    heights: Mapping[str, float],
    gap: float,
    tops: dict[str, float],
) -> None:
    """Set the tops of one layer: pool adjacent violators, after taking out the room of those above."""
    offset = 0.0
    offsets, blocks = [], list[tuple[float, float, int]]()  # (sum of weights, weighted sum, nodes)
    for node in layer:
        goals = wanted.get(node, ())
        weight = float(len(goals)) or 0.05
        goal = (sum(goals) / len(goals) if goals else tops[node]) - offset
        offsets.append(offset)
        offset += heights[node] + gap
        block = (weight, weight * goal, 1)
        while blocks and blocks[-1][1] / blocks[-1][0] > block[1] / block[0]:
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2] + block[2])
        blocks.append(block)
    index = 0
    for weight, total, count in blocks:
        for _ in range(count):
            tops[layer[index]] = total / weight + offsets[index]
            index += 1
