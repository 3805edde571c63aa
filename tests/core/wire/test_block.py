import pytest

from tuimail.core.wire.block import check_block
from tuimail.errors import PlanMismatchError

NAMES = ("Date", "To")


def check(block: bytes, *, names: tuple[str, ...] = NAMES) -> None:
    check_block(block, names=names, utf8_names=frozenset({"To"}))


@pytest.mark.parametrize(
    "block",
    [
        b"Date: x\r\nTo: y\r\n\r\n",
        b"Date: x\r\nTo: y,\r\n z,\r\n\t z\r\n\r\n",
        b"Date:\r\nTo: j\xc3\xb6rg@b.example\r\n\r\n",
        b"Date: x\r\nTo: y,\r\n j\xc3\xb6rg@b.example\r\n\r\n",
        b"Date: " + b"x" * 992 + b"\r\nTo: y\r\n\r\n",
    ],
)
def test_the_block_that_was_planned_passes(block: bytes) -> None:
    check(block)


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (b"Date: x\r\nTo: y\r\n", "does not end in an empty line"),
        (b"Date: x\r\nTo: y\r\n\n", "does not end in an empty line"),
        (b"Date: x\r\n\r\nTo: y\r\n\r\n", "has the header line b''"),
        (b"Date: x\nTo: y\r\n\r\n", "has the header line"),
        (b"Date: x\rTo: y\r\n\r\n", "has the header line"),
        (b"Date: x\r\n\r\nTo: y\r\n", "does not end in an empty line"),
        (b"\nDate: x\r\nTo: y\r\n\r\n", "has the header line"),
        (b"Date: x\r\n\rTo: y\r\n\n", "does not end in an empty line"),
        (b"\rDate: x\r\nTo: y\r\n\n", "does not end in an empty line"),
        (b"Date: x\r\nTo: y\r\n\r\n\r\n", "has the header line b''"),
        (b"Date: x\r\nTo: \x00y\r\n\r\n", "has the header line"),
        (b"Date: x\r\nTo: \x1by\r\n\r\n", "has the header line"),
        (b"Date: x\r\nTo: y\r\n \t\r\n\r\n", "has the header line"),
        (b"Date: x\r\nTo y\r\n\r\n", "has the header line"),
        (b" x\r\nDate: x\r\nTo: y\r\n\r\n", "has the header line"),
        (b"Date: x\r\nTo : y\r\n\r\n", "has the header line"),
        (b"Date: x\r\nTo: y\r\nBcc: z\r\n\r\n", "has the header line b'Bcc: z'"),
        (b"Date: x\r\nTo: y\r\nresent-TO: z\r\n\r\n", "has the header line"),
        (b"Date: x\r\n\r\n", "its headers are Date"),
        (b"To: y\r\nDate: x\r\n\r\n", "its headers are To, Date"),
        (b"Date: x\r\nTo: y\r\nTo: z\r\n\r\n", "its headers are Date, To, To"),
        (b"Date: x\r\nTo: y\r\nX-Evil: z\r\n\r\n", "its headers are Date, To, X-Evil"),
        (b"Date: " + b"x" * 993 + b"\r\nTo: y\r\n\r\n", "a header line has 999 octets"),
        (b"Date: \xc3\xb6\r\nTo: y\r\n\r\n", "is not ASCII"),
        (b"Date: x\r\nTo: \xc3\r\n\r\n", "is not ASCII"),
    ],
)
def test_any_other_block_is_refused(block: bytes, reason: str) -> None:
    with pytest.raises(PlanMismatchError) as caught:
        check(block)

    assert reason in str(caught.value)


def test_bcc_is_refused_even_where_it_was_planned() -> None:
    with pytest.raises(PlanMismatchError, match="BCC"):
        check(b"BCC: x\r\n\r\n", names=("BCC",))
