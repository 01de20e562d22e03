"""The words of every command, once, for the command line, the magics and the documentation."""
