"""How often and how many at once."""

from tuimail.intake.http.brakes import Brake, Places


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
