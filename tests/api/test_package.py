"""What ``import tuimail`` gives to programs, and to their tools."""

import ast
import copy
import importlib
import inspect
import pickle
import runpy
from pathlib import Path
from typing import Any

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail import errors
from tuimail.api.result import refused

EXAMPLES = Path(__file__).parent / "examples"
SOURCE = ast.parse(Path(tuimail.__file__).read_text("utf-8"))


def _seen_by_type_checkers() -> dict[str, str]:
    """Return each name that is imported for them, and from where."""
    return {
        name.name: one.module or ""
        for one in ast.walk(SOURCE)
        if isinstance(one, ast.ImportFrom) and one.module != "importlib"
        for name in one.names
    }


def test_type_checkers_and_programs_find_the_same_names_in_the_same_places() -> None:
    assert _seen_by_type_checkers() == tuimail._MODULES


def test_every_public_name_is_there_and_listed() -> None:
    assert set(tuimail.__all__) == {*tuimail._MODULES, "__version__"}
    assert set(tuimail.__all__) <= set(dir(tuimail))
    for name in tuimail.__all__:
        assert getattr(tuimail, name) is not None


def test_every_error_is_public() -> None:
    every = {
        name
        for name, one in vars(errors).items()
        if isinstance(one, type) and issubclass(one, errors.TuimailError)
    }

    assert every == set(tuimail._ERRORS)


CONFLICT = errors.KeyConflictError("k", "06h0")


@pytest.mark.parametrize(
    "error",
    [
        CONFLICT,
        errors.StaleApprovalError("06h0", approved=1, current=2),
        errors.TooManyError("Too many.", wait_seconds=3),
        errors.FieldError("No.", hint="Do.", field="to"),
    ],
)
def test_an_error_passes_from_process_to_process(error: errors.TuimailError) -> None:
    """As pools and queues of tasks hand it on."""
    found = pickle.loads(pickle.dumps(error))

    assert type(found) is type(error)
    assert str(found) == str(error)
    assert vars(found) == vars(error)
    assert str(copy.copy(error)) == str(error)


def test_a_result_passes_from_process_to_process() -> None:
    result = refused(CONFLICT, ["bob@example.net"])

    found = pickle.loads(pickle.dumps(result))

    assert found.recipients == result.recipients
    assert str(found.error) == str(CONFLICT)


def test_a_name_is_looked_up_once() -> None:
    vars(tuimail).pop("Message", None)

    assert tuimail.Message is vars(tuimail)["Message"]


def test_a_name_that_there_is_not_is_said_as_python_says_it() -> None:
    with pytest.raises(AttributeError, match="module 'tuimail' has no attribute 'snd'"):
        tuimail.snd  # type: ignore[attr-defined]  # noqa: B018 - it is refused


@pytest.mark.parametrize("name", sorted({*tuimail._MODULES} - {*tuimail._ERRORS}))
def test_everything_public_says_what_it_is_for(name: str) -> None:
    found: Any = getattr(tuimail, name)
    parts = vars(found).items() if isinstance(found, type) else ()

    assert inspect.getdoc(found)
    for part, one in parts:
        if not part.startswith("_") and callable(one):
            assert inspect.getdoc(one), f"{name}.{part}"


@pytest.mark.parametrize("name", ["send", "submit", "bulk", "check"])
def test_a_function_and_its_twin_for_loops_take_the_same(name: str) -> None:
    """But for what they return; so do the methods of a workspace."""
    one, other = getattr(tuimail, name), getattr(tuimail, f"a{name}")

    assert inspect.signature(one).parameters == inspect.signature(other).parameters
    assert inspect.iscoroutinefunction(other)
    mine = inspect.signature(getattr(tuimail.Workspace, name)).parameters
    twin = inspect.signature(getattr(tuimail.Workspace, f"a{name}")).parameters
    assert mine == twin


def test_the_methods_of_a_workspace_take_what_the_functions_take() -> None:
    for name in ("send", "submit"):
        method = inspect.signature(getattr(tuimail.Workspace, name)).parameters
        function = inspect.signature(getattr(tuimail, name)).parameters
        assert {**function} == {
            **{key: one for key, one in method.items() if key != "self"},
            "workspace": function["workspace"],
        }
    options = importlib.import_module("tuimail.api.options").BulkOptions
    said = {*inspect.signature(tuimail.bulk).parameters} - {"workspace", "fields"}
    names = {*options.__annotations__} - {*tuimail.Message.__annotations__}
    assert names | {"messages"} == said


def test_a_program_of_a_user_works(
    place: Place,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.txt").write_text("a")
    monkeypatch.setattr("sys.argv", ["sends.py", str(tmp_path / "a.txt")])

    runpy.run_path(str(EXAMPLES / "sends.py"), run_name="__main__")

    assert capsys.readouterr().out.splitlines() == [
        "True 2 address: to", "cancelled True", "1 1",
    ]  # fmt: skip
    assert len(place.delivered) == 4
