"""The importer of rand-engine's dict specs, written as JSON: columns by name, each with its method and
arguments, and the primary and foreign keys between specs."""
