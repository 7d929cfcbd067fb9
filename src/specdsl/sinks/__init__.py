"""Sinks: Arrow batches in, files out. One file a format; ``registry.SINKS`` names them."""
