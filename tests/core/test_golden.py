"""The golden set: what readers see of realistic mail, reviewed by eye.

After a change, ``python -m tests.core.golden`` writes the expected previews anew;
read the difference before it is committed.
"""

import pytest

from tests.core import golden
from tuimail.core import compose
from tuimail.core.finding import Severity

ENOUGH = 20


def test_the_set_has_mail_of_many_kinds() -> None:
    assert len(golden.names()) >= ENOUGH


@pytest.mark.parametrize("name", golden.names())
def test_the_preview_is_what_was_reviewed(name: str) -> None:
    assert golden.seen(golden.mail(name)) == golden.expected(name)


@pytest.mark.parametrize("name", golden.names())
def test_the_standard_parser_reads_the_header_back(name: str) -> None:
    mail = golden.mail(name)
    header_block = next(compose.render(mail.plan, read=mail.read))

    compose.compare_with_parser(header_block, mail.plan)


@pytest.mark.parametrize("name", golden.names())
def test_no_check_blocks_ordinary_mail(name: str) -> None:
    found = golden.mail(name).findings

    assert [one for one in found if one.severity is Severity.BLOCK] == []
