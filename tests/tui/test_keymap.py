"""The one table of keys: complete, without clashes, changed only sensibly."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input

from tests.tui.places import CLASSES, all_bindings, own_bindings, owners
from tuimail.tui import keymap, presets
from tuimail.tui.app import TuimailApp
from tuimail.tui.keymap import KEYS, HelpLine
from tuimail.tui.keys import strokes
from tuimail.tui.keys.key import Key, Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.pane import PaneScreen

TAKE_TURNS = {
    ("recipients.forget", "recipients.delete"),
}
"""Keys of one place of which never more than one is allowed."""
SCREENS: list[type[DOMNode]] = [
    kind for kind in CLASSES if issubclass(kind, Screen | App)
]
PANES = [
    kind for kind in SCREENS if issubclass(kind, PaneScreen) and hasattr(kind, "MODE")
]
EXPLAINED = [*PANES, *(kind for kind in SCREENS if issubclass(kind, Over))]


def named(kind: object) -> str:
    return getattr(kind, "__name__", str(kind))


def check(found: Iterable[Binding]) -> None:
    """Fail if a key means two things."""
    taken: dict[str, str] = {}
    for one in found:
        for name in strokes.alternatives(one.key):
            other = taken.setdefault(name, one.id or "")
            is_fine = other == one.id or (other, one.id) in TAKE_TURNS
            assert is_fine, f"{name} is {other} and {one.id}"


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.id}-{key.action}")
def test_every_key_has_an_action_where_it_works(key: Key) -> None:
    place, _dot, name = key.action.partition("(")[0].rpartition(".")
    nodes: dict[str, list[type[DOMNode]]] = {
        "": owners(key),
        "app": [TuimailApp],
        "screen": SCREENS,
    }

    assert owners(key)
    has_action = [hasattr(kind, f"action_{name}") for kind in nodes[place]]
    assert any(has_action) if place == "screen" else all(has_action)


@pytest.mark.parametrize("kind", CLASSES, ids=named)
def test_no_key_means_two_things_in_one_place(kind: type[DOMNode]) -> None:
    check(own_bindings(kind))


@pytest.mark.parametrize("kind", PANES, ids=named)
def test_what_works_in_all_panes_has_a_key_in_each(kind: type[DOMNode]) -> None:
    """A pane may take a key for something nearer, but not the last one."""
    works: dict[str, str] = {}
    bound = [*all_bindings(kind), *own_bindings(TuimailApp)]

    for one in bound:
        for name in strokes.alternatives(one.key):
            works.setdefault(name, one.id or "")

    assert {one.id for one in bound} == set(works.values())


@pytest.mark.parametrize("kind", EXPLAINED, ids=named)
def test_the_help_explains_every_key_of_its_screen(
    kind: type[PaneScreen] | type[Over[object]],
) -> None:
    explained = {(key.id, key.action) for key in KEYS if key.scope in kind.SCOPES}

    assert {(one.id, one.action) for one in all_bindings(kind)} <= explained


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key.id}-{key.action}")
def test_every_key_is_explained_by_a_sentence(key: Key) -> None:
    assert key.help.endswith(".")
    assert key.label
    assert all(map(strokes.is_key, strokes.alternatives(key.keys)))


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
        ("g g", "gg"),
        ("right_square_bracket f", "]f"),
        ("ctrl+x ctrl+s", "Ctrl-x Ctrl-s"),
        ("alt+less_than_sign", "Alt-<"),
        ("comma", ","),
    ],
)
def test_keys_are_shown_as_people_write_them(name: str, shown: str) -> None:
    assert strokes.shown(name) == shown


def test_a_text_can_name_a_key_by_its_action() -> None:
    assert keymap.filled("{pane.new} writes", {}) == "m writes"
    assert keymap.filled("{pane.new} writes", {"pane.new": "c"}) == "c writes"


PANE_SCOPES = (Scope.REVIEW, Scope.LIST, Scope.READING, Scope.PANE, Scope.APP)


def test_a_key_can_be_changed() -> None:
    changed = keymap.remap({"review.approve": "ctrl+a", "compose.send": "f9,] s"})

    assert changed.accepted == {"review.approve": "ctrl+a", "compose.send": "f9,] s"}
    assert changed.problems == ()


def test_two_keys_can_be_swapped() -> None:
    wanted = {"review.approve": "x", "review.reject": "a"}

    changed = keymap.remap(wanted, together=[PANE_SCOPES])

    assert changed.accepted == wanted
    assert changed.problems == ()


def test_a_swap_of_which_half_is_wrong_changes_nothing() -> None:
    changed = keymap.remap({"review.approve": "x", "review.reject": "nokey"})

    assert changed.accepted == {}
    assert len(changed.problems) == 2


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"review.nonsense": "z"}, "there is no such action"),
        ({"review.aprove": "z"}, "Did you mean review.approve?"),
        ({"review.approve": "nokey"}, "'nokey' is not a key"),
        ({"review.approve": "meta+a"}, "'meta+a' is not a key"),
        ({"review.approve": "a b c d"}, "'a b c d' is not a key"),
        ({"review.approve": ""}, "'' is not a key"),
        ({"review.approve": "x"}, "x already means review.reject"),
        (
            {"review.approve": "alt+y", "review.reject": "alt+y"},
            "Alt-y already means review.approve",
        ),
    ],
)
def test_a_change_that_cannot_be_is_explained(
    wanted: dict[str, str], problem: str
) -> None:
    changed = keymap.remap(wanted)

    assert len(changed.problems) == 1
    assert problem in changed.problems[0]


def test_a_change_is_held_against_what_works_beside_it() -> None:
    wanted = {"list.down": "a"}

    alone = keymap.remap(wanted)
    beside = keymap.remap(wanted, together=[PANE_SCOPES])

    assert alone.accepted == wanted
    assert beside.accepted == {}
    assert "a already means review.approve" in beside.problems[0]


def test_a_key_that_was_shared_before_may_stay_so() -> None:
    wanted = {"text.page-down": "space,ctrl+f"}

    changed = keymap.remap(wanted, together=keymap.together((*PANE_SCOPES, Scope.TEXT)))

    assert changed.problems == ()


def test_a_problem_names_the_file_and_the_line() -> None:
    changed = keymap.remap(
        {"review.nonsense": "z"}, places={"review.nonsense": "config.toml, line 7"}
    )

    assert changed.problems[0].startswith("config.toml, line 7: keys.review.nonsense")


def test_ones_own_keys_beat_those_of_the_preset() -> None:
    changed = keymap.remap({"list.top": "f8"}, preset=presets.changes("mutt"))

    assert changed.accepted["list.top"] == "f8"
    assert changed.accepted["list.bottom"] == presets.changes("mutt")["list.bottom"]


def test_chords_are_known_by_what_they_begin_with() -> None:
    assert "g" in keymap.beginnings({})
    assert "z" in keymap.beginnings({"list.top": "z z"})


@pytest.mark.parametrize("name", presets.names())
def test_a_preset_is_without_mistakes(name: str) -> None:
    changes = presets.changes(name)
    together = [scopes for kind in PANES for scopes in keymap.together(kind.SCOPES)]

    found = keymap.remap(changes, together=together)

    assert found.problems == ()
    assert bool(changes) is (name != presets.DEFAULT)


def test_there_are_three_presets() -> None:
    assert presets.names() == ("aerc", "emacs", "mutt")


def test_a_preset_there_is_not_is_told() -> None:
    assert presets.changes("vim") == {}
    assert presets.problem("vim", "") == (
        "keys.preset: there is no 'vim'. There are: aerc, emacs, mutt."
    )
    assert presets.problem("vim", "x.toml, line 2").startswith("x.toml, line 2: keys")
    assert presets.problem("mutt", "") == presets.problem("", "") == ""


def test_the_help_shows_changed_keys() -> None:
    lines = keymap.help_lines([Scope.RELEASE], {"release.yes": "f9"})
    of_review = [one.id for one in keymap.help_lines([Scope.REVIEW], {})]

    assert lines[0] == HelpLine(
        place="release dialog",
        keys="F9",
        help="Approve these exact bytes and release them. Approve these exact bytes; "
        "another person has to as well.",
        id="release.yes",
    )
    assert len(of_review) == len(set(of_review))


def test_a_widget_of_textual_can_do_without_some_keys() -> None:
    kept = keymap.without(Input.BINDINGS, "enter")

    assert len(kept) == len(Input.BINDINGS) - 1


def test_the_help_has_room_for_a_few_keys_only() -> None:
    changed = {"list.top": "f1,f2,f3,f4,f5,f6,f7", "list.bottom": "ctrl+x ctrl+alt+e"}
    lines = {line.id: line.keys for line in keymap.help_lines([Scope.LIST], changed)}

    assert lines["list.top"] == "F1 F2 F3 F4"
    assert lines["list.bottom"] == "Ctrl-x Ctrl-Alt-e"
    assert lines["list.down"] == "j Down"


def test_no_text_says_a_key_of_its_own() -> None:
    """What says a key has it by its id: people may have changed it."""
    said = re.compile(
        r"(?:^|[ ;,:“])(?:[B-HJ-Zb-z]|Enter|Del|Tab|Esc|Space|F\d+)(?:,? | [a-z]+ )"
        r"(?:says|shows|lists|adds|edits|removes|changes|goes|opens|leaves|takes|then)\b"
    )
    folder = Path(keymap.__file__).parent

    found = [
        f"{path.name}: {text}"
        for path in sorted(folder.rglob("*.py"))
        for text in texts(path)
        if said.search(text)
    ]

    assert found == []


def texts(path: Path) -> Iterator[str]:
    """Yield every text in a module that is no explanation of it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    docs = {node.value for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and node not in docs:
            yield from [node.value] if isinstance(node.value, str) else []
