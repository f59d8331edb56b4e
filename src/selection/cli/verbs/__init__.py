"""The verbs of the command line; each asks the library and prints the answer."""
