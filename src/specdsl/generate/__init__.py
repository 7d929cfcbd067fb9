"""Plan to Arrow batches: expressions over vectors, references, groups of rows."""
