"""Declared dirt: rows that are spoiled on purpose when they are written, each in one way."""
