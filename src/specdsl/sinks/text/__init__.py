"""Columns as text without a Python object per value: what CSV and JSON share."""
