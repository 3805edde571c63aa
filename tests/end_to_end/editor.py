"""An editor that does what single keys tell it, in the place of a person's own.

w writes "Written in the editor." in the place of "OLD", c writes it and crashes,
x ends with an error, q quits, z stops itself as vim does, s says how big it is.
"""

import os
import signal
import sys
import termios
import tty
from pathlib import Path


def say(text: str) -> None:
    sys.stdout.write(f"{text}\r\n")
    sys.stdout.flush()


path = Path(sys.argv[1])
before = termios.tcgetattr(0)
tty.setcbreak(0)
say(f"\r\nEDITING {path.name} {path.read_text()!r}")
key = b""
while key not in {b"q", b"c", b"x"}:
    key = os.read(0, 1)
    if key in {b"w", b"c"}:
        content = path.read_bytes()
        path.write_bytes(content.replace(b"OLD", b"Written in the editor."))
        say("WRITTEN")
    if key == b"z":
        os.kill(0, signal.SIGTSTP)
        say("AWAKE")
    if key == b"s":
        size = os.get_terminal_size()
        say(f"SIZE {size.columns}x{size.lines}")
termios.tcsetattr(0, termios.TCSANOW, before)
if key == b"c":
    os.kill(os.getpid(), signal.SIGSEGV)
sys.exit(3 if key == b"x" else 0)
