from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.checks.hints import Hints

_TEXTS = st.text("aek _-:1Kß密", max_size=40)


@given(st.lists(st.text("aek_-1Kß密", min_size=1, max_size=4)), _TEXTS)
def test_all_that_stands_in_a_text_is_found_and_nothing_else(
    hints: list[str], text: str
) -> None:
    found = list(Hints(hints).found_in(text))

    assert sorted(found) == sorted({hint for hint in hints if hint in text})


def test_one_is_enough() -> None:
    hints = Hints(("token", "key"))

    assert hints.are_in("the key to it")
    assert not hints.are_in("the door to it")
