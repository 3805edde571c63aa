"""How often and how many at once."""

from tuimail.intake.http.brakes import Brake, Places, Seen


def test_so_many_in_a_row_and_then_one_in_a_time() -> None:
    now = [0.0]
    brake = Brake(in_a_row=2, seconds_each=3, clock=lambda: now[0])

    at_once = [brake.wait() for _ in range(4)]
    now[0] = 2.5
    too_early = brake.wait()
    now[0] = 3.0
    in_time = brake.wait()
    now[0] = 1000.0
    full_again = [brake.wait() for _ in range(3)]

    assert (at_once, too_early, in_time) == ([0, 0, 3, 3], 1, 0)
    assert full_again == [0, 0, 3]


def test_places_are_given_back() -> None:
    places = Places(1)

    taken = [places.take(), places.take()]
    places.leave()

    assert (taken, places.take()) == ([True, False], True)


def test_nobody_may_hold_more_than_is_left_for_others() -> None:
    places = Places(8)

    one = [places.take("one") for _ in range(6)]
    two = [places.take("two") for _ in range(4)]
    three = [places.take("three") for _ in range(2)]

    assert one == [True] * 4 + [False] * 2
    assert two == [True] * 2 + [False] * 2
    assert three == [True, False]


def test_who_gave_its_places_back_may_take_them_again() -> None:
    places = Places(2)

    for _ in range(5):
        assert [places.take("one"), places.take("one")] == [True, False]
        places.leave("one")


def test_who_is_not_known_may_hold_all_that_there_is_for_such() -> None:
    places = Places(3)

    assert [places.take() for _ in range(4)] == [True, True, True, False]


def test_octets_are_shared_as_places_are() -> None:
    octets = Places(1000)

    taken = [octets.take("one", 400), octets.take("one", 400), octets.take("two", 200)]
    octets.leave("one", 400)

    assert taken == [True, False, True]
    assert octets.take("two", 200)


def test_a_token_is_known_for_a_moment_and_for_what_it_was_right_for() -> None:
    now = [0.0]
    seen = Seen(seconds=5, most=10, clock=lambda: now[0])
    seen.keep("tm_x", "draft")

    known = [seen.has("tm_x", "draft"), seen.has("tm_x", "status"), seen.has("y", "")]
    now[0] = 5.0

    assert known == [True, False, False]
    assert not seen.has("tm_x", "draft")


def test_what_is_known_does_not_grow_for_ever() -> None:
    seen = Seen(seconds=5, most=2, clock=lambda: 0.0)

    for number in range(5):
        seen.keep(str(number), "draft")

    assert [seen.has(str(number), "draft") for number in range(5)] == [
        False, False, False, False, True,
    ]  # fmt: skip
