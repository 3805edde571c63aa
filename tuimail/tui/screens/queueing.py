"""What the Outbox does beyond one step with one mail: times, accounts, lost tries."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from tuimail.core.schedule import Plan
from tuimail.errors import TuimailError
from tuimail.tui import keymap, on_demand, whys, wording
from tuimail.tui.looks import Look
from tuimail.tui.screens.list_pane import Target
from tuimail.tui.screens.pane import Overview
from tuimail.tui.screens.stepping import SteppingPane
from tuimail.tui.whys import Around
from tuimail.tui.widgets.evidence_panel import EvidencePanel, evidence_lines
from tuimail.tui.widgets.obstacle_lines import ObstacleLines, obstacle_lines
from tuimail.workspace.evidence import Evidence
from tuimail.workspace.obstacles import Obstacle
from tuimail.workspace.queue_desk import Retried
from tuimail.workspace.views import AccountView, Row

if TYPE_CHECKING:
    from tuimail.tui.screens.when import When

_OF_UNKNOWN: Final = (
    ("outbox.confirm", "it arrived", "confirm"),
    ("outbox.resend", "send again", "retry"),
    ("outbox.give-up", "give up", "give_up"),
    ("outbox.inquire", "ask provider", "inquire"),
)
"""The answers to mail of unknown fate: key, meaning, and action of the row."""
_KEYS: Final = {
    "log_in": "outbox.log-in",
    "resume": "outbox.resume-account",
    "retry": "outbox.retry",
}
_ELSEWHERE: Final = "Another program sends, and asks providers by itself: {}."


class QueueingPane(SteppingPane):
    """Shows what is in the way beside the mails, and lets it be mended."""

    DEFAULT_CSS = """
    QueueingPane.-unknown #detail { display: none; }
    QueueingPane.-unknown.-reading #detail { display: block; }
    QueueingPane #list { min-height: 3; }
    QueueingPane.-low ObstacleLines { max-height: 3; }
    QueueingPane.-short ObstacleLines { max-height: 1; }
    QueueingPane.-short EvidencePanel.-shown { display: none; }
    QueueingPane.-welcome ObstacleLines, QueueingPane.-welcome EvidencePanel {
        display: none;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._obstacles: Sequence[Obstacle] = ()
        self._evidence: tuple[str, Evidence] | None = None
        """What is known of which mail of unknown fate."""

    @property
    def around(self) -> Around:
        """What the app sees beside the mails."""
        return Around(
            sender=self.tuimail.sender_state or whys.HERE,
            undo_key=keymap.named("pane.undo", self.tuimail.changed_keys),
            obstacles={one.account: one for one in self._obstacles},
            under_way=self.tuimail.sender_watch.under_way,
        )

    @property
    def held(self) -> Obstacle | None:
        """The held account that keys are about: the selected mail's, or the first."""
        holds = [one for one in self._obstacles if one.is_held]
        account = self.row.account if self.row else ""
        own = [one for one in holds if one.account == account]
        return next(iter(own or holds), None)

    def reload(self) -> None:
        super().reload()
        self.ask(
            lambda ws: ws.queue.obstacles(), self._show_obstacles, group="obstacles"
        )

    def show_overview(self, found: Overview) -> None:
        super().show_overview(found)
        self._tell_obstacles()

    def looked(self, found: Look) -> None:
        super().looked(found)
        row = found.page.row
        self._tell_obstacles()
        if row.status == "unknown":
            self.ask(
                lambda ws: ws.queue.evidence(row.id),
                partial(self._show_evidence, row.id),
                otherwise=lambda _error: self._tell_evidence(),
                group="evidence",
            )
        else:
            self._evidence = None
            self._tell_evidence()

    def refused(self, error: TuimailError) -> None:
        """Say which key helps where the workspace tells what to type in a shell."""
        if error.field == "account" and self.held is not None:
            resume = keymap.named("outbox.resume-account", self.tuimail.changed_keys)
            self.notice.say(str(error), hint=f"{resume} lets it send again.")
        else:
            super().refused(error)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_wait = action == "plan" or (action, *parameters) == ("act", "resume")
        if is_wait and self.is_mounted and self._is_held_with_its_account:
            return False
        asked = _NEEDED.get(action)
        if asked is not None and self.is_mounted:
            return self.row is not None and asked in self.row.actions
        if action in {"resume_account", "log_in"} and self.is_mounted:
            held = self.held
            return held is not None and (action != "log_in" or held.is_login)
        if action == "hold_account" and self.is_mounted:
            return self.row is not None and self._obstacle_of(self.row) is None
        return super().check_action(action, parameters)

    def action_act(self, verb: str) -> None:
        marked = self.table.marked
        if verb == "retry" and marked:
            self.decide(partial(self._retry_all, marked))
        else:
            super().action_act(verb)

    def action_send_again(self) -> None:
        row = self.row
        if row is not None:
            self.decide(partial(self._ask_evidence, row))

    def action_inquire(self) -> None:
        row = self.row
        if row is None:
            return
        if self.tuimail.inquire(row.id):
            self.tuimail.say("The provider is asked; what it says shows here.")
        else:
            who = wording.line(self.tuimail.sender_state)
            self.notice.say(_ELSEWHERE.format(who), is_error=False)

    def action_plan(self) -> None:
        row = self.row
        if row is not None:
            ask = partial(self._ask_when, row)
            self.ask(lambda ws: ws.queue.plan_of(row.id), ask)

    def action_reroute(self) -> None:
        row = self.row
        if row is not None:
            self.ask(lambda ws: ws.accounts.views(), partial(self._ask_account, row))

    def action_hold_account(self) -> None:
        row = self.row
        if row is not None:
            self.decide(partial(self._hold_account, row.account))

    def action_resume_account(self) -> None:
        held = self.held
        if held is not None:
            self.decide(partial(self._resume_account, held.account))

    def action_log_in(self) -> None:
        held = self.held
        if held is not None:
            self.tuimail.log_in(held.account)

    @property
    def _is_held_with_its_account(self) -> bool:
        """Whether nothing helps the selected mail but that its account goes on."""
        return self.row is not None and self._obstacle_of(self.row) is not None

    def _obstacle_of(self, row: Row) -> Obstacle | None:
        """Return the hold of the account of ``row``."""
        holds = (one for one in self._obstacles if one.is_held)
        return next((one for one in holds if one.account == row.account), None)

    def _show_obstacles(self, found: Sequence[Obstacle]) -> None:
        before = self._obstacles
        self._obstacles = tuple(one for one in found if one.waiting or one.is_held)
        self._tell_obstacles()
        if self._obstacles != before:
            self.table.refresh()
            self.refresh_bindings()

    def _tell_obstacles(self) -> None:
        changed = self.tuimail.changed_keys
        keys = {name: keymap.named(id_, changed) for name, id_ in _KEYS.items()}
        held = self.held
        lines = obstacle_lines(
            self._obstacles,
            self.tuimail.now(),
            keys=keys,
            about=held.account if held else "",
        )
        self.query_one(ObstacleLines).tell(lines)

    def _show_evidence(self, row_id: str, found: Evidence) -> None:
        self._evidence = (row_id, found)
        self._tell_evidence()

    def _tell_evidence(self) -> None:
        panel, row = self.query_one(EvidencePanel), self.row
        if row is None or self._evidence is None or self._evidence[0] != row.id:
            panel.tell(())
            self.remove_class("-unknown")
            return
        said = self.tuimail.sender_watch.said.get(row.id, "")
        lines = evidence_lines(
            row, self._evidence[1], said=said, offered=self._offered(row)
        )
        panel.tell(lines)
        self.add_class("-unknown")

    def _offered(self, row: Row) -> list[tuple[str, str]]:
        changed = self.tuimail.changed_keys
        return [
            (keymap.named(id_, changed), meaning)
            for id_, meaning, action in _OF_UNKNOWN
            if action in row.actions
        ]

    def _tick(self) -> None:
        super()._tick()
        if self.is_current:
            self._tell_evidence()
            self._tell_obstacles()

    def _retry_all(self, ids: Sequence[str]) -> None:
        self.ask(lambda ws: ws.queue.retry_all(ids), partial(self._tried, len(ids)))

    def _tried(self, asked: int, found: Retried) -> None:
        self.notice.clear()
        said = f"{len(found.tried)} of {asked} tried now."
        if found.left:
            self.notice.say(f"{said} {whys.not_tried(found.left)}", is_error=False)
        else:
            self.tuimail.say(said)
        self.table.unmark()
        self.tuimail.workspace_changed()
        self.tuimail.wake_sender()

    def _ask_evidence(self, row: Row) -> None:
        ask = partial(self._ask_to_send_again, row)
        self.ask(lambda ws: ws.queue.evidence(row.id), ask)

    def _ask_to_send_again(self, row: Row, found: Evidence) -> None:
        said = self.tuimail.sender_watch.said.get(row.id, "")
        dialog = on_demand.SendAgainScreen(row, found, said=said)
        self.app.push_screen(dialog, partial(self._send_again, row))

    def _send_again(self, row: Row, typed: str | None) -> None:
        if typed is None:
            return
        self.act_at_once(
            lambda ws: ws.queue.send_again(row.id, typed=typed), "is sent again"
        )
        self.tuimail.wake_sender()

    def _ask_when(self, row: Row, plan: Plan | None) -> None:
        dialog = on_demand.WhenScreen(row, plan, now=self.tuimail.now())
        target = Target(id=row.id, revision=row.revision)
        self.app.push_screen(dialog, partial(self._plan, target))

    def _plan(self, target: Target, answer: "When | None") -> None:
        if answer is None:
            return
        now = self.tuimail.now()
        at, late = answer.at, answer.late
        done = f"leaves {whys.moment_of(at, now)}" if at else "leaves now"
        self.act_at_once(
            lambda ws: ws.queue.plan(target.id, at, late=late), done
        )  # fmt: skip
        self.tuimail.wake_sender()

    def _ask_account(self, row: Row, accounts: Sequence[AccountView]) -> None:
        dialog = on_demand.RerouteScreen(row, accounts)
        if not dialog.choices:
            add = keymap.named("pane.add-account", self.tuimail.changed_keys)
            hint = f"{add} sets another one up."
            self.notice.say("There is no other account.", hint=hint)
            return
        self.app.push_screen(dialog, partial(self._reroute, row))

    def _reroute(self, row: Row, account: str | None) -> None:
        if account:
            self.ask(lambda ws: ws.outbox.reroute(row.id, account), self._rerouted)

    def _rerouted(self, row: Row) -> None:
        """Show it where it can be looked at and released anew."""
        self.done(row, f"open again, through {wording.line(row.account)}")
        self.tuimail.go("drafts" if "send" in row.actions else "review", select=row.id)

    def _hold_account(self, name: str) -> None:
        said = f"The account {wording.line(name)} is held."
        self.ask(lambda ws: ws.accounts.hold(name), partial(self._mended, said))

    def _resume_account(self, name: str) -> None:
        said = f"The account {wording.line(name)} sends again."
        self.ask(lambda ws: ws.accounts.resume(name), partial(self._mended, said))

    def _mended(self, said: str, _view: AccountView) -> None:
        self.notice.clear()
        self.tuimail.say(said)
        self.tuimail.workspace_changed()
        self.tuimail.wake_sender()


_NEEDED: Final = {
    "send_again": "confirm",
    "inquire": "inquire",
    "plan": "plan",
    "reroute": "reroute",
}
"""What of the row's actions each key needs."""
