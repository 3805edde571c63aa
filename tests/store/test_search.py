"""Words of mail in SQLite's full-text index."""

from pathlib import Path

import pytest

from tests.store.bench import Bench, later
from tuimail.core.searching import Words, parse_query
from tuimail.store import search
from tuimail.store.search import Search

NOTHING = Words(
    subject="",
    sender="",
    recipients="",
    body="",
    files="",
    note="",
    agent="",
    account="",
)


def words(**said: str) -> Words:
    return Words(**{name: said.get(name, "") for name in NOTHING.__slots__})


@pytest.fixture
def found(bench: Bench) -> Search:
    """Three mails whose words are known; the last two came later."""
    made = Search(bench.database)
    for number, said in enumerate(
        (
            words(subject="Q3 report", recipients="Ana Novák ana@example.net"),
            words(subject="Renewal", body="the report is late", agent="sales"),
            words(subject="見 積 書", files="plan.pdf", account="work"),
        )
    ):
        bench.drafted(f"d{number}", at=later(number))
        with bench.writing():
            made.put([(f"d{number}", 1, said)])
    return made


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("report", ["d1", "d0"]),
        ("REPOR", ["d1", "d0"]),
        ('"repor"', []),
        ("subject:report", ["d0"]),
        ("body:report late", ["d1"]),
        ('"late report"', []),
        ('"report is"', ["d1"]),
        ("novak", ["d0"]),
        ("to:ana@exam", ["d0"]),
        ("agent:sal", ["d1"]),
        ("file:plan account:work", ["d2"]),
        ("積", ["d2"]),
        ("q", []),
        ('say"what', []),
    ],
)
def test_mail_is_found_by_its_words_the_newest_first(
    found: Search, text: str, ids: list[str]
) -> None:
    for statuses in (None, frozenset({"draft"})):
        assert list(found.hits(parse_query(text), statuses)) == ids


def test_only_mail_that_stands_where_it_is_looked_for_is_found(
    bench: Bench, found: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.released("d0")
    for few in (search._FEW, 0):
        monkeypatch.setattr(search, "_FEW", few)
        sent = found.hits(parse_query("report"), frozenset({"ready", "sent"}))
        both = found.hits(parse_query("report state:draft"), None)
        neither = found.hits(parse_query("report state:draft"), frozenset({"sent"}))
        limited = found.hits(parse_query("report"), None, 1)

        assert (sent, both, neither, limited) == (("d0",), ("d1",), (), ("d1",))


def test_other_words_take_the_place_of_those_before(
    bench: Bench, found: Search
) -> None:
    with bench.writing():
        found.put([("d0", 2, words(subject="Q4"))])

    assert found.hits(parse_query("q3"), None) == ()
    assert found.hits(parse_query("q4"), None) == ("d0",)
    assert found.worded(["d0", "d1", "d9"]) == {"d0": 2, "d1": 1}


def test_the_journal_tells_which_mail_is_to_be_read(bench: Bench) -> None:
    made = Search(bench.database)
    assert (made.told(10).read_to, made.behind()) == (0, 0)
    bench.drafted("d1")
    bench.approved("d2")

    first = made.told(1)
    with bench.writing():
        made.read_to(first.read_to)
        made.read_to(0)
    others = made.told(10)

    assert first.ids == ("d1",)
    assert others.ids[-1] == "d2"
    assert made.behind() == others.read_to - first.read_to


def test_what_was_removed_is_not_even_in_the_file(bench: Bench, found: Search) -> None:
    secret = "xylophonist"
    with bench.writing():
        found.put([(f"p{number}", 1, words(body=secret)) for number in range(30)])
    with bench.writing():
        found.remove(f"p{number}" for number in range(30))

    is_more = True
    while is_more:
        with bench.writing():
            is_more = found.clear_up()
    bench.database.connection.execute("VACUUM")
    bench.database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert found.hits(parse_query(secret), None) == ()
    assert found.hits(parse_query("report"), None) == ("d1", "d0")
    assert secret.encode() not in _bytes(bench.path)


def _bytes(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
