"""What is being written is stored one call after the other, and never twice."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.tui.conftest import Desk
from tuimail.errors import StaleApprovalError, StoreError, TuimailError
from tuimail.tui.asking import Call
from tuimail.tui.editing import (
    Kept,
    Opened,
    Saved,
    Typed,
    fields_of,
    is_too_long,
    not_emptied,
    typed_into,
    typed_of,
    with_fields,
)
from tuimail.tui.screens.keeping import Keeper


@dataclass
class Line:
    """Calls that wait to be answered, as the bridge would answer them."""

    desk: Desk
    calls: list[Call[Kept]] = field(default_factory=list)
    thens: list[Callable[[Kept], None]] = field(default_factory=list)
    otherwises: list[Callable[[TuimailError], None]] = field(default_factory=list)

    def ask(
        self,
        call: Call[Kept],
        then: Callable[[Kept], None],
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        self.calls.append(call)
        self.thens.append(then)
        self.otherwises.append(otherwise)

    def answer(self) -> None:
        """Do the oldest call and tell what came of it."""
        with self.desk.open() as workspace:
            kept = self.calls.pop(0)(workspace)
        self.otherwises.pop(0)
        self.thens.pop(0)(kept)

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

    def hears(self, kept: Kept) -> None:
        word = "cut" if isinstance(kept, Saved) else "kept"
        self.told.append(f"{word} {kept.opened.revision}")

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
    return Keeper(line.ask, lambda: person.typed, lambda: "text 0 3 0")


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
    assert person.told == ["cut 1", "cut 2"]
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


def test_what_a_timer_stores_never_takes_the_place_of_what_somebody_asked_for(
    keeper: Keeper, line: Line, person: Person
) -> None:
    autosave(keeper, person)
    store(keeper, person)
    timer = Person()
    keeper.put_down(timer.hears, timer.hears_of, gives_way=True)
    line.answer()
    line.answer()

    assert person.told == ["cut 1", "cut 1"]
    assert timer.told == line.calls == []


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


def write_on(keeper: Keeper, line: Line, person: Person, text: str) -> None:
    person.typed = replace(person.typed, text=text)
    autosave(keeper, person)
    line.answer()


def test_what_is_typed_on_is_kept_and_no_revision(
    keeper: Keeper, line: Line, person: Person, desk: Desk
) -> None:
    write_on(keeper, line, person, "one")
    write_on(keeper, line, person, "one, two")
    with desk.open() as workspace:
        begun = workspace.writing.begin(keeper.opened.id)

    assert person.told == ["cut 1", "kept 1"]
    assert (keeper.is_dirty, keeper.is_uncut) == (False, True)
    assert begun.page.draft.body.text == "one"
    assert typed_into(begun).text == "one, two"
    assert begun.place == "text 0 3 0"


def test_what_was_kept_is_cut_when_somebody_asks(
    keeper: Keeper, line: Line, person: Person, desk: Desk
) -> None:
    write_on(keeper, line, person, "one")
    write_on(keeper, line, person, "one, two")
    store(keeper, person)
    line.answer()

    assert person.told == ["cut 1", "kept 1", "cut 2"]
    assert keeper.is_free
    assert desk.only("draft").draft.body.text == "one, two"


def test_what_is_gone_on_with_is_uncut_from_the_beginning(
    keeper: Keeper, person: Person
) -> None:
    keeper.begin(Opened(id="d1"), person.typed, cut=replace(person.typed, text=""))

    assert not keeper.is_dirty
    assert not keeper.is_free


def test_another_account_by_itself_is_no_change(keeper: Keeper, person: Person) -> None:
    keeper.begin(Opened(id="d1"), person.typed)
    person.typed = replace(person.typed, account="home")

    keeper.take_account("home", "")

    assert not keeper.is_dirty
    assert keeper.is_free


@pytest.mark.parametrize("emptied", ["", "  \n", "\n-- \nMara\n"])
def test_an_emptied_body_is_stored_when_somebody_asks_and_not_before(
    keeper: Keeper, line: Line, person: Person, desk: Desk, emptied: str
) -> None:
    write_on(keeper, line, person, "one")
    person.typed = replace(person.typed, subject="Q3", text=emptied)
    autosave(keeper, person)
    line.answer()
    with desk.open() as workspace:
        kept = typed_into(workspace.writing.begin(keeper.opened.id))
    keeper.put_down(person.hears, person.hears_of)
    line.answer()
    by_itself = desk.only("draft").draft
    store(keeper, person)
    line.answer()

    assert (kept.subject, kept.text) == ("Q3", "one")
    assert (by_itself.subject, by_itself.body.text) == ("Q3", "one")
    assert desk.only("draft").draft.body.text == emptied


def test_files_make_a_revision(
    keeper: Keeper, line: Line, person: Person, desk: Desk
) -> None:
    """What no revision names is cleared away, and then the file would be gone."""
    write_on(keeper, line, person, "one")
    path = desk.root.with_name("q3.txt")
    path.write_text("numbers")
    with desk.open() as workspace:
        file, _ = workspace.drafts.attach(path)
    person.typed = replace(person.typed, files=(file,))
    autosave(keeper, person)
    line.answer()

    assert person.told == ["cut 1", "cut 2"]
    assert desk.only("draft").draft.attachments == (file,)


def test_the_first_change_of_what_was_approved_makes_a_revision(
    keeper: Keeper, line: Line, person: Person, desk: Desk
) -> None:
    row = desk.write()
    desk.do(lambda ws: ws.reviews.approve(row.id, revision=1))
    with desk.open() as workspace:
        begun = workspace.writing.begin(row.id)
    person.typed = replace(typed_into(begun), subject="Q4")
    opened = Opened(draft=begun.page.draft, id=row.id, revision=1)
    keeper.begin(opened, typed_into(begun))
    autosave(keeper, person)
    line.answer()

    assert person.told == ["cut 2"]
    assert desk.row(row.id).status == "draft"


def test_what_a_field_holds_beside_the_revision_comes_back(desk: Desk) -> None:
    shown = typed_of(desk.page(desk.write().id).draft)
    typed = replace(shown, to="ana@example.net, bo@", text="Hi", account="home")

    kept = fields_of(typed, shown)

    assert set(kept) == {"to", "text", "account"}
    assert with_fields(shown, kept) == typed
    assert with_fields(shown, {**kept, "mood": "good"}) == typed


def test_a_body_is_only_taken_back_when_all_of_it_is_gone() -> None:
    before = Typed(text="one", html="<p>one</p>")

    assert not_emptied(Typed(subject="x"), before) == replace(before, subject="x")
    assert not_emptied(Typed(html="<p>x</p>"), before).text == ""
    assert not_emptied(Typed(subject="x"), Typed()) == Typed(subject="x")


@pytest.mark.parametrize(
    ("text", "is_long"),
    [("short", False), ("x\n" * 500_001, True), ("x" * 50_001, True)],
)
def test_texts_too_long_for_the_editor_are_seen(text: str, *, is_long: bool) -> None:
    assert is_too_long(text) is is_long
