"""``python -m tuimail`` and the ``tuimail`` command."""

import atexit
import gc
import os
import sys

_STDERR = 2
NEW_OBJECTS = 100_000
"""After so many Python looks for garbage: what a mail is sent with is less, none of
it is garbage, and to find that out takes as long as a tenth of all of it."""


def main() -> int:
    """Do as ``run``, and end the process at once where nothing is left to do."""
    code = run()
    if _is_nobody_else_here():
        _leave(code)
    return code


def run() -> int:
    """Run the command line and return its exit code.

    Called by a link with the name ``sendmail``, it is what programs expect there.
    ``TEXTUAL_PRESS`` would type keys into the app as it starts, an approval
    among them, so nothing here ever sees it.
    """
    gc.set_threshold(NEW_OBJECTS)
    from tuimail.cli.entry import main  # noqa: PLC0415 - once nobody looks for garbage
    from tuimail.cli.verbs import SENDMAIL  # noqa: PLC0415 - as above

    os.environ.pop("TEXTUAL_PRESS", None)
    _keep_standard_streams()
    is_sendmail = os.path.basename(sys.argv[0]) == SENDMAIL  # noqa: PTH119 - no pathlib
    return main(sys.argv[1:], verb=SENDMAIL if is_sendmail else "")


def _is_nobody_else_here() -> bool:
    """Return whether no thread is to be waited for, and nobody watches the end."""
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return False
    watched = sys.gettrace() or sys.getprofile() or sys.flags.dev_mode
    return not watched


def _leave(code: int) -> None:
    """End here, without taking apart what the system frees by itself.

    That takes Python a tenth of the time of a short command. What else it does at
    the end is done before: what asked to be called is, and what was printed is
    handed on. Files and the database are closed by whoever opened them, and locks
    end with the process. Returns where a stream takes no more: Python then says so.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - as Python does, and nothing else can
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


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
    sys.exit(run())
