"""Change records: what a batch does to rows, as inserts, updates and deletes in the order of a log."""
