"""Which page is shown while an account is set up, and what stands on it.

It follows from what was answered, so that no page can be reached that makes no
sense.

Pure.
"""

from collections.abc import Callable, Mapping
from typing import Final

from textual.content import Content

from tuimail.tui import wording
from tuimail.tui.set_up import last_pages, login_pages, server_pages
from tuimail.tui.set_up.values import Around, Page, View
from tuimail.workspace import setup_words
from tuimail.workspace.setting_up import Setup, Step

_LABEL_CELLS: Final = 11


def view_of(setup: Setup, around: Around) -> View:
    """Return which page is shown now."""
    if around.asks_for is not None:
        return around.asks_for
    if setup.step is Step.SERVER:
        return _view_of_server(setup)
    if setup.step is Step.LOGIN:
        return _view_of_login(setup, around)
    if setup.step is Step.TEST:
        is_failed = setup.tested is not None and not setup.tested.is_good
        return View.FAILED if is_failed else View.TESTING
    if setup.step in {Step.MAIL, Step.OVER}:
        return View.MAILED if setup.mail_id else View.MAIL
    return View(setup.step.value)


def page_of(setup: Setup, around: Around) -> Page:
    """Return the page that is shown now."""
    view = view_of(setup, around)
    return _PAGES[view](setup, around)


def title_of(setup: Setup) -> str:
    """Return at which step the person is."""
    if setup.replaces:
        return setup_words.TITLES[setup.step] if setup.redoing else ""
    steps = [one for one in Step if one is not Step.OVER]
    step = Step.MAIL if setup.step is Step.OVER else setup.step
    number = steps.index(step) + 1
    return f"Step {number} of {len(steps)}  {setup_words.TITLES[step]}"


def summary(setup: Setup) -> tuple[Content, ...]:
    """Return what was answered so far, a line for each step; safe text.

    Nothing where an account is changed: its page of parts says it all.
    """
    if setup.replaces:
        return ()
    return tuple(
        Content.assemble(
            (f"✓ {setup_words.TITLES[step]:<{_LABEL_CELLS}}", "bold"),
            wording.line(text),
        )
        for step, text in setup_words.summary(setup)
    )


def _view_of_server(setup: Setup) -> View:
    if setup.way is not None and setup.redoing is None:
        return View.CONSENT if setup.needs_consent else View.ASKED
    is_looked_for = setup.search is not None or setup.service
    return View.SERVER if is_looked_for else View.LOOKING


def _view_of_login(setup: Setup, around: Around) -> View:
    if around.sign_in is not None:
        return View.SIGNING_IN
    return View.LOGIN if around.known_for == setup.way else View.KEYRING


_PAGES: Final[Mapping[View, Callable[[Setup, Around], Page]]] = {
    View.PARTS: last_pages.parts,
    View.ADDRESS: server_pages.address,
    View.LOOKING: server_pages.looking,
    View.SERVER: server_pages.server,
    View.TYPED: server_pages.typed,
    View.SERVICES: server_pages.services,
    View.ASKED: server_pages.asked,
    View.CONSENT: server_pages.consent,
    View.KEYRING: login_pages.keyring,
    View.LOGIN: login_pages.login,
    View.SIGNING_IN: login_pages.signing_in,
    View.TESTING: login_pages.testing,
    View.FAILED: login_pages.failed,
    View.IDENTITY: last_pages.identity,
    View.HABITS: last_pages.habits,
    View.MAIL: last_pages.mail,
    View.MAILED: last_pages.mailed,
}
