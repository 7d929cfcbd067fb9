"""Rows of JSON that break one keyword of their schema on purpose, and the answers that say which.

===================  ==========================================================================
``documents.py``     rows as values that keep the digits of their numbers; parts of them by pointer
``schema.py``        the schema of a table's rows: what an error is about, where references lead
``places.py``        the keywords that apply to a row, each with the part of the row it is about
``values.py``        changed values that may break a keyword
``strings.py``       the same for strings
``arrays.py``        the same for arrays
``objects.py``       the same for objects
``breaking.py``      one row: a keyword is chosen, a change found that breaks it and nothing else
``rows.py``           files of rows, row by row
``answers.py``       the answer key
``restoring.py``     files with the clean values put back, and the key held against what was there
===================  ==========================================================================
"""
