"""Specs as JSON Schema.

===================  ==========================================================================
``exporter.py``      one document for one table or several
``written.py``       the schema of a written type with its bounds and value
``shapes.py``        objects, variants, tuples and maps
``narrowing.py``     what a value expression says about the values: constants, ranges, patterns
``columns.py``       the schema of a column, from its written type or from the checked program
``carried.py``       the ``x-specdsl`` members: what JSON Schema has no words for
``vocabulary.py``    what those members are called
``examples.py``      rows of the spec
``drafts.py``        the document in an older draft
===================  ==========================================================================

The law: every row of a verified build validates, formats asserted, and the schema is as narrow as JSON
Schema can say. Lengths of strings inside of JSON documents break it: neither the engine nor verification
keeps them. The schema says what the values of a type are; how likely they are stands in the members that
begin with ``x-specdsl``, from which the importer makes the spec again.
"""
