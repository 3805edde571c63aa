"""What is being written is stored one call after the other, and never twice."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.tui.conftest import Desk
from tuimail.errors import StaleApprovalError, StoreError, TuimailError
from tuimail.tui.asking import Call
from tuimail.tui.editing import Opened, Saved, Typed, is_too_long, would_empty
from tuimail.tui.screens.keeping import Keeper


@dataclass
class Line:
    """Calls that wait to be answered, as the bridge would answer them."""

    desk: Desk
    calls: list[Call[Saved]] = field(default_factory=list)
    thens: list[Callable[[Saved], None]] = field(default_factory=list)
    otherwises: list[Callable[[TuimailError], None]] = field(default_factory=list)

    def ask(
        self,
        call: Call[Saved],
        then: Callable[[Saved], None],
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        self.calls.append(call)
        self.thens.append(then)
        self.otherwises.append(otherwise)

    def answer(self) -> None:
        """Do the oldest call and tell what came of it."""
        with self.desk.open() as workspace:
            saved = self.calls.pop(0)(workspace)
        self.otherwises.pop(0)
        self.thens.pop(0)(saved)

    def refuse(self, error: TuimailError) -> None:
        self.calls.pop(0)
        self.thens.pop(0)
        self.otherwises.pop(0)(error)


ONE = Typed(account="work", to="ana@example.net", text="one")


@dataclass
class Person:
    """What stands in the fields, and what the person was told."""

    typed: Typed = ONE
    told: list[object] = field(default_factory=list)

    def hears(self, saved: Saved) -> None:
        self.told.append(saved.page.row.revision)

    def hears_of(self, error: TuimailError) -> None:
        self.told.append(str(error))


@pytest.fixture
def line(desk: Desk) -> Line:
    return Line(desk)


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def keeper(line: Line, person: Person) -> Keeper:
    return Keeper(line.ask, lambda: person.typed)


def store(keeper: Keeper, person: Person) -> None:
    keeper.store(person.hears, person.hears_of, strict=False)


def autosave(keeper: Keeper, person: Person) -> None:
    keeper.autosave(person.hears, person.hears_of)


def test_a_second_wish_waits_for_the_first(
    keeper: Keeper, line: Line, person: Person, desk: Desk
) -> None:
    store(keeper, person)
    person.typed = Typed(account="work", to="ana@example.net", text="two")
    store(keeper, person)
    waiting = len(line.calls)
    line.answer()
    line.answer()

    assert waiting == 1
    assert person.told == [1, 2]
    assert desk.only("draft").draft.body.text == "two"
    assert not keeper.is_dirty


def test_of_several_wishes_only_the_newest_waits(
    keeper: Keeper, line: Line, person: Person
) -> None:
    for _ in range(4):
        store(keeper, person)
    line.answer()
    line.answer()

    assert line.calls == []


def test_autosaving_does_nothing_while_something_is_stored(
    keeper: Keeper, line: Line, person: Person
) -> None:
    autosave(keeper, person)
    autosave(keeper, person)

    assert len(line.calls) == 1


def test_autosaving_does_nothing_when_nothing_changed(
    keeper: Keeper, line: Line, person: Person
) -> None:
    store(keeper, person)
    line.answer()
    autosave(keeper, person)

    assert line.calls == []


def test_a_blank_mail_is_not_stored(keeper: Keeper, line: Line, person: Person) -> None:
    person.typed = Typed(account="work")
    autosave(keeper, person)

    assert line.calls == []
    assert keeper.is_free


def test_an_answer_about_another_draft_is_not_taken_for_this_one(
    keeper: Keeper, line: Line, person: Person
) -> None:
    """It was thrown away while it was being stored."""
    store(keeper, person)
    keeper.begin(Opened(), Typed())
    line.answer()

    assert keeper.opened == Opened()
    assert person.told == []


def test_a_refusal_about_another_draft_is_not_told(
    keeper: Keeper, line: Line, person: Person
) -> None:
    store(keeper, person)
    keeper.begin(Opened(), Typed())
    line.refuse(StoreError("The disk is full."))

    assert person.told == []


def test_a_refusal_is_told_and_the_text_stays_to_be_stored(
    keeper: Keeper, line: Line, person: Person
) -> None:
    store(keeper, person)
    line.refuse(StoreError("The disk is full."))

    assert person.told == ["The disk is full."]
    assert keeper.is_dirty
    assert not keeper.is_alone


def test_a_draft_that_went_its_own_way_is_copied_only_when_asked(
    keeper: Keeper, line: Line, person: Person, desk: Desk
) -> None:
    store(keeper, person)
    line.answer()
    first = keeper.opened.id
    person.typed = Typed(account="work", to="ana@example.net", text="mine")
    store(keeper, person)
    line.refuse(StaleApprovalError(first, approved=1, current=2))
    autosave(keeper, person)
    by_itself = len(line.calls)
    store(keeper, person)
    line.answer()

    assert by_itself == 0
    assert keeper.opened.id != first
    assert len(desk.rows("draft")) == 2


def test_an_empty_body_over_one_with_text_is_seen(desk: Desk) -> None:
    with desk.open() as workspace:
        page = workspace.drafts.page(desk.write().id)

    opened = Opened(draft=page.draft, id=page.row.id, revision=1)

    assert would_empty(Typed(subject="x"), opened)
    assert not would_empty(Typed(html="<p>x</p>"), opened)


@pytest.mark.parametrize(
    ("text", "is_long"),
    [("short", False), ("x\n" * 500_001, True), ("x" * 50_001, True)],
)
def test_texts_too_long_for_the_editor_are_seen(text: str, *, is_long: bool) -> None:
    assert is_too_long(text) is is_long
