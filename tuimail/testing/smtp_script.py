"""What a scripted mail server does at which stage; a slip of the pen is told at once.

A stage that there is not would never come, and a test would pass that tests nothing.
"""

import re
from collections import UserDict
from collections.abc import Sequence
from typing import Final

from tuimail.testing.acts import Act, Close, Drip, Hang, Say

STAGES: Final = (
    "connect", "greeting", "ehlo", "helo", "starttls", "auth", "challenge", "login",
    "mail", "rcpt:N", "data", "mid-data", "end-of-data", "after-end-of-data", "rset",
    "quit", "unknown",
)  # fmt: skip
"""Where a script may interfere; N counts recipients from 1.

Any other stage may be meant once, by a number behind it: ``connect:2`` up to
``login:2`` and ``quit:2`` are about the server's second connection, ``mail:2``
up to ``rset:2`` about its second MAIL.

``auth`` comes in place of the whole login; ``challenge`` is what the server asks in
it, ``login`` its verdict. ``end-of-data`` comes in place of the server's own answer;
the server has then taken the message only if the answer is 2yz.
``after-end-of-data`` comes when it has taken the message, instead of saying so.
``unknown`` answers a command that there is not.
"""
_STAGE: Final = re.compile(
    rf"(rcpt:[1-9]\d*|{'|'.join(one for one in STAGES if one != 'rcpt:N')})(:[1-9]\d*)?"
)


class SmtpScript(UserDict[str, Act | Sequence[Act]]):
    """Acts by stage; may be changed while the server runs."""

    def __setitem__(self, stage: str, acts: Act | Sequence[Act]) -> None:
        """Have something happen at a stage instead of the usual.

        Raises:
            ValueError: There is no such stage, or that is no act.
        """
        if not _STAGE.fullmatch(stage):
            raise ValueError(
                f"A script has no stage {stage!r}; there are {', '.join(STAGES)}."
            )
        several = acts if isinstance(acts, list | tuple) else (acts,)
        for act in several:
            if not isinstance(act, Say | Close | Hang | Drip):
                raise ValueError(  # noqa: TRY004 - as of a stage
                    f"At {stage} the server cannot do {act!r}; give Say(…), Close(), "
                    "Hang(), Drip(), or a list of them."
                )
        super().__setitem__(stage, acts)
