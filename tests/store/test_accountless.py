"""What is typed before there is an account is kept, one of each program."""

from datetime import timedelta

from tests.store.bench import NOW, Bench
from tuimail.store.accountless import AccountlessCopies, AccountlessCopy


def copy(writer: str, text: str, *, minutes: int = 0) -> AccountlessCopy:
    return AccountlessCopy(
        writer=writer,
        fields={"text": text},
        place="text 1,2",
        saved_at=NOW + timedelta(minutes=minutes),
    )


def test_each_program_has_one_of_its_own(bench: Bench) -> None:
    copies = AccountlessCopies(bench.facts)
    with bench.writing():
        bench.facts.set("colour", "red")
        copies.keep(copy("app, pid 1", "first"))
        copies.keep(copy("app, pid 2", "Grüße\x00", minutes=1))
        copies.keep(copy("app, pid 1", "second"))

    assert copies.newest() == (
        copy("app, pid 2", "Grüße\x00", minutes=1),
        copy("app, pid 1", "second"),
    )


def test_what_is_dropped_is_that_programs_alone(bench: Bench) -> None:
    copies = AccountlessCopies(bench.facts)
    with bench.writing():
        copies.keep(copy("app, pid 1", "first"))
        copies.keep(copy("app, pid 2", "other"))
        copies.drop("app, pid 1")

    assert copies.newest() == (copy("app, pid 2", "other"),)
