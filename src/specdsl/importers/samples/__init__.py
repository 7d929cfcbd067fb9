"""Specs from sample data: CSV, Parquet and JSON Lines files are looked at, and a spec is written whose rows
look like theirs."""
