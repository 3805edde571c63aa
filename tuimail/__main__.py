"""``python -m tuimail`` and the ``tuimail`` command."""

import os
import sys

from tuimail.cli.entry import main as _main


def main() -> int:
    """Run the command line and return its exit code.

    ``TEXTUAL_PRESS`` would type keys into the app as it starts, an approval
    among them, so nothing here ever sees it.
    """
    os.environ.pop("TEXTUAL_PRESS", None)
    return _main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
