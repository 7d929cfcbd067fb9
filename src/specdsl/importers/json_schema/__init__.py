"""JSON Schema into specs.

========================  ================================================================================
``document.py``           JSON text to values, each with its place in the text
``contents.py``           which tables a document describes: a schema, OpenAPI, AsyncAPI, a map of tables
``library.py``            the documents that references may lead into; ``bundle.py`` makes one of several
``relations.py``          keys and references that schemas name; ``keys.py`` puts them into tables
``resources.py``          identifiers, anchors and references; constant values held against schemas
``alternatives.py``       canonicalising, first half: references, ``allOf`` and choices opened
``negation.py``           what a denial asks for; ``breaking.py``: proofs that it asks for nothing
``conjunction.py``        canonicalising, second half: the clauses of one alternative merged
``contradiction.py``      which clauses exclude each other where nothing is left
``lowering.py``           places to the forms of ``specdsl.importers.model``, one after another
``array_lowering.py``     arrays (``arrays.py`` lays out their places, ``distinct.py`` makes items differ)
``object_lowering.py``    objects (``objects.py`` has their members, ``names.py`` names of more)
``declared.py``           definitions and recursion as declared types
``combining.py``          several alternatives as one form
``numbers.py``, ...       what each type of value is drawn from
``telling.py``            what was approximated or left out, and which properties are exact
``asked.py``              ``faker`` and its like; ``normalizing.py``: arrays of objects as tables
``rehearsal.py``          rows of the finished spec held against the schema, before anything is written
========================  ================================================================================

The law: every row that the spec makes is valid, formats included. What the language cannot say is
approximated (fewer values than the schema allows; the report says so), left out where a property is optional
(a warning), or refused (an error).
"""
