from tests.core.sample import address, draft
from tuimail.core.checks.context import Context
from tuimail.core.checks.every import run
from tuimail.core.finding import Severity

ORDER = list(Severity)


def test_a_harmless_draft_has_no_findings() -> None:
    assert run(draft()) == ()


def test_the_worst_finding_comes_first() -> None:
    found = run(
        draft(to=(), bcc=(address("x@corp.example"),), subject="", text="attached")
    )

    assert [f.code for f in found] == [
        "hdr.empty-subject",
        "att.forgotten",
        "rcpt.bcc-only",
    ]
    assert sorted(found, key=lambda f: ORDER.index(f.severity)) == list(found)


def test_own_domains_are_told_to_the_checks_that_ask() -> None:
    given = draft(bcc=(address("archive@mine.example"),))

    assert [f.code for f in run(given)] == ["rcpt.bcc-external"]
    assert run(given, Context(own_domains=frozenset({"mine.example"}))) == ()
