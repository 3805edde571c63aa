"""Files of a mail being written: attached, measured, watched where they came from."""

import shlex
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from textual import events, on
from textual.worker import Worker

from tuimail.core.draft import Attachment
from tuimail.errors import FieldError, TuimailError
from tuimail.tui import files, wording
from tuimail.tui.asking import Failed
from tuimail.tui.keymap import named
from tuimail.tui.screens.addressing import AddressingPane
from tuimail.tui.screens.path import PathScreen
from tuimail.tui.screens.rename import RenameScreen, Told
from tuimail.tui.widgets.file_list import FileList
from tuimail.tui.widgets.mail_form import MailForm
from tuimail.workspace.aside import aside
from tuimail.workspace.enclosing import (
    Enclosed,
    Measure,
    OnDisk,
    Source,
    on_disk,
    renamed,
)

WATCH_SECONDS: Final = 2.0
"""How often files are looked at where they came from."""


class AttachingPane(AddressingPane):
    """A pane in which files are attached to mail."""

    def __init__(self) -> None:
        super().__init__()
        self._sources: dict[Attachment, Source] = {}
        """Where those came from that were attached while the app ran."""
        self._folder = ""
        """Where the last file came from; safe text."""
        self._pasted = ""
        """A path that was pasted, and that the next question begins with."""
        self.mail_number = 0
        """Counts the mails that were written here, so that nothing that was asked for
        one of them gets into the next."""
        self._being_read: tuple[int, Path] | None = None
        """For which mail a file is read, to be attached then; it may take its time."""
        self._is_watching = False

    def on_mount(self) -> None:
        self.set_interval(WATCH_SECONDS, self._watch)

    def on_failed(self, message: Failed) -> None:
        """Wait no longer for a file that could not be read for a mistake of ours."""
        del message
        self._being_read = None
        self._is_watching = False

    def on_paste(self, event: events.Paste) -> None:
        """Offer to attach what was pasted, if it names a file and nothing else."""
        self._look_soon(event.text)

    def action_attach(self) -> None:
        text, self._pasted = self._pasted or self._folder, ""
        then = partial(self._chosen, self.mail_number)
        self.app.push_screen(PathScreen(text=text), then)

    @on(MailForm.Enclosed)
    def _enclosed(self, message: MailForm.Enclosed) -> None:
        message.stop()
        typed = self.query_one(MailForm).typed
        text_bytes = len(typed.text.encode()) + len(typed.html.encode())
        self.ask(
            lambda ws: ws.enclosing.measure(
                typed.files, text_bytes=text_bytes, account=typed.account
            ),
            self._measured,
            group="measure",
        )

    @on(FileList.RereadWanted)
    def _reread(self, message: FileList.RereadWanted) -> None:
        message.stop()
        source = self._sources.get(message.file)
        if source is not None:
            self._read(
                source.path,
                partial(self._read_again, self.mail_number, message.file),
                self.refused,
            )

    @on(FileList.RenameWanted)
    def _rename(self, message: FileList.RenameWanted) -> None:
        message.stop()
        self._ask_for_name(message.file)

    @property
    def _file_list(self) -> FileList:
        return self.query_one(FileList)

    def is_reading(self) -> bool:
        """Whether a file is not attached yet, which is said; nothing may leave then."""
        if self._being_read is None or self._being_read[0] != self.mail_number:
            return False
        name = wording.line(self._being_read[1].name)
        self.notice.say(
            f"{name} is still being read, and is not attached yet.",
            hint="Wait for it. Or save, and open the draft again without it.",
        )
        return True

    def _chosen(self, mail: int, paths: tuple[Path, ...] | None) -> None:
        """Attach each; one that cannot be is asked for again, and then the rest."""
        if paths:
            path, *rest = paths
            self._read(
                path,
                partial(self._attached, mail, tuple(rest)),
                partial(self._not_attached, mail, path),
            )

    def _read(
        self,
        path: Path,
        then: Callable[[Enclosed], None],
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        """Freeze a file beside everything else: its disk may be slow, or not answer."""
        self._being_read = self.mail_number, path

        def done(found: Enclosed) -> None:
            self._being_read = None
            then(found)

        def refused(error: TuimailError) -> None:
            self._being_read = None
            otherwise(error)

        here, there = self.before_keys(done, refused)
        self.ask_aside(lambda ws: ws.enclosing.attach(path), here, otherwise=there)

    def _is_another(self, mail: int, path: Path) -> bool:
        """Whether a file is of a mail that is not here any more, which is said."""
        if mail != self.mail_number:
            name = wording.line(path.name)
            self.notice.say(
                f"{name} was not attached: another mail was opened here meanwhile."
            )
        return mail != self.mail_number

    def _attached(self, mail: int, rest: tuple[Path, ...], found: Enclosed) -> None:
        if not self._is_another(mail, found.source.path):
            self._keep(found)
            self.query_one(MailForm).attach(found.attachment)
            self._chosen(mail, rest)

    def _keep(self, found: Enclosed) -> None:
        self.notice.clear()
        if found.noticed:
            self.notice.say(found.noticed[0].message)
        self._sources[found.attachment] = found.source
        self._folder = wording.said(f"{found.source.path.parent}/")

    def _not_attached(self, mail: int, path: Path, error: TuimailError) -> None:
        if self._is_another(mail, path):
            return
        complaint = f"{error} {error.hint}".strip()
        dialog = PathScreen(text=wording.said(str(path)), complaint=complaint)
        self.app.push_screen(dialog, partial(self._chosen, mail))

    def _read_again(self, mail: int, before: Attachment, found: Enclosed) -> None:
        if self._is_another(mail, found.source.path):
            return
        self._keep(found)
        kept_name = renamed(
            found.attachment,
            before.name,
            content_type=before.content_type,
            content_id=before.content_id,
        )
        self._sources[kept_name] = found.source
        self._file_list.replace(before, kept_name)

    def _measured(self, found: Measure) -> None:
        self._file_list.measure = found

    def _watch(self) -> None:
        """Look what became of the files on disk, in a thread."""
        listed = self._file_list.files
        sources = {one: self._sources[one] for one in listed if one in self._sources}
        if sources and self.is_current and not self._is_watching:
            self._is_watching = True
            look = partial(aside, partial(_looked_at, sources))
            self._ask(look, self._looked, self.refused, "")

    def _looked(self, states: tuple[tuple[Attachment, OnDisk], ...]) -> None:
        self._is_watching = False
        self._file_list.states = states

    def _look_soon(self, text: str) -> Worker[None]:
        return self.run_worker(self._look_at_paste(text), group="pasted")

    async def _look_at_paste(self, text: str) -> None:
        self._offer_files(await aside(partial(files.pasted, text)))

    def _offer_files(self, paths: tuple[Path, ...]) -> None:
        if not paths:
            return
        self._pasted = wording.said(shlex.join(map(str, paths)))
        key = named("compose.attach", self.tuimail.changed_keys)
        name = wording.line(paths[0].name)
        more = f" and {len(paths) - 1} more" if paths[1:] else ""
        self.notice.say(
            f"You pasted the path of a file: {name}{more}.",
            hint=f"{key} attaches {'them' if more else 'it'}.",
            is_error=False,
        )

    def _ask_for_name(
        self, file: Attachment, told: Told | None = None, complaint: str = ""
    ) -> None:
        shown = told or _told(file)
        dialog = RenameScreen(
            shown.name,
            content_type=shown.content_type,
            content_id=shown.content_id,
            complaint=complaint,
        )
        self.app.push_screen(dialog, partial(self._named_anew, file))

    def _named_anew(self, file: Attachment, told: Told | None) -> None:
        if told is None or told == _told(file):
            return
        try:
            after = renamed(
                file,
                told.name,
                content_type=told.content_type,
                content_id=told.content_id,
            )
        except FieldError as error:
            self._ask_for_name(file, told, f"{error} {error.hint}")
            return
        if file in self._sources:
            self._sources[after] = self._sources[file]
        self._file_list.replace(file, after)


def _told(file: Attachment) -> Told:
    return Told(
        name=file.name, content_type=file.content_type, content_id=file.content_id
    )


def _looked_at(
    sources: Mapping[Attachment, Source],
) -> tuple[tuple[Attachment, OnDisk], ...]:
    return tuple((one, on_disk(source)) for one, source in sources.items())
