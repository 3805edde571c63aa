import json

import pytest

from tests.store.bench import BILLING, NOW, Bench, digest, later
from tuimail.errors import StoreError
from tuimail.store.policy import Policies, PolicyRow

FIRST, SECOND = b"version = 1\n", b"version = 1\n[limits]\n"


@pytest.fixture
def policies(bench: Bench) -> Policies:
    return Policies(bench.database)


def _keep(bench: Bench, content: bytes, seconds: float = 0) -> None:
    with bench.writing():
        Policies(bench.database).keep(content, digest(content.decode()), later(seconds))


def test_the_newest_is_the_one_that_was_kept_last(
    bench: Bench, policies: Policies
) -> None:
    assert policies.newest() is None
    _keep(bench, FIRST)
    _keep(bench, SECOND, 60)

    assert policies.newest() == PolicyRow(
        number=2, digest=digest(SECOND.decode()), content=SECOND, at=later(60)
    )


def test_the_same_is_kept_once_and_again_when_it_comes_back(
    bench: Bench, policies: Policies
) -> None:
    for content in (FIRST, FIRST, SECOND, FIRST):
        _keep(bench, content)

    newest = policies.newest()

    assert newest is not None
    assert (newest.number, newest.content) == (3, FIRST)


def test_each_is_a_line_of_the_journal(bench: Bench) -> None:
    _keep(bench, FIRST)
    _keep(bench, SECOND)

    lines = [one for one in bench.journal.all() if one.event == "policy_changed"]

    assert [dict(one.details) for one in lines] == [
        {"policy": "1", "digest": digest(FIRST.decode()), "previous": ""},
        {
            "policy": "2",
            "digest": digest(SECOND.decode()),
            "previous": digest(FIRST.decode()),
        },
    ]
    assert bench.journal.verify().ok


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE policies SET content = x'00'", "never changed"),
        ("DELETE FROM policies", "never deleted"),
        (
            "INSERT INTO policies SELECT number + 1, digest, content, at FROM policies",
            "another than the one before",
        ),
    ],
)
def test_what_was_kept_stays(bench: Bench, sql: str, why: str) -> None:
    _keep(bench, FIRST)

    with pytest.raises(StoreError, match=why):
        bench.write(sql)


def test_what_was_approved_is_told_with_the_policy_of_the_last_approval(
    bench: Bench, policies: Policies
) -> None:
    for name in ("d1", "d2", "d3"):
        bench.drafted(name, actor=BILLING)
    for draft_id, verdict, under in (
        ("d1", "approved", "old"),
        ("d1", "approved", "new"),
        ("d2", "rejected", "new"),
    ):
        bench.write(
            "INSERT INTO decisions (draft_id, revision, verdict, actor, door, reason, "
            "release_digest, findings_digest, at, policy_digest) "
            "VALUES (?, 1, ?, 'person:mara', 'app', '', '', '', ?, ?)",
            draft_id, verdict, "2026-03-02T14:02:00.000000Z", under,
        )  # fmt: skip

    assert policies.asked_about(["d1", "d2", "d3", "gone"]) == {"d1": "new"}
    assert policies.asked_about([]) == {}


def test_what_a_program_hands_in_is_counted_with_its_revisions(
    bench: Bench, policies: Policies
) -> None:
    for name, author, seconds in (
        ("d1", BILLING, -10), ("d2", BILLING, 0), ("d3", BILLING, 5),
        ("d4", "agent:other", 5), ("d5", "person:mara", 5),
    ):  # fmt: skip
        bench.drafted(name, at=later(seconds), author=author)

    assert policies.handed_in(BILLING, NOW, but="") == 1
    assert policies.handed_in(BILLING, later(-11), but="") == 3
    assert policies.handed_in(BILLING, later(-11), but="d2") == 2
    assert policies.handed_in("person:mara", later(-11), but="") == 0


def test_what_a_rule_released_is_counted_by_its_name(
    bench: Bench, policies: Policies
) -> None:
    for name, role, reason in (
        ("d1", "rule", "builds"), ("d2", "rule", "builds"), ("d3", "rule", "other"),
        ("d4", "owner", "builds"),
    ):  # fmt: skip
        bench.drafted(name, actor=BILLING)
        bench.write(
            "INSERT INTO decisions (draft_id, revision, verdict, actor, door, reason, "
            "release_digest, findings_digest, at, role) "
            "VALUES (?, 1, 'approved', 'tuimail', 'policy', ?, '', '', ?, ?)",
            name, reason, "2026-03-02T14:02:00.000000Z", role,
        )  # fmt: skip

    assert policies.released_by("builds", later(-1), but="") == 2
    assert policies.released_by("builds", later(-1), but="d1") == 1
    assert policies.released_by("builds", NOW, but="") == 0


def test_what_was_released_through_an_account_is_counted(
    bench: Bench, policies: Policies
) -> None:
    bench.released("d1")
    bench.released("d2")

    assert policies.released("work", later(-60), but="") == 2
    assert policies.released("work", later(-60), but="d2") == 1
    assert policies.released("home", later(-60), but="") == 0
    assert policies.released("work", later(3600), but="") == 0


def test_whoever_was_first_written_to_lately_is_known(
    bench: Bench, policies: Policies
) -> None:
    bench.released("d1")
    since = later(-60)

    everybody = {"ana@example.org", "bo@example.org", "quiet@example.org"}
    assert policies.first_written_to("work", since, but="") == everybody
    assert policies.first_written_to("work", since, but="d1") == frozenset()
    assert policies.unknown(["Ana@example.org", "new@x.example"], since) == {
        "ana@example.org",
        "new@x.example",
    }
    known = json.dumps(["ana@example.org", "bo@example.org"])
    bench.write(
        "INSERT INTO correspondents (address, first_at, last_at) "
        "SELECT value, '2020-01-01T00:00:00.000000Z', '2020-01-01T00:00:00.000000Z' "
        "FROM json_each(?)",
        known,
    )

    assert policies.first_written_to("work", since, but="") == {"quiet@example.org"}
    assert policies.unknown(["ANA@example.org", "new@x.example"], since) == {
        "new@x.example"
    }


def test_a_lost_policy_is_lost_until_one_is_kept(
    bench: Bench, policies: Policies
) -> None:
    assert not policies.is_lost()
    with bench.writing():
        policies.lose()
    assert policies.is_lost()

    _keep(bench, FIRST)

    assert not policies.is_lost()
