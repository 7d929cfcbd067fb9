"""From the checked program to a plan: what is solved by construction, drawn again, or indexed first."""
