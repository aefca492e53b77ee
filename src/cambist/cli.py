"""Decide what an operator can type: `cambist up`, one command a process, and the tools."""

import sys

from cambist.bootstrap.commands import run


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
