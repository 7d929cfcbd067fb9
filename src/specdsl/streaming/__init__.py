"""Rows sent one after the other at a declared pace: to standard output, files, servers and brokers."""
