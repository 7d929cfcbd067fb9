"""Diagnostics: the model, every coded diagnostic, and the renderers."""
