"""Specs as other tools read them, one file a kind. ``registry`` lists them."""
