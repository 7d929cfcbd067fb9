"""What was built batch by batch: its rows, its clock, its keys; and what the next batch is."""
