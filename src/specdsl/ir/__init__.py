"""The checked, typed program: immutable, free of text and of spans."""
