"""Value types and, for each, its Arrow, SQL and JSON Schema counterpart."""
