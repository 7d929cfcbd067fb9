"""Which layer each entity stands in: parents left of their children.

The first steps of Sugiyama, Tagawa and Toda (1981): cycles are opened by turning some edges round, layers
are longest paths, and a layer that would be too high gives some of its entities to the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Edge = tuple[str, str]
"""(left, right): the left one belongs in an earlier layer."""


def acyclic(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """``edges`` in their order, some of them turned round so that no cycle is left. Those that close a
    cycle in a depth-first walk from the nodes without parents are turned."""
    targets: dict[str, list[str]] = {n: [] for n in nodes}
    inward = dict.fromkeys(nodes, 0)
    for left, right in edges:
        targets[left].append(right)
        inward[right] += 1
    state: dict[str, int] = {}  # 1: on the path, 2: done
    turned: set[Edge] = set()
    for root in sorted(nodes, key=lambda n: inward[n] > 0):
        if root in state:
            continue
        state[root] = 1
        path = [(root, iter(targets[root]))]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                path.pop()
            elif state.get(following) == 1:
                turned.add((node, following))
            elif following not in state:
                state[following] = 1
                path.append((following, iter(targets[following])))
    return [(b, a) if (a, b) in turned else (a, b) for a, b in edges]


def layers_of(
    nodes: Sequence[str], edges: Sequence[Edge], heights: Mapping[str, float], highest: float
) -> dict[str, int]:
    """The layer of each node, from 0, for edges without cycles. A layer is no higher than ``highest`` as
    long as moving nodes to the right can help."""
    parents: dict[str, list[str]] = {n: [] for n in nodes}
    children: dict[str, list[str]] = {n: [] for n in nodes}
    for left, right in edges:
        parents[right].append(left)
        children[left].append(right)
    order = _topological(nodes, parents, children)
    layer: dict[str, int] = {}
    filled: dict[int, float] = {}
    # Nodes with children first: what has none may stand further right at no cost.
    depths: dict[str, int] = {}
    for node in sorted(order, key=lambda n: _depth(n, parents, depths)):
        at = max((layer[p] + 1 for p in parents[node]), default=0)
        while filled.get(at, 0.0) and filled[at] + heights[node] > highest:
            at += 1
        layer[node] = at
        filled[at] = filled.get(at, 0.0) + heights[node]
    for node in reversed(order):  # roots stand next to their children
        if children[node] and not parents[node]:
            layer[node] = min(layer[c] for c in children[node]) - 1
    used = {at: i for i, at in enumerate(sorted(set(layer.values())))}
    return {n: used[at] for n, at in layer.items()}


def _topological(
    nodes: Sequence[str], parents: Mapping[str, Sequence[str]], children: Mapping[str, Sequence[str]]
) -> list[str]:
    waiting = {n: len(parents[n]) for n in nodes}
    ready = [n for n in nodes if not waiting[n]]
    out = []
    while ready:
        node = ready.pop(0)
        out.append(node)
        for child in children[node]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return out


def _depth(node: str, parents: Mapping[str, Sequence[str]], known: dict[str, int]) -> int:
    """The longest path to ``node``, without recursion: chains of tables may be long."""
    stack = [] if node in known else [node]
    while stack:
        top = stack[-1]
        missing = [p for p in parents[top] if p not in known]
        if missing:
            stack += missing
        else:
            known[top] = max((known[p] + 1 for p in parents[top]), default=0)
            stack.pop()
    return known[node]
