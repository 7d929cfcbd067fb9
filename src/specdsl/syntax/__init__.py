"""Text to tree: lexing, parsing with recovery, the tree itself, and the formatter."""
