"""Refactorings, one a file. ``registry`` lists them."""
