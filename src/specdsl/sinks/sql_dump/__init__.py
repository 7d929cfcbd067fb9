"""SQL dumps: one file a dialect, and what they share."""
