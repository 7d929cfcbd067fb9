"""Groups of rows that come to exactly what a target asks."""
