"""Run the command line, as ``kexue-book`` or ``python -m kexue_book``.

Worker processes import what the main process was started with: here there is nothing that takes
long, which each of them would do.
"""


def main() -> None:
    """Do what the command line says."""
    from kexue_book.cli import main

    main()


if __name__ == "__main__":
    main()
