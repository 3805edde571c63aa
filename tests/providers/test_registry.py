from importlib.metadata import EntryPoint

import pytest

from tuimail.errors import ConfigurationError
from tuimail.providers import registry
from tuimail.providers.dummy import DummyProvider
from tuimail.providers.registry import names, provider_class


@pytest.fixture
def broken_plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("broken", "no_such_module_here:Provider", registry.GROUP)
    monkeypatch.setattr(registry, "_registered", lambda: {"broken": entry})


def test_ours_are_registered_like_plug_ins() -> None:
    assert {"console", "dummy", "smtp"} <= set(names())


def test_a_provider_is_found_by_its_name() -> None:
    assert provider_class("dummy") is DummyProvider


@pytest.mark.parametrize(("name", "hint"), [("smtpp", "smtp?"), ("x", "There are: ")])
def test_an_unknown_provider_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=f"“{name}”") as raised:
        provider_class(name)

    assert hint in raised.value.hint


@pytest.mark.usefixtures("broken_plug_in")
def test_a_plug_in_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(ConfigurationError, match="cannot be loaded") as raised:
        provider_class("broken")

    assert "no_such_module_here" in raised.value.hint
