"""Where a stream goes: one file a target."""
