"""Change records: updates and deletes of rows that earlier batches have made."""
