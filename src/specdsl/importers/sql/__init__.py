"""SQL DDL: a script is cut into statements, those that declare are read into a schema, the schema is lowered
to tables, and the finished spec is rehearsed."""
