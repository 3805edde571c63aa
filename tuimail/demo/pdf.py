"""A PDF of one page of text, so that the demo has something real to attach.

Pure: the same lines give the same bytes.
"""

from collections.abc import Iterable, Sequence
from typing import Final

_HEADER: Final = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_PAGE: Final = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
    b"/Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
)
_FONT: Final = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
)


def pdf(lines: Sequence[str]) -> bytes:
    """Return a PDF (ISO 32000-1 §7.5) that shows ``lines`` below each other."""
    text = b"".join(_line(line) for line in lines)
    content = b"BT /F1 12 Tf 16 TL 72 770 Td\n" + text + b"ET"
    return _file(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE,
        _FONT,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )


def _line(line: str) -> bytes:
    shown = line.encode("cp1252", errors="replace")
    for special in (b"\\", b"(", b")"):
        shown = shown.replace(special, b"\\" + special)
    return b"(%s) Tj T*\n" % shown


def _file(*objects: bytes) -> bytes:
    """Number the objects from 1 and add the table of where each begins."""
    body, offsets = _HEADER, []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    return body + _table(offsets) + _trailer(len(objects) + 1, len(body))


def _table(offsets: Iterable[int]) -> bytes:
    rows = [b"0000000000 65535 f \n", *(b"%010d 00000 n \n" % at for at in offsets)]
    return b"xref\n0 %d\n" % len(rows) + b"".join(rows)


def _trailer(size: int, table_at: int) -> bytes:
    return b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table_at,
    )
