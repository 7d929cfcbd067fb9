"""Databases that rows are taken from: one file for each, which connects, tells columns and reads rows."""
