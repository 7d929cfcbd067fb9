"""Whether a count is as probable as declared."""

from __future__ import annotations

from math import floor, log

SIGNIFICANCE = 1e-9
"""A build whose shares are right fails by chance at most once in so many rules (reciprocally)."""


def is_improbable(
    count: int,
    total: int,
    share: float,
    *,
    significance: float = SIGNIFICANCE,
    at_least: bool = False,
    edge: float = 0.0,
) -> bool:
    """Whether ``count`` successes of ``total`` independent trials of probability ``share`` are further off
    than chance explains.

    By Chernoff's bound P(X >= k) <= exp(-n KL(k/n || p)) (Hoeffding 1963, theorem 1), which holds for any
    n: what it calls improbable is improbable. ``at_least``: too many are never improbable.
    ``edge``: up to this share of the trials may have succeeded, or failed, for another reason.
    """
    if total == 0:
        return False
    least, most = share * (1.0 - edge), share * (1.0 - edge) + edge
    if total * least <= count <= total * most:
        return False
    share = least if count < total * least else most
    if count > total * share and at_least:
        return False
    if share <= 0.0:
        return count > 0
    if share >= 1.0:
        return count < total
    return total * _divergence(count / total, share) > log(2.0 / significance)


def _divergence(observed: float, share: float) -> float:
    """Kullback-Leibler divergence of two Bernoulli distributions."""
    out = 0.0
    if observed > 0.0:
        out += observed * log(observed / share)
    if observed < 1.0:
        out += (1.0 - observed) * log((1.0 - observed) / (1.0 - share))
    return out


def largest_remainders(shares: list[float], total: int) -> list[int]:
    """Whole counts that total ``total``: floors of ``share * total``, one more for the largest
    remainders (the earlier of equals)."""
    counts = [floor(share * total) for share in shares]
    rest = total - sum(counts)
    by_remainder = sorted(range(len(shares)), key=lambda i: (counts[i] - shares[i] * total, i))
    for i in by_remainder[:rest]:
        counts[i] += 1
    return counts
