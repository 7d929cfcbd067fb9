"""What Excel workbooks hold of each type, and workbooks read back."""
