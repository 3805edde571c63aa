"""Both parts of a body, of which one is shown, and the line to find words in it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from tuimail.tui import wording
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.find_line import FindLine
from tuimail.tui.widgets.spelling_line import SpellingLine


class BodyField(Vertical):
    """Brings together an editor and what is looked for in it."""

    DEFAULT_CSS = """
    BodyField { height: 1fr; }
    BodyField BodyEditor { height: 1fr; min-height: 2; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._began_at = (0, 0)
        """Where the cursor stood when somebody began to look."""

    def compose(self) -> ComposeResult:
        yield BodyEditor(id="text-part")
        yield BodyEditor(id="html-part")
        yield FindLine(id="find")
        yield SpellingLine(id="spelling")

    @property
    def editor(self) -> BodyEditor:
        """The part that is shown."""
        shown = (one for one in self.query(BodyEditor) if one.display)
        return next(shown, self.query_one("#text-part", BodyEditor))

    @property
    def find_line(self) -> FindLine:
        """The line to find words in it."""
        return self.query_one(FindLine)

    def show(self, part: str) -> None:
        """Show the part called ``text`` or ``html``."""
        self._stop_finding()
        self.query_one(SpellingLine).close()
        for name in ("text", "html"):
            self.query_one(f"#{name}-part", BodyEditor).display = name == part

    @on(BodyEditor.Asked)
    def _asked(self, message: BodyEditor.Asked) -> None:
        message.stop()
        self.query_one(SpellingLine).close()
        self._began_at = min(self.editor.selection)
        self.find_line.open(self.editor.selected_line, replaces=message.replaces)

    @on(FindLine.Sought)
    def _sought(self, message: FindLine.Sought) -> None:
        message.stop()
        self.editor.look_for(message.search)
        self._tell(self.editor.go_to_hit(0, start=self._began_at))

    @on(FindLine.Stepped)
    def _stepped(self, message: FindLine.Stepped) -> None:
        message.stop()
        self._tell(self.editor.go_to_hit(message.step))

    @on(FindLine.Replaced)
    def _replaced(self, message: FindLine.Replaced) -> None:
        message.stop()
        if self.editor.read_only:
            self.find_line.say("it cannot be edited here")
        elif message.all:
            number = self.editor.replace_hits(message.words)
            self.find_line.say(f"{wording.count(number, 'place')} replaced")
        else:
            self.editor.replace_hit(message.words)
            self.editor.look_for(self.find_line.search)
            self._tell(self.editor.go_to_hit(1))

    @on(FindLine.Closed)
    def _sought_enough(self, message: FindLine.Closed) -> None:
        message.stop()
        self._stop_finding()
        self.editor.focus()

    @on(TextArea.Changed)
    def _changed(self, message: TextArea.Changed) -> None:
        """Look again where the text is another one; the form is told as well."""
        if self.find_line.is_open and message.text_area is self.editor:
            self.editor.look_for(self.find_line.search)

    def _stop_finding(self) -> None:
        if self.find_line.is_open:
            self.find_line.close()
            for editor in self.query(BodyEditor):
                editor.stop_looking()

    def _tell(self, place: int) -> None:
        self.find_line.tell(place, len(self.editor.found))
