"""Run the command line as ``python -m kexue_book``."""

from kexue_book.cli import main

if __name__ == "__main__":
    main()
