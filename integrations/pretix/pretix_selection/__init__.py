"""Selection of applicants inside pretix, by the rules of the library `selection`."""

__version__ = "0.1.0"
