"""The forms that change records are written in: one file each, and a row in the registry."""
