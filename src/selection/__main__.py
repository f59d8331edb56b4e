"""`python -m selection` is the command line."""

from selection.cli import main

if __name__ == "__main__":
    main()
