"""The far end of a pseudo-terminal: answers what it is asked, as xterm and tmux do."""

import re
from typing import Final

ANSWERS: Final[dict[bytes, bytes]] = {
    rb"\x1b\[>[0-9]*q": b"\x1bP>|tmux 3.3a\x1b\\",
    rb"(?:\x1b\[|\xc2\x9b)[0-9]*c": b"\x1b[?64;1;2;6;22c",
    rb"\x1b\[>[0-9]*c": b"\x1b[>84;0;0c",
    rb"\x1bZ": b"\x1b[?64;1;2c",
    rb"\x1b\[5n": b"\x1b[0n",
    rb"(?:\x1b\[|\xc2\x9b)6n": b"\x1b[12;40R",
    rb"\x1b\[21t": b"\x1b]lyax\x1b\\",
    rb"\x1b\[1[48]t": b"\x1b[8;50;160t",
    rb"\x1b\]4;([0-9]+);\?(?:\x07|\x1b\\)": b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    rb"\x1b\]1([01]);\?(?:\x07|\x1b\\)": b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    rb"(?:\x1b\]|\xc2\x9d)52;c;\?(?:\x07|\x1b\\|\xc2\x9c)": b"\x1b]52;c;YXlY\x1b\\",
    rb"(?:\x1bP|\xc2\x90)\$q[^\x1b\xc2]*(?:\x1b\\|\xc2\x9c)": b"\x1bP1$r0m\x1b\\",
    rb"\x1bP\+q[0-9a-f]*\x1b\\": b"\x1bP1+r544e=78\x1b\\",
    rb"\x1b\[\?1\$p": b"\x1b[?1;2$y",
    rb"\x05": b"xterm ay\r",
}
"""What a terminal says to each question; all of it goes where keys come from."""
OWN: Final[dict[bytes, bytes]] = {
    rb"\x1b\[\?2026\$p": b"\x1b[?2026;2$y",
    rb"\x1b\[\?2048\$p": b"\x1b[?2048;0$y",
}
"""What Textual itself asks, and understands."""
_TITLE: Final = rb"\x1b\]2;screen ([0-9]+)\x07"
_ALL: Final = {**ANSWERS, **OWN}
_ANY: Final = re.compile(b"|".join(b"(?:%b)" % one for one in (*_ALL, _TITLE)))
_LONGEST: Final = 64


class FarEnd:
    """Reads what a program writes, and says what is to be sent back."""

    def __init__(self) -> None:
        self.written = b""
        """Everything so far."""
        self.asked: list[bytes] = []
        """Questions that are none of Textual's."""
        self._tail = b""

    def read(self, piece: bytes, go_on: bytes) -> bytes:
        """Return what the terminal sends for ``piece``; ``go_on`` for a title."""
        self.written += piece
        text, end, sent = self._tail + piece, 0, b""
        for found in _ANY.finditer(text):
            sent += self._answer(found[0], go_on)
            end = found.end()
        self._tail = text[max(end, len(text) - _LONGEST) :]
        return sent

    def _answer(self, said: bytes, go_on: bytes) -> bytes:
        if re.fullmatch(_TITLE, said):
            return go_on
        asked = next(one for one in _ALL if re.fullmatch(one, said))
        if asked in ANSWERS:
            self.asked.append(said)
        return _ALL[asked]
