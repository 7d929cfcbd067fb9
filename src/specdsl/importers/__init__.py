"""Importers: descriptions of data in other languages, made into specs. One package or file a language, one
row
in ``registry.py``."""
