"""The numpy backend of the IR's expressions, one module a family of nodes."""
