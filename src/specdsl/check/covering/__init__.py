"""Test designs: the combinations of values that ``cover`` asks for, worked out before one row is made."""
