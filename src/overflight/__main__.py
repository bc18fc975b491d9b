"""`python -m overflight` is the program `overflight`."""

import sys

from overflight.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
