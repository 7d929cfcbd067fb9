"""Columns of values in memory, and their way into Arrow."""
