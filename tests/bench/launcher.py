"""Runs a command, and tells what it took: ``python -I -S launcher.py FILE WORD…``.

Small itself, since the kernel counts the memory of the process that starts another
as the other's. Writes seconds, seconds of the processor and the most memory, in the
unit of ``ru_maxrss``, into FILE; ends as the command does.
"""

import os
import sys
from time import perf_counter

told, *words = sys.argv[1:]
start = perf_counter()
child = os.posix_spawn(words[0], words, os.environ)
_, status, used = os.wait4(child, 0)
wall = perf_counter() - start
with open(told, "w") as file:  # noqa: PTH123 - no pathlib
    file.write(f"{wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss}")
sys.exit(os.waitstatus_to_exitcode(status))
