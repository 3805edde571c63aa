"""``accounts add`` on a terminal: asks what it needs, and can be left at any step.

What is asked next, and what an answer makes undone, is the workspace's to say;
here are the questions.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.cli import exits
from tuimail.cli.call import Call
from tuimail.cli.console import Console
from tuimail.cli.questions import BackError, LeftError, Questions
from tuimail.cli.setup_login import ask_login
from tuimail.cli.setup_server import ask_server, pick_service
from tuimail.errors import TuimailError, UsageError
from tuimail.workspace.sending import send_now
from tuimail.workspace.setting_up import ANSWERS, Setup, Step
from tuimail.workspace.setup_words import HELP, TITLES, about_test, summary

if TYPE_CHECKING:
    from tuimail.workspace.setup_desk import SetupDesk
    from tuimail.workspace.unfinished import Unfinished
    from tuimail.workspace.views import Row

DEMO: Final = "demo"
WAIT_SECONDS: Final = 60.0
"""How long the mail to oneself is waited for."""
_HOW: Final = (
    "Enter takes what is in brackets, ? explains, < goes a step back, and Ctrl-D "
    "leaves: what was answered is kept."
)
_LEFT: Final = "Go on where you are with: tuimail accounts add"
_TEST_AGAIN: Final = ("retry", "password", "server", "hold")


def run(call: Call) -> int:
    """Ask for everything that an account needs, and add it.

    Raises:
        UsageError: Nobody can be asked here.
    """
    console = call.console
    if console.is_json or not (console.is_terminal and console.shows_to_person):
        raise UsageError(
            "The account needs a name where nobody can be asked.",
            hint="Write: tuimail accounts add NAME --address ADDRESS, and what its "
            "provider needs; see tuimail accounts add --help",
            field="name",
        )
    with call.open() as workspace:
        desk = workspace.setting_up
        unfinished = desk.begin()
        try:
            wizard = Wizard(call, desk, unfinished)
            code = wizard.run()
        finally:
            unfinished.close()
    return _demo(call) if wizard.wants_demo else code


class Wizard:
    """Asks step after step, and keeps every answer."""

    def __init__(self, call: Call, desk: "SetupDesk", unfinished: "Unfinished") -> None:
        self.call = call
        self.console: Console = call.console
        self.ask = Questions(call.console)
        self.desk = desk
        self.wants_demo = False
        self._unfinished = unfinished
        self._setup = Setup()
        self._shown: Step | None = None

    def run(self) -> int:
        """Ask until nothing is left, or the person leaves."""
        try:
            with self.ask.echo.off():
                self._begin()
                while self._setup.step is not Step.OVER and not self.wants_demo:
                    self._ask_step()
        except (LeftError, KeyboardInterrupt):
            return self._leave()
        return exits.DONE

    def taken(self) -> frozenset[str]:
        """Return the names that an account cannot have."""
        return self.desk.taken(self._unfinished)

    def keep(self, after: Setup) -> Setup:
        """Keep what was answered, in the middle of a step too."""
        self._setup = self.desk.keep(self._unfinished, self._setup, after)
        return self._setup

    def _begin(self) -> None:
        self.console.is_quiet = False
        self.console.say("New account.", _HOW)
        if not self._unfinished.is_kept:
            self.console.say(
                "Another set-up is open elsewhere; what you answer here is not kept "
                "when you leave."
            )
        left = self.desk.resume(self._unfinished)
        if not left.is_begun:
            return
        self._setup = left
        self._sum_up()
        if not self.ask.yes("Go on with that", default=True, explained=_BEGIN_ANEW):
            self._setup = self.desk.give_up(self._unfinished, left)

    def _sum_up(self) -> None:
        self.console.say("This was left unfinished:")
        for step, line in summary(self._setup):
            self.console.say(f"  {TITLES[step]:<10} {line}")

    def _ask_step(self) -> None:
        step = self._setup.step
        if step is not self._shown:
            number = list(Step).index(step) + 1
            self.console.say("", f"Step {number} of {len(Step) - 1}: {TITLES[step]}")
        self._shown = step
        try:
            self.keep(_ASK[step](self, self._setup))
        except BackError:
            self.keep(self._setup.back())
        except TuimailError as error:
            self.complain(error)
            if error.field == "name" and self._setup.step is not Step.ADDRESS:
                self.keep(self._setup.unnamed())

    def complain(self, error: TuimailError) -> None:
        """Say what cannot be used, and what to do."""
        hint = f" {error.hint}" if error.hint else ""
        self.console.say(f"  {error}{hint}")

    def _leave(self) -> int:
        setup = self.desk.leave(self._unfinished, self._setup)
        self.console.say("")
        if setup.is_saved:
            self.console.say(f"The account “{setup.name}” is saved.")
        elif setup.is_begun and self._unfinished.is_kept:
            self.console.say(f"Nothing was added yet. {_LEFT}")
        else:
            self.console.say("Nothing was added.")
        return exits.INTERRUPTED


def ask_address(wizard: Wizard, setup: Setup) -> Setup:
    """Ask for the address and a name, or for a service from the list first."""
    label = "Address" if setup.service else "Address, or Enter for a list of services"
    address = wizard.ask.text(
        label, default=setup.address, explained=HELP[Step.ADDRESS]
    )
    if not address:
        key = pick_service(wizard, extra=(DEMO,))
        wizard.wants_demo = key == DEMO
        return setup if wizard.wants_demo else wizard.desk.service(setup, key)
    others = wizard.taken()
    proposed = setup.with_address(address, name="", taken=others).name
    same = setup.name if setup.name and setup.address == address else proposed
    name = wizard.ask.text(
        "Name of the account", default=same, explained=HELP[Step.ADDRESS]
    )
    return setup.with_address(address, name=name, taken=others)


def ask_test(wizard: Wizard, setup: Setup) -> Setup:
    """Log in; where that fails, ask what to do about it."""
    trial = setup.tested
    if trial is None or trial.is_good:
        wizard.console.say("  Logging in …")
        tested = wizard.desk.test(setup)
        if tested.tested is not None and tested.is_good:
            wizard.console.say(*(f"  {line}" for line in about_test(tested.tested)))
        return tested
    wizard.console.say("  That did not work.")
    wizard.console.say(*(f"  {line}" for line in about_test(trial)))
    if trial.hint:
        wizard.console.say(f"  → {trial.hint}")
    if setup.chosen.help_url:
        wizard.console.say(f"  → {setup.chosen.help_url}")
    answer = wizard.ask.choice(
        "retry, password, server, or hold", _TEST_AGAIN, explained=_AFTER_A_FAILURE
    )
    return _AFTER[answer](wizard, setup)


def ask_identity(wizard: Wizard, setup: Setup) -> Setup:
    """Ask what people see of the sender."""
    ask, explained = wizard.ask, HELP[Step.IDENTITY]
    name = _good(
        wizard,
        lambda: ask.text("Your name", default=setup.sender_name, explained=explained),
        lambda typed: setup.with_identity(sender_name=typed),
    )
    answers_to = setup.reply_to or setup.address
    reply_to = _good(
        wizard,
        lambda: ask.text("Answers go to", default=answers_to, explained=explained),
        lambda typed: setup.with_identity(reply_to=typed),
    )
    signature = ask.lines(
        "Signature, up to an empty line", default=setup.signature, explained=explained
    )
    return setup.with_identity(sender_name=name, reply_to=reply_to, signature=signature)


def _good(
    wizard: Wizard, question: Callable[[], str], check: Callable[[str], object]
) -> str:
    """Ask one thing until it can be used, and nothing else again."""
    while True:
        typed = question()
        try:
            check(typed)
        except TuimailError as error:
            wizard.complain(error)
        else:
            return typed


def ask_habits(wizard: Wizard, setup: Setup) -> Setup:
    """Ask who else may send, say how long mail can be taken back, and save."""
    answer = wizard.ask.choice(
        "Scripts without a terminal: allow, review or block",
        ANSWERS,
        default=setup.noninteractive_send,
        explained=HELP[Step.HABITS],
    )
    is_default = not wizard.desk.has_default or wizard.ask.yes(
        "Mail that names no account leaves through it", default=setup.is_default
    )
    seconds = int(wizard.desk.undo.total_seconds())
    wizard.console.say(
        f"  Mail that leaves the app can be taken back for {seconds} seconds. Another "
        f"time: undo_seconds = {seconds} in config.toml, which tuimail never writes."
    )
    kept = wizard.keep(
        setup.with_habits(noninteractive_send=answer, is_default=is_default)
    )
    saved = wizard.desk.save(kept)
    held = "; it is held" if saved.held_reason else ""
    wizard.console.say(f"  The account “{saved.name}” is saved{held}.")
    return saved


def ask_mail(wizard: Wizard, setup: Setup) -> Setup:
    """Offer a mail to oneself, and say what becomes of it."""
    if setup.held_reason:
        wizard.console.say(
            "  It sends nothing until you resume it: "
            f"tuimail accounts resume {setup.name}"
        )
        return setup.over()
    if not wizard.ask.yes(
        f"Send a mail to yourself, {setup.address}",
        default=True,
        explained=HELP[Step.MAIL],
    ):
        return setup.over()
    mailed = wizard.keep(wizard.desk.mail(setup))
    row = send_now(
        wizard.call.open, mailed.mail_id, wait=WAIT_SECONDS, say=wizard.console.say
    )
    wizard.console.say(f"  {_fate(row)}")
    return mailed.over()


def _fate(row: "Row") -> str:
    if row.status == "sent":
        return "Sent: the server took it. Look into your mailbox."
    reason = f": {row.reason.rstrip('.')}" if row.reason else ""
    return f"It is {row.status}{reason}. Look at it: tuimail show {row.id}"


def _again(wizard: Wizard, setup: Setup) -> Setup:
    wizard.console.say("  Logging in …")
    return wizard.desk.test(setup)


def _hold(_wizard: Wizard, setup: Setup) -> Setup:
    return setup.held()


def _other_password(_wizard: Wizard, setup: Setup) -> Setup:
    return setup.back(Step.LOGIN)


def _other_server(_wizard: Wizard, setup: Setup) -> Setup:
    return setup.back(Step.SERVER)


def _demo(call: Call) -> int:
    from tuimail.cli.demo import open_demo  # noqa: PLC0415 - a mail server

    return open_demo(call)


_BEGIN_ANEW: Final = "No begins anew, and forgets what was answered."
_AFTER_A_FAILURE: Final = (
    "retry logs in again; password and server ask for these again; hold saves the "
    "account as it is, and nothing leaves through it until you resume it."
)
_AFTER: Final[Mapping[str, Callable[[Wizard, Setup], Setup]]] = {
    "retry": _again,
    "password": _other_password,
    "server": _other_server,
    "hold": _hold,
}
_ASK: Final[Mapping[Step, Callable[[Wizard, Setup], Setup]]] = {
    Step.ADDRESS: ask_address,
    Step.SERVER: ask_server,
    Step.LOGIN: ask_login,
    Step.TEST: ask_test,
    Step.IDENTITY: ask_identity,
    Step.HABITS: ask_habits,
    Step.MAIL: ask_mail,
}
