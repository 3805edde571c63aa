"""What a workspace remembers about itself."""

from tests.store.bench import NOW, Bench


def test_a_fact_is_remembered_until_another_takes_its_place(bench: Bench) -> None:
    assert bench.facts.get("colour") is None
    with bench.writing():
        bench.facts.set("colour", "red")
        bench.facts.set("colour", "blue")

    assert bench.facts.get("colour") == "blue"


def test_a_moment_is_the_same_moment_when_it_is_read(bench: Bench) -> None:
    assert bench.facts.moment("seen") is None
    with bench.writing():
        bench.facts.set_moment("seen", NOW)

    assert bench.facts.moment("seen") == NOW


def test_facts_are_found_by_how_their_names_begin(bench: Bench) -> None:
    with bench.writing():
        for name in ("a%: one", "a%: two", "ab: three"):
            bench.facts.set(name, name[-3:])
        bench.facts.forget("a%: one")

    assert bench.facts.beginning("a%: ") == {"a%: two": "two"}
