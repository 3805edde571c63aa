from tests.store.bench import NOW, Bench, later
from tuimail.core.submission import AccountFault
from tuimail.store.accounts import HeldAccount


def test_a_hold_says_why_and_since_when(bench: Bench) -> None:
    with bench.writing():
        bench.accounts.hold("work", "535 no", AccountFault.LOGIN, NOW)
        bench.accounts.hold("home", "By hand.", None, later(1))

    assert bench.accounts.held() == {
        "home": HeldAccount(name="home", reason="By hand.", fault=None, at=later(1)),
        "work": HeldAccount(
            name="work", reason="535 no", fault=AccountFault.LOGIN, at=NOW
        ),
    }


def test_a_hold_may_have_an_end(bench: Bench) -> None:
    with bench.writing():
        bench.accounts.hold("work", "550", AccountFault.QUOTA, NOW, until=later(60))

    assert bench.accounts.held()["work"].until == later(60)


def test_an_end_is_gone_with_the_hold_that_had_it(bench: Bench) -> None:
    with bench.writing():
        for name in ("work", "home"):
            bench.accounts.hold(name, "550", AccountFault.QUOTA, NOW, until=later(60))
        bench.accounts.hold("work", "By hand.", None, later(1))
        bench.accounts.release("home", later(1))
        bench.accounts.hold("home", "By hand.", None, later(2))

    assert {one.until for one in bench.accounts.held().values()} == {None}


def test_holding_again_replaces_the_reason(bench: Bench) -> None:
    with bench.writing():
        bench.accounts.hold("work", "535 no", AccountFault.LOGIN, NOW)
        bench.accounts.hold("work", "Expired.", AccountFault.CERTIFICATE, later(1))

    assert bench.accounts.held()["work"].reason == "Expired."


def test_an_account_that_is_released_goes_on(bench: Bench) -> None:
    with bench.writing():
        bench.accounts.hold("work", "535 no", AccountFault.LOGIN, NOW)
        bench.accounts.release("work", later(1))

    assert bench.accounts.held() == {}


def test_releasing_what_is_not_held_changes_nothing(bench: Bench) -> None:
    with bench.writing():
        bench.accounts.release("work", NOW)
        bench.accounts.hold("work", "By hand.", None, NOW)
        bench.accounts.release("work", later(1))
        bench.accounts.release("work", later(2))

    assert len(bench.journal.all()) == 2


def test_the_journal_tells_each_change_of_a_hold(bench: Bench) -> None:
    """And never the reason, which may quote a server that quotes an address."""
    with bench.writing():
        bench.accounts.hold("work", "<quiet@example.org>", AccountFault.QUOTA, NOW)
        bench.accounts.hold("work", "Again.", AccountFault.QUOTA, later(1))
        bench.accounts.release("work", later(2))
        bench.accounts.hold("work", "By hand.", None, later(3))

    lines = bench.journal.all()

    assert [(line.event, line.details["fault"]) for line in lines] == [
        ("account_held", "quota"),
        ("account_released", ""),
        ("account_held", ""),
    ]
    assert {line.details["account"] for line in lines} == {"work"}
    assert {line.draft_id for line in lines} == {""}
    assert "quiet@example.org" not in str(lines)
