"""Programs rely on the codes of findings, so each is in the docs."""

import re

from tests.architecture.printed import DOCS, PACKAGE

_CODE = re.compile(
    r'"((?:account|addr|att|hdr|html|mime|pii|policy|rcpt|review|size|text|time)'
    r'\.[a-z][a-z-]+)"'
)
_ROW = re.compile(r"^\| `([a-z]+\.[a-z-]+)` \|", re.MULTILINE)


def test_the_docs_have_every_code_and_no_other() -> None:
    sources = [
        path.read_text("utf-8")
        for folder in ("core", "workspace")
        for path in (PACKAGE / folder).rglob("*.py")
    ]
    used = {code for source in sources for code in _CODE.findall(source)}

    told = _ROW.findall((DOCS / "findings.md").read_text("utf-8"))

    assert len(used) > 50
    assert sorted(told) == sorted(used)
