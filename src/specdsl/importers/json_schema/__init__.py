"""JSON Schema into specs.

========================  =====================================================================
``document.py``           JSON text to values, each with its place in the text
``contents.py``           which tables a document describes: a schema, OpenAPI, AsyncAPI, a map of tables
``library.py``            the documents that references may lead into; ``bundle.py`` makes one of several
``relations.py``          keys and references that schemas name; ``keys.py`` puts them into tables
``resources.py``          identifiers, anchors and references of one document; constant values held against it
``conjunction.py``        canonicalising: references and ``allOf`` opened, branches chosen, clauses merged
``disproof.py``           whether no value of a merged schema can satisfy another one (``oneOf``, ``not``,
``if``)
``lowering.py``           merged schemas to the forms of ``specdsl.importers.model``
``numbers.py`` and so on  what each type of value is drawn from
``asked.py``              ``faker`` and its like; ``normalizing.py``: arrays of objects as tables
``rehearsal.py``          rows of the finished spec held against the schema, before anything is written
========================  =====================================================================

The law: every row that the spec makes is valid, formats included. What the language cannot say is narrowed
(fewer values than the schema allows; the report says so), left out where a property is optional (a
warning), or
refused (an error). JSON Lines shows every column in every row, a null one as ``null``; so an optional
property
is always present, and null only where the schema allows null: valid, though not every shape that the
schema allows.
"""
