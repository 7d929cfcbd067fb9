"""What an editor asks for, free of any protocol."""
