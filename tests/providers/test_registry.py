import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.providers import registry
from tuimail.providers.dummy import DummyProvider
from tuimail.providers.registry import TAKE_BYTES, derivation, names, provider_class

HERE = "plugged_in_by_a_test"
COMPLETE = """
from tuimail.providers.base import Capabilities

class Complete:
    capabilities = Capabilities(derivation="complete 3", can_look_up=True)
    def __init__(self, account): ...
    def accept(self, draft, envelope): ...
    async def submit(self, job): ...
    async def check(self): ...
    async def close(self): ...
    async def look_up(self, question): ...
    def payload(self, content, envelope): ...

class Outer:
    Inner = Complete

class WithoutSubmit(Complete):
    submit = None

class WithoutCapabilities(Complete):
    capabilities = "many"

class WithoutLookUp(Complete):
    look_up = None

class WithoutPayload(Complete):
    payload = None

a_function = lambda account: Complete(account)
"""


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a module that can be imported, and nobody has installed."""
    file = tmp_path / f"{HERE}.py"
    file.write_text(COMPLETE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, HERE, raising=False)
    return file


@pytest.fixture
def broken_plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("broken", "no_such_module_here:Provider", registry.GROUP)
    monkeypatch.setattr(registry, "_registered", lambda: {"broken": (entry,)})


def test_ours_are_registered_like_plug_ins() -> None:
    """A name that is in one table only would be found in one way only."""
    registered = {one.name: one.value for one in entry_points(group=registry.GROUP)}

    assert registry.PLACES.items() <= registered.items()
    assert all(
        name in registry.PLACES
        for name, value in registered.items()
        if value.startswith("tuimail.")
    )


@pytest.mark.parametrize("name", names())
def test_each_of_ours_is_a_provider(name: str) -> None:
    assert isinstance(provider_class(name).capabilities.derivation, str)


@pytest.mark.parametrize("name", sorted(TAKE_BYTES))
def test_those_that_hand_on_the_bytes_say_so_themselves(name: str) -> None:
    """They are not loaded to find out, so that this has to be looked at."""
    assert provider_class(name).capabilities.derivation == ""
    assert derivation(name) == ""


def test_a_provider_is_found_by_its_name() -> None:
    assert provider_class("dummy") is DummyProvider


@pytest.mark.parametrize(("name", "hint"), [("smtpp", "smtp?"), ("x", "There are: ")])
def test_an_unknown_provider_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=f"“{name}”") as raised:
        provider_class(name)

    assert hint in raised.value.hint


def test_rules_of_what_cannot_be_loaded_are_none() -> None:
    assert derivation("smtpp") == ""


@pytest.mark.usefixtures("broken_plug_in")
def test_a_plug_in_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(ConfigurationError, match="cannot be loaded") as raised:
        provider_class("broken")

    assert "no_such_module_here" in raised.value.hint


@pytest.mark.usefixtures("plug_in")
@pytest.mark.parametrize("path", ["Complete", "Outer.Inner"])
def test_a_provider_is_found_by_where_its_class_is(path: str) -> None:
    found = provider_class(f"{HERE}:{path}")

    assert found.__name__ == "Complete"
    assert derivation(f"{HERE}:{path}") == "complete 3"


@pytest.mark.usefixtures("plug_in")
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("WithoutSubmit", "has no method submit"),
        ("WithoutCapabilities", "has no capabilities"),
        ("WithoutLookUp", "has no method look_up"),
        ("WithoutPayload", "has no method payload"),
        ("a_function", "is no class"),
        ("Nothing", "cannot be loaded"),
    ],
)
def test_what_is_no_provider_is_refused(path: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as raised:
        provider_class(f"{HERE}:{path}")

    assert raised.value.field == "provider"
    assert raised.value.hint


def test_a_module_that_is_no_python_is_refused(plug_in: Path) -> None:
    plug_in.write_text("def (")

    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        provider_class(f"{HERE}:Complete")


@pytest.mark.parametrize(
    "name",
    [":Class", "module:", "a..b:C", "a.b:c:d", "a b:C", "../x:C", "a:b[extra]", "é:C"],
)
def test_what_says_no_place_imports_nothing(name: str) -> None:
    before = set(sys.modules)

    with pytest.raises(ConfigurationError, match="does not say where") as raised:
        provider_class(name)

    assert raised.value.hint.endswith("package.module:Class")
    assert set(sys.modules) == before


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return what has providers installed, by their names and where they are."""

    def install(*offered: tuple[str, str]) -> None:
        entries = [EntryPoint(name, value, registry.GROUP) for name, value in offered]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries)
        registry._registered.cache_clear()

    yield install
    registry._registered.cache_clear()


def test_nothing_takes_the_place_of_one_of_ours(
    installed: Callable[..., None],
) -> None:
    ours = ("dummy", "tuimail.providers.dummy:DummyProvider")
    for offered in ([ours, ("dummy", "evil:Dummy")], [("dummy", "evil:Dummy"), ours]):
        installed(*offered)

        assert provider_class("dummy") is DummyProvider


def test_a_name_that_two_packages_offer_is_refused(
    installed: Callable[..., None],
) -> None:
    installed(("pigeon", "one.post:Pigeon"), ("pigeon", "another:Pigeon"))

    with pytest.raises(ConfigurationError, match="another:Pigeon and one"):
        provider_class("pigeon")


def test_a_package_that_is_found_twice_is_one(installed: Callable[..., None]) -> None:
    offered = ("post", "tuimail.providers.dummy:DummyProvider")
    installed(offered, offered)

    assert names() == ("post",)
    assert provider_class("post") is DummyProvider


def test_rules_that_cannot_be_said_are_none(plug_in: Path) -> None:
    plug_in.write_text(
        COMPLETE
        + """
class WithBadRules(Complete):
    @classmethod
    def rules(cls, given):
        raise SystemExit
"""
    )

    assert derivation(f"{HERE}:WithBadRules", {}) == ""
