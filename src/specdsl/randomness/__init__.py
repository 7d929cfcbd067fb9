"""Counter-based randomness: stream keys, bits by row, keyed permutations.

Nothing here keeps state: a draw is a pure function of its stream's key, the address (row) it is
made for and its lane (first draw, second draw, ...).
"""
