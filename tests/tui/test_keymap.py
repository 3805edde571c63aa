"""The one table of keys: complete, without clashes, changed only sensibly."""

import pytest
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from tuimail.tui import keymap
from tuimail.tui.app import TuimailApp
from tuimail.tui.keymap import KEYS
from tuimail.tui.keys.key import Key, Scope
from tuimail.tui.screens.assign import AssignScreen
from tuimail.tui.screens.batch import BatchScreen
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.help import HelpScreen
from tuimail.tui.screens.list_pane import ListPane
from tuimail.tui.screens.lists import DraftsScreen, OutboxScreen, SentScreen
from tuimail.tui.screens.over import ConfirmScreen, LeavingScreen
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.screens.path import PathScreen
from tuimail.tui.screens.picture import PictureScreen
from tuimail.tui.screens.reason import ReasonScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.screens.setting_up import SetUpScreen
from tuimail.tui.widgets.choosers import AccountChoice, FileList
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.picks import Picks, Stepper
from tuimail.tui.widgets.text_view import TextView
from tuimail.tui.widgets.welcome import Welcome

OWNERS: dict[Scope, type[App[int]] | type[Screen[object]] | type[Widget]] = {
    Scope.APP: TuimailApp,
    Scope.PANE: PaneScreen,
    Scope.LIST: MailTable,
    Scope.READING: ListPane,
    Scope.TEXT: TextView,
    Scope.REVIEW: ReviewScreen,
    Scope.COMPOSE: ComposeScreen,
    Scope.FILES: FileList,
    Scope.ACCOUNTS: AccountChoice,
    Scope.OUTBOX: OutboxScreen,
    Scope.SENT: SentScreen,
    Scope.DRAFTS: DraftsScreen,
    Scope.SET_UP: SetUpScreen,
    Scope.PICKS: Picks,
    Scope.STEPPER: Stepper,
    Scope.WELCOME: Welcome,
    Scope.RELEASE: ReleaseScreen,
    Scope.REASON: ReasonScreen,
    Scope.ASSIGN: AssignScreen,
    Scope.BATCH: BatchScreen,
    Scope.CONFIRM: ConfirmScreen,
    Scope.PATH: PathScreen,
    Scope.LEAVING: LeavingScreen,
    Scope.PICTURE: PictureScreen,
    Scope.HELP: HelpScreen,
}


TOGETHER = [
    *((pane, Scope.READING, Scope.PANE, Scope.APP)
      for pane in (Scope.REVIEW, Scope.OUTBOX, Scope.SENT, Scope.DRAFTS)),
    (Scope.COMPOSE, Scope.PANE, Scope.APP),
    (Scope.SET_UP, Scope.PANE, Scope.APP),
    *((scope,) for scope in Scope),
]  # fmt: skip
"""Places whose keys are bound at the same level, so that none wins over another."""


def test_every_place_has_its_owner() -> None:
    assert set(OWNERS) == set(Scope)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.id}-{key.action}")
def test_every_key_has_an_action_where_it_works(key: Key) -> None:
    name = key.action.partition("(")[0].removeprefix("app.")

    assert callable(getattr(OWNERS[key.scope], f"action_{name}"))


@pytest.mark.parametrize("scopes", TOGETHER, ids="+".join)
def test_no_key_means_two_things_in_one_place(scopes: tuple[Scope, ...]) -> None:
    taken: dict[str, str] = {}

    for key in KEYS:
        if key.scope in scopes:
            for name in key.keys.split(","):
                assert taken.setdefault(name, key.id) == key.id, name


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.id}-{key.action}")
def test_every_key_is_explained_by_a_sentence(key: Key) -> None:
    assert key.help.endswith(".")
    assert key.label


def test_only_two_keys_work_above_dialogs() -> None:
    assert {key.id for key in KEYS if key.priority} == {
        "app.quit",
        "app.help-in-fields",
    }


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ctrl+s", "Ctrl-s"),
        ("question_mark", "?"),
        ("f1", "F1"),
        ("A", "A"),
        ("alt+u", "Alt-u"),
        ("escape", "Esc"),
        ("hyper+x", "hyper-x"),
    ],
)
def test_keys_are_shown_as_people_write_them(name: str, shown: str) -> None:
    assert keymap.shown(name) == shown


def test_a_text_can_name_a_key_by_its_action() -> None:
    assert keymap.filled("{pane.new} writes", {}) == "m writes"
    assert keymap.filled("{pane.new} writes", {"pane.new": "c"}) == "c writes"


def test_a_key_can_be_changed() -> None:
    changed = keymap.remap({"review.approve": "ctrl+a", "compose.send": "f9"})

    assert changed.accepted == {"review.approve": "ctrl+a", "compose.send": "f9"}
    assert changed.problems == ()


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"review.nonsense": "z"}, "there is no such action"),
        ({"review.approve": "nokey"}, "'nokey' is not a key"),
        ({"review.approve": "meta+a"}, "'meta+a' is not a key"),
        ({"review.approve": ""}, "'' is not a key"),
        ({"review.approve": "x"}, "x already means review.reject"),
        (
            {"review.approve": "z", "review.reject": "z"},
            "z already means review.approve",
        ),
    ],
)
def test_a_change_that_cannot_be_is_explained(
    wanted: dict[str, str], problem: str
) -> None:
    changed = keymap.remap(wanted)

    assert len(changed.problems) == 1
    assert problem in changed.problems[0]


def test_the_help_shows_changed_keys() -> None:
    lines = keymap.help_lines([Scope.RELEASE], {"release.yes": "f9"})

    assert lines[0] == (
        "release dialog",
        "F9",
        "Approve these exact bytes and release them.",
    )


def test_a_widget_of_textual_can_do_without_some_keys() -> None:
    kept = keymap.without(Input.BINDINGS, "enter")

    assert len(kept) == len(Input.BINDINGS) - 1
