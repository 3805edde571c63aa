"""``python -m tuimail`` and the ``tuimail`` command."""

import gc
import os
import sys

from tuimail.cli.entry import main as _main
from tuimail.cli.verbs import SENDMAIL

_STDERR = 2
_NEW_OBJECTS = 50_000
"""After so many Python looks for garbage; importing makes more, and leaves none."""


def main() -> int:
    """Run the command line and return its exit code.

    Called by a link with the name ``sendmail``, it is what programs expect there.
    ``TEXTUAL_PRESS`` would type keys into the app as it starts, an approval
    among them, so nothing here ever sees it.
    """
    gc.set_threshold(_NEW_OBJECTS)
    os.environ.pop("TEXTUAL_PRESS", None)
    _keep_standard_streams()
    is_sendmail = os.path.basename(sys.argv[0]) == SENDMAIL  # noqa: PTH119 - no pathlib
    return _main(sys.argv[1:], verb=SENDMAIL if is_sendmail else "")


def _keep_standard_streams() -> None:
    """Let no file of ours get the number of a stream that was closed.

    What another program, or a library, writes to its stderr would end up in it.
    """
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= _STDERR:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def _leave_the_folder_out() -> None:
    """Import nothing from the folder that somebody merely stands in.

    ``python -m`` looks there first, and a provider of one's own is named by where
    it is.
    """
    if not sys.flags.safe_path and sys.path[:1] == [os.getcwd()]:  # noqa: PTH109
        del sys.path[0]


if __name__ == "__main__":
    _leave_the_folder_out()
    sys.exit(main())
