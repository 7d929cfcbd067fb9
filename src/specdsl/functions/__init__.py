"""The catalogue of functions: one definition each, one module a family."""
