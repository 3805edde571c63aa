"""Whole messages, built from the few lines that a test is about."""

from tuimail.core.finding import Finding
from tuimail.core.handed_in.message import HandedIn, read_message

HEAD = ("From: agent@corp.example", "To: bob@partner.example", "Subject: t")


def mail(*lines: str | bytes, head: tuple[str, ...] = HEAD) -> bytes:
    """Return the lines under a plain header; an empty one ends the header."""
    every = (*head, *lines)
    octets = (line.encode() if isinstance(line, str) else line for line in every)
    return b"".join(line + b"\r\n" for line in octets)


def read(*lines: str | bytes, head: tuple[str, ...] = HEAD) -> HandedIn:
    return read_message(mail(*lines, head=head))


def multipart(subtype: str, *parts: tuple[str | bytes, ...]) -> tuple[str | bytes, ...]:
    """Return the lines of a multipart; within another it has another boundary."""
    depth = 1 + max(str(part).count("multipart/") for part in parts)
    boundary = f"q{depth}q"
    lines: list[str | bytes] = [
        f'Content-Type: multipart/{subtype}; boundary="{boundary}"',
        "",
    ]
    for part in parts:
        lines += [f"--{boundary}", *part]
    return (*lines, f"--{boundary}--")


def text(content: str = "hello", kind: str = "plain") -> tuple[str, ...]:
    return (f"Content-Type: text/{kind}; charset=utf-8", "", content)


def file(*headers: str, content: str = "x,y") -> tuple[str, ...]:
    disposition = "Content-Disposition: attachment; filename=a.csv"
    return (*(headers or ("Content-Type: text/csv", disposition)), "", content)


def codes(found: HandedIn) -> list[str]:
    return [one.code for one in found.noticed]


def the_one(found: HandedIn) -> Finding:
    (finding,) = found.noticed
    return finding
