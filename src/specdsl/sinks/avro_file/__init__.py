"""What Avro files are made of: schemas, values as bytes, blocks."""
