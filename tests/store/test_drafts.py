from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.bench import BCC, MARA, NOW, Bench, address, draft, later, revision
from tuimail.core.draft import Body, Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.origin import Origin
from tuimail.errors import NotFoundError, StoreError
from tuimail.store.decoding import decoder
from tuimail.store.drafts import DraftRow, content_text


def test_a_draft_is_read_back_as_it_was_stored(bench: Bench) -> None:
    bench.drafted("d1", state=DraftState.REVIEW, at=later(3))

    assert bench.drafts.get("d1") == DraftRow(
        id="d1",
        state=DraftState.REVIEW,
        revision=1,
        origin=Origin(actor=MARA, door="app", note="please"),
        account="work",
        created_at=later(3),
        changed_at=later(3),
    )


def test_a_revision_is_read_back_as_it_was_stored(bench: Bench) -> None:
    """Bcc, headers, attachments, findings: nothing of what was written is lost."""
    written = revision("d1")

    bench.drafted("d1")
    bench.drafted("d2", draft=draft(subject="What is remembered"), findings=())

    assert bench.drafts.revision("d1", 1) == written


def test_a_revision_that_is_no_message_yet_says_why(bench: Bench) -> None:
    bench.drafted(
        message=None, release_digest="", not_composable="Nobody is named.", findings=()
    )

    found = bench.drafts.revision("d1", 1)

    assert found.message is None
    assert found.not_composable == "Nobody is named."


def test_moments_keep_their_place_in_time_whatever_their_zone(bench: Bench) -> None:
    there = datetime(2026, 3, 2, 23, 2, 0, 5, tzinfo=timezone(timedelta(hours=9)))

    bench.drafted(at=there)

    assert bench.drafts.get("d1").created_at == there
    assert bench.drafts.get("d1").created_at.tzinfo is UTC


def test_a_naive_time_is_not_stored(bench: Bench) -> None:
    with pytest.raises(ValueError, match="time zone"):
        bench.drafted(at=datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused

    assert bench.drafts.matching("d1") == ()


def test_an_edit_makes_the_next_revision_the_newest(bench: Bench) -> None:
    bench.drafted()
    second = revision("d1", 2, at=later(5), draft=draft("Q4", account="home"))

    with bench.writing():
        bench.drafts.add_revision(second, DraftState.DRAFT)

    row = bench.drafts.get("d1")
    assert (row.revision, row.account, row.changed_at) == (2, "home", later(5))
    assert [each.number for each in bench.drafts.revisions("d1")] == [1, 2]
    assert bench.drafts.revision("d1", 2) == second


def test_an_edit_that_names_no_account_keeps_the_drafts_own(bench: Bench) -> None:
    bench.drafted()

    with bench.writing():
        bench.drafts.add_revision(
            revision("d1", 2, draft=draft(account="")), DraftState.DRAFT
        )

    assert bench.drafts.get("d1").account == "work"


def test_a_draft_moves_and_says_when(bench: Bench) -> None:
    bench.drafted()

    with bench.writing():
        bench.drafts.set_state("d1", DraftState.REVIEW, later(9))

    row = bench.drafts.get("d1")
    assert (row.state, row.changed_at) == (DraftState.REVIEW, later(9))


def test_taking_back_can_forget_the_submission(bench: Bench) -> None:
    submission_id = bench.released()
    with bench.writing():
        bench.submissions.set_state(
            submission_id, SubmissionState.CANCELLED, at=later(1)
        )
        bench.drafts.set_state("d1", DraftState.DRAFT, later(1), submission_id=None)

    assert bench.drafts.get("d1").submission_id is None


def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    bench.drafted()

    with pytest.raises(NotFoundError, match="no draft d9"):
        bench.drafts.get("d9")
    with pytest.raises(NotFoundError, match="no revision 7 of draft d1"):
        bench.drafts.revision("d1", 7)
    with pytest.raises(NotFoundError), bench.writing():
        bench.drafts.set_state("d9", DraftState.REVIEW, NOW)


def test_ids_are_found_by_beginning_or_end(bench: Bench) -> None:
    for each in ("06eaxprq", "06ebyprq", "06ebz123"):
        bench.drafted(each)

    assert bench.drafts.matching("06ea") == ("06eaxprq",)
    assert bench.drafts.matching("z123") == ("06ebz123",)
    assert bench.drafts.matching("prq") == ("06eaxprq", "06ebyprq")
    assert bench.drafts.matching("06e", limit=2) == ("06eaxprq", "06ebyprq")
    assert bench.drafts.matching("6eb") == ()


def test_a_whole_id_is_itself_though_others_begin_with_it(bench: Bench) -> None:
    bench.drafted("06ea")
    bench.drafted("06eaxprq")

    assert bench.drafts.matching("06ea") == ("06ea",)


def test_a_pattern_is_not_an_id(bench: Bench) -> None:
    bench.drafted()

    assert bench.drafts.matching("%") == ()
    assert bench.drafts.matching("_1") == ()


def test_several_drafts_are_read_at_once(bench: Bench) -> None:
    bench.drafted("d1")
    bench.drafted("d2")

    found = bench.drafts.among(["d2", "d9"])

    assert found == {"d2": bench.drafts.get("d2")}


_BROKEN_SUBJECT = '{"sender": {"local": "a", "domain": "b"}, "subject": "a\\nb"}'


@pytest.mark.parametrize("content", ['{"sender": 1}', "no json", _BROKEN_SUBJECT])
def test_content_that_nobody_wrote_is_one_clear_error(
    bench: Bench, content: str
) -> None:
    bench.drafted()
    with bench.writing():
        bench.database.write("DROP TRIGGER revisions_never_change", ())
        bench.database.write("UPDATE revisions SET content = ?", (content,))

    with pytest.raises(StoreError, match="Revision 1 of draft d1 cannot be read"):
        bench.drafts.revision("d1", 1)


def test_the_worst_finding_stands_in_the_list(bench: Bench) -> None:
    findings = tuple(
        Finding(code="x", severity=severity, field="text", message="m")
        for severity in (Severity.INFO, Severity.BLOCK, Severity.WARNING)
    )

    bench.drafted(findings=findings)

    assert bench.rows.row("d1").worst_finding == "block"


_LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=40
)
_BODY = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80)
_HEADERS = st.lists(st.tuples(st.just("X-Any"), _LINE), max_size=2)


@st.composite
def drafts(choose: st.DrawFn) -> Draft:
    return Draft(
        sender=address("mara@example.org"),
        to=tuple(
            address(f"{number}@bücher.example")
            for number in range(choose(st.integers(0, 3)))
        ),
        bcc=(address(BCC),),
        subject=choose(_LINE),
        body=Body(text=choose(_BODY), html=choose(_BODY)),
        headers=tuple(choose(_HEADERS)),
    )


def test_any_draft_survives_the_database(bench: Bench) -> None:
    numbers = count()

    @settings(max_examples=60, deadline=None)
    @given(content=drafts())
    def survives(content: Draft) -> None:
        name = bench.drafted(f"d{next(numbers)}", draft=content)

        assert bench.drafts.revision(name, 1).draft == content
        assert decoder(Draft).decode(content_text(content)) == content

    survives()


def test_content_is_said_as_before_there_were_ends_of_use() -> None:
    """Its digest stands in journals that are never changed."""
    text = content_text(draft())

    assert text == msgspec.json.encode(draft(), order="deterministic").decode().replace(
        ',"expires_at":null}', "}"
    )
    assert "expires_at" not in text


def test_the_end_of_its_use_is_part_of_what_a_draft_says(bench: Bench) -> None:
    content = draft(expires_at=later(9))
    bench.drafted(draft=content)

    assert bench.drafts.revision("d1", 1).draft == content
    assert bench.rows.row("d1").expires_at == later(9)
    assert content_text(content) != content_text(draft())
