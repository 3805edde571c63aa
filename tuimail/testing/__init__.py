"""For tests: of plug-ins, of programs that send through tuimail, and of tuimail.

A clock that stands still, a provider that does what it is told, an outbox that
catches, mail and web servers that misbehave on demand, and the contract that every
provider has to keep. Public, like ``tuimail`` itself, which is why its names are all
to be had here; the fixtures for pytest are in ``tuimail.testing.fixtures``.
"""

from tuimail.testing.acts import Act, Close, Drip, Hang, Say, Script
from tuimail.testing.catching import CatchingProvider
from tuimail.testing.clock import FakeClock
from tuimail.testing.contract import ProviderContract
from tuimail.testing.http_server import (
    Received,
    Respond,
    ScriptedHttpServer,
    WebAct,
    WebScript,
)
from tuimail.testing.jobs import (
    RecordedJob,
    Standstill,
    envelope_to,
    job_of,
    standing_still_at_a_piece,
    standing_still_at_the_point,
    verdicts_for,
)
from tuimail.testing.outbox import Caught, Outbox
from tuimail.testing.provider import AfterThePoint, Answer, FakeProvider
from tuimail.testing.situations import Scene, Situation
from tuimail.testing.smtp_dialogue import Delivery
from tuimail.testing.smtp_in_thread import SmtpServer
from tuimail.testing.smtp_server import PIPELINED, ScriptedSmtpServer

__all__ = [
    "PIPELINED",
    "Act",
    "AfterThePoint",
    "Answer",
    "CatchingProvider",
    "Caught",
    "Close",
    "Delivery",
    "Drip",
    "FakeClock",
    "FakeProvider",
    "Hang",
    "Outbox",
    "ProviderContract",
    "Received",
    "RecordedJob",
    "Respond",
    "Say",
    "Scene",
    "Script",
    "ScriptedHttpServer",
    "ScriptedSmtpServer",
    "Situation",
    "SmtpServer",
    "Standstill",
    "WebAct",
    "WebScript",
    "envelope_to",
    "job_of",
    "standing_still_at_a_piece",
    "standing_still_at_the_point",
    "verdicts_for",
]
