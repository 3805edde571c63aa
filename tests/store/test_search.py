"""Words of mail in SQLite's full-text index."""

from pathlib import Path
from random import Random

import pytest

from tests.store.bench import Bench, later
from tuimail.core.lifecycle import DraftState
from tuimail.core.searching import Words, parse_query
from tuimail.errors import InputError
from tuimail.store import search
from tuimail.store.database import Value
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
        ("--- report", ["d1", "d0"]),
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
    for few, passed in ((search._FEW, 1), (search._FEW, search._PASSED), (0, 1)):
        monkeypatch.setattr(search, "_FEW", few)
        monkeypatch.setattr(search, "_PASSED", passed)
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


VOCABULARY = ("ware", "wares", "warehouse", "Wärme", "warm", "go", "goods", "to-go")
BEGINNINGS = ("wa", "war", "ware", "wär", "warm", "goo", "go", "to-g", "x", "wares")


@pytest.fixture
def many(bench: Bench) -> Search:
    """Sixty mails of a few words each, in three statuses."""
    made, random = Search(bench.database), Random(8)
    with bench.database.together():
        for number in range(60):
            said = " ".join(random.choices(VOCABULARY, k=3))
            other = " ".join(random.choices(VOCABULARY, k=2))
            state = DraftState.REVIEW if number % 3 else DraftState.DRAFT
            bench.drafted(f"d{number:02}", at=later(number), state=state)
            with bench.writing():
                made.put([(f"d{number:02}", 1, words(subject=said, body=other))])
    bench.released("d00")
    return made


@pytest.mark.parametrize("most", [16, 2, 0])
def test_a_begun_word_finds_the_mails_of_all_words_that_begin_so(
    many: Search, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """However many they are, and whichever way they are looked for."""
    begun = [many.hits(parse_query(text), None) for text in BEGINNINGS]
    placed = [many.hits(parse_query(f"subject:{text}"), None) for text in BEGINNINGS]
    both = many.hits(parse_query("war goo"), None)

    monkeypatch.setattr(search, "_MOST_WORDS", most)

    assert [many.hits(parse_query(text), None) for text in BEGINNINGS] == begun
    assert placed == [
        many.hits(parse_query(f"subject:{text}"), None) for text in BEGINNINGS
    ]
    assert many.hits(parse_query("war goo"), None) == both
    assert len(set(begun)) > 4
    assert list(both) == sorted(both, reverse=True)


@pytest.mark.parametrize("text", ["ware", "go", "wärme", "warehouse goods", "x"])
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_few_mails_are_found_whether_many_have_the_words_or_not(
    many: Search, monkeypatch: pytest.MonkeyPatch, text: str, limit: int
) -> None:
    query, statuses = parse_query(text), frozenset({"draft", "ready"})
    ways = []
    for few, passed in ((search._FEW, 1), (search._FEW, search._PASSED), (0, 1)):
        monkeypatch.setattr(search, "_FEW", few)
        monkeypatch.setattr(search, "_PASSED", passed)
        ways.append(set(many.hits(query, statuses)))
    for way in (search._NEWEST, search._each_of_few(2)):
        monkeypatch.setattr(search, "_FEW", 5_000)
        monkeypatch.setattr(many, "_way", lambda *_, way=way: way)
        ways.append(set(many.hits(query, statuses)))
        some = many.hits(query, statuses, limit)
        assert list(some) == sorted(ways[0], reverse=True)[:limit]

    assert all(way == ways[0] for way in ways)


def test_mails_are_looked_at_one_by_one_only_in_a_small_part_of_all(
    many: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going past others is quicker, unless nearly all that match are others."""
    values: dict[str, Value] = {
        "statuses": '["draft"]',
        "match": "go OR warehouse OR warm",
    }

    assert many._way(values, 1) == search._NEWEST

    monkeypatch.setattr(search, "_PASSED", 2)

    assert many._way(values, 1) == search._each_of_few(1)


def test_a_word_that_was_removed_is_not_among_those_that_there_are(
    bench: Bench, found: Search
) -> None:
    with bench.writing():
        found.put([("d0", 2, words(body="xylophonist"))])
    assert found._beginning_with("xylo") == ["xylophonist"]

    with bench.writing():
        found.remove(["d0"])

    assert found.hits(parse_query("xylo"), None) == ()


def test_words_that_another_program_reads_are_found_by_their_beginning(
    bench: Bench, found: Search
) -> None:
    """The words with a beginning are kept only as long as the index is the same."""
    other = Bench(bench.path.parent)
    assert found.hits(parse_query("rep"), None) == ("d1", "d0")

    with other.writing():
        Search(other.database).put([("d2", 2, words(body="reply to a repeated plea"))])
    other.close()

    assert found._beginning_with("rep") == ["repeated", "reply", "report"]
    assert found.hits(parse_query("rep"), None) == ("d2", "d1", "d0")


def test_not_every_beginning_is_kept(
    found: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_KNOWN", 2)

    for text in ("re", "rep", "repo", "re"):
        assert found._beginning_with(text)

    assert len(found._known) <= 2


def test_mails_that_are_looked_at_one_by_one_are_put_in_no_order_before(
    bench: Bench,
) -> None:
    values = {"statuses": "[]", "match": "a", "limit": 1}
    sql = f"EXPLAIN QUERY PLAN {search._each_of_few(3)}"

    steps = [str(row[3]) for row in bench.database.connection.execute(sql, values)]

    assert not [step for step in steps if "TEMP B-TREE" in step]
    assert sum("drafts_by_status" in step for step in steps) == 3


def test_half_a_surrogate_pair_is_refused_in_a_search_too(found: Search) -> None:
    with pytest.raises(InputError, match="UTF-8"):
        found.hits(parse_query("rep\ud800"), None)
