"""Tables as databases declare them: keys, references, conditions and names, whatever the dialect."""
