"""Holding written data against the checked program, with DuckDB, from SQL lowered from the same IR."""
