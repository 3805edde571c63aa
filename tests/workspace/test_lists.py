"""Windows of a list, around what a pane shows."""

from collections.abc import Callable, Sequence

import pytest

from tests.workspace.conftest import BILLING, Desk
from tuimail.errors import FieldError
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.lists import ListName, Wanted, Window
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

PROGRAM = FileToAttach(source=b"MZ" + b"\0" * 200, name="setup.exe")


def write(ws: Workspace, subject: str, **said: object) -> str:
    fields = Fields(to=("ana@example.net",), subject=subject, text="Hi.", **said)  # type: ignore[arg-type]  # named
    return ws.drafts.new(ws.drafts.compose(fields)).id


@pytest.fixture
def drafts(desk: Desk, workspace: Workspace) -> list[str]:
    """Ten drafts in the order of their list: the newest first."""
    ids = []
    for number in range(10):
        ids.append(write(workspace, f"draft {number}"))
        desk.advance(1)
    while workspace.search.catch_up():
        pass
    return ids[::-1]


def window(ws: Workspace, **wanted: object) -> Window:
    return ws.lists.window(ListName.DRAFTS, Wanted(**wanted))  # type: ignore[arg-type]  # named


def ids(found: Window) -> Sequence[str]:
    return [row.id for row in found.rows]


def test_a_window_begins_at_the_top_and_says_how_long_the_list_is(
    workspace: Workspace, drafts: list[str]
) -> None:
    found = window(workspace, below=3)

    assert (ids(found), found.start, found.total) == (drafts[:4], 0, 10)
    assert (found.selected, found.kept, found.found) == (None, (), None)


def test_a_window_is_around_the_first_mail_that_is_still_there(
    workspace: Workspace, drafts: list[str]
) -> None:
    around = ("gone", drafts[5], drafts[1])
    wanted = [window(workspace, around=around, above=n, below=n) for n in (2, 5, 9)]

    assert ids(wanted[0]) == drafts[3:8]
    assert [one.start for one in wanted] == [3, 0, 0]
    assert ids(wanted[2]) == drafts


def test_a_window_that_reaches_the_end_knows_where_it_begins(
    workspace: Workspace, drafts: list[str]
) -> None:
    found = window(workspace, around=(drafts[7],), above=2, below=9)
    counted = window(workspace, around=(drafts[7],), place=7, above=2, below=1)

    assert (ids(found), found.start) == (drafts[5:], 5)
    assert (ids(counted), counted.start) == (drafts[5:9], 5)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, (0, 4)),
        (4, (2, 8)),
        (8, (6, 10)),
        (9, (7, 10)),
        (-1, (7, 10)),
        (99, (8, 10)),
    ],
)
def test_a_window_may_be_at_a_place(
    workspace: Workspace, drafts: list[str], place: int, expected: tuple[int, int]
) -> None:
    found = window(workspace, around=("gone",), place=place, above=2, below=3)

    first, last = expected
    assert (ids(found), found.start) == (drafts[first:last], first)


def test_the_selected_mail_and_the_marked_ones_are_told_wherever_they_are(
    workspace: Workspace, drafts: list[str]
) -> None:
    kept = frozenset({drafts[9], drafts[4], "gone"})
    far = window(workspace, below=1, selected=drafts[6], kept=kept)
    near = window(workspace, below=1, selected=drafts[1])

    assert far.selected is not None
    assert (far.selected.id, far.place) == (drafts[6], 6)
    assert [row.id for row in far.kept] == [drafts[4], drafts[9]]
    assert near.place == 1


def test_what_is_searched_for_is_a_window_too(
    workspace: Workspace, drafts: list[str]
) -> None:
    other = write(workspace, "something else")
    workspace.search.catch_up()

    found = window(
        workspace,
        search="subject:draft",
        around=(drafts[4],),
        above=1,
        below=1,
        selected=drafts[8],
        kept=frozenset({drafts[9], other}),
    )
    top = window(workspace, search="subject:draft", around=(other,), below=1)

    assert (ids(found), found.start, found.total, found.among) == (
        drafts[3:6],
        3,
        10,
        11,
    )
    assert (found.place, [row.id for row in found.kept]) == (8, [drafts[9]])
    assert ids(top) == drafts[:2]
    assert found.found is not None
    assert not found.found.is_more
    assert not found.found.is_behind


def test_the_next_hit_is_found_from_any_mail(
    workspace: Workspace, drafts: list[str]
) -> None:
    def hit(row_id: str, step: int, search: str = "3") -> str:
        return workspace.lists.hit(ListName.DRAFTS, search, row_id, step)

    third = drafts[6]
    assert hit(drafts[0], 1) == third
    assert hit(drafts[9], -1) == third
    assert hit("gone", 1) == third
    assert [hit(third, 1), hit(third, -1), hit("gone", -1)] == ["", "", ""]
    assert hit(third, 1, "draft") == drafts[7]
    assert hit(third, -1, "draft") == drafts[5]


def test_a_search_for_a_state_that_there_is_not_is_refused(
    workspace: Workspace,
) -> None:
    with pytest.raises(FieldError, match="state:gone"):
        window(workspace, search="state:gone")


def test_every_list_is_empty_at_first(workspace: Workspace) -> None:
    for name in ListName:
        found = workspace.lists.window(name, Wanted(place=-1, above=5))
        assert (found.rows, found.start, found.total) == ((), 0, 0)


def test_review_lists_first_what_nobody_should_overlook(workspace: Workspace) -> None:
    with workspace.acting_as(BILLING, door="http"):
        plain = write(workspace, "plain")
        worse = write(workspace, "worse", attachments=(PROGRAM,))

    found = workspace.lists.window(ListName.REVIEW, Wanted())

    assert found.rows[0].worst_finding == "block"
    assert ids(found) == [worse, plain]


def test_review_lists_what_nobody_opened_and_what_was_decided(
    workspace: Workspace, hand_in: Callable[..., Row]
) -> None:
    opened, new = hand_in(subject="One"), hand_in(subject="Two")
    no, back = hand_in(subject="Three"), hand_in(subject="Four")
    workspace.looking.opened(opened.id, 1)
    workspace.reviews.reject(no.id, revision=1, reason="No.")
    workspace.reviews.request_changes(back.id, revision=1, reason="Not yet.")
    while workspace.search.catch_up():
        pass

    def listed(search: str) -> list[str]:
        found = workspace.lists.window(ListName.REVIEW, Wanted(search=search))
        return [row.id for row in found.rows]

    assert listed("state:new") == [new.id]
    assert listed("decided") == listed("state:decided") == [back.id, no.id]
    assert listed("state:decided three") == [no.id]
    assert listed("state:new one") == []
    assert listed("state:decided state:new") == []
    assert [row.id for row in workspace.search.page("state:new", limit=9)] == [new.id]
