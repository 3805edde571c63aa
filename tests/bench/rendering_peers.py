"""Renders mail as others do: ``PYTHON rendering_peers.py PEER FOLDER``.

Runs in a virtual environment that has the peer. Reads the mails from ``mails.json``
in the folder, and prints JSON: what each takes, by the wall and of the processor.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

TURN_SECONDS = 0.2
"""About how long one mail is rendered again and again."""
Mail = dict[str, str]


def main(peer: str, folder: str) -> None:
    """Render each mail as often as its time can be told."""
    mails = json.loads(Path(folder, "mails.json").read_text("utf-8"))
    told = {name: _cost(partial(PEERS[peer](), mail)) for name, mail in mails.items()}
    sys.stdout.write(json.dumps(told))


def _cost(act: Callable[[], bytes]) -> tuple[float, float]:
    act()
    start, used, times = perf_counter(), process_time(), 0
    while perf_counter() - start < TURN_SECONDS:
        act()
        times += 1
    return (perf_counter() - start) / times, (process_time() - used) / times


def mailatlas() -> Callable[[Mail], bytes]:
    """Return how mailatlas makes the bytes that it sends."""
    from mailatlas import OutboundAttachment, OutboundMessage  # noqa: PLC0415 - there
    from mailatlas.core.outbound import build_outbound_mime  # noqa: PLC0415 - there

    def render(mail: Mail) -> bytes:
        files = (OutboundAttachment(path=mail["file"]),) if mail["file"] else ()
        message = OutboundMessage(
            from_email="orders@shop.example",
            from_name="Shop Example",
            to=tuple(mail["to"].split(", ")),
            subject=mail["subject"],
            text=mail["text"],
            html=mail["html"] or None,
            attachments=files,
        )
        return bytes(build_outbound_mime(message).as_bytes())

    return render


def fluxmail() -> Callable[[Mail], bytes]:
    """Return how fluxmail makes the bytes that it sends."""
    from fluxmail import FluxMail  # noqa: PLC0415 - there

    mailer = FluxMail("smtp", "127.0.0.1")

    def render(mail: Mail) -> bytes:
        mailer.create(
            subject=mail["subject"],
            recipients=mail["to"].split(", "),
            body=mail["html"] or mail["text"],
            html_body=bool(mail["html"]),
            plain_body=mail["text"] if mail["html"] else None,
            sender="orders@shop.example",
            attachments=[mail["file"]] if mail["file"] else None,
        )
        return bytes(mailer.message.as_bytes())

    return render


PEERS = {"mailatlas": mailatlas, "fluxmail": fluxmail}


if __name__ == "__main__":
    main(*sys.argv[1:])
