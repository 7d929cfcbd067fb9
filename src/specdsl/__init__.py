"""specdsl: related, checked data from a concise ``.dgen`` file."""

__version__ = "0.1.0"
