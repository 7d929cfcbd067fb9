"""Tree to checked IR: names, types, units, references, constraints, feasibility."""
