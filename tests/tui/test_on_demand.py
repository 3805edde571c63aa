import json
import subprocess
import sys

import pytest
from textual.screen import Screen

from tuimail.tui import on_demand
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.panes import CALLED, Panes

START = """
import json, sys
import tuimail.tui.app, tuimail.tui.screens.lists
print(json.dumps(list(sys.modules)))
"""


@pytest.mark.parametrize("name", on_demand.MODULES)
def test_each_screen_is_found_where_it_is_said_to_be(name: str) -> None:
    kind = getattr(on_demand, name)

    assert issubclass(kind, Screen)
    assert kind.__module__ == f"tuimail.tui.screens.{on_demand.MODULES[name]}"


def test_every_screen_is_known_to_type_checkers_and_to_nobody_else() -> None:
    assert sorted(on_demand.MODULES) == on_demand.__all__
    with pytest.raises(AttributeError, match="NoScreen"):
        _ = on_demand.NoScreen  # type: ignore[attr-defined]  # there is none


def test_each_pane_is_made_once_under_its_name() -> None:
    panes = Panes()
    made = {name: panes[name] for name in CALLED}

    assert {name: pane.MODE for name, pane in made.items()} == {
        name: name for name in CALLED
    }
    assert all(panes[name] is pane for name, pane in made.items())
    assert CALLED.keys() == IN_PANES.keys()


def test_asking_whether_there_is_a_pane_makes_none() -> None:
    panes = Panes()

    assert panes.get("compose") is None
    assert not panes


def test_a_start_loads_the_pane_that_is_shown_and_no_other_screen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", START], stdout=subprocess.PIPE, check=True
    )
    loaded = set(json.loads(done.stdout))
    lazy = {f"tuimail.tui.screens.{one}" for one in on_demand.MODULES.values()}

    assert loaded & lazy == {"tuimail.tui.screens.lists"}
    assert "html.entities" not in loaded
