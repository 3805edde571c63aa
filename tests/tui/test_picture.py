"""Pictures of a mail: shown where they can be, explained where not."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from struct import pack
from types import ModuleType
from typing import Any, Self

import pytest
from textual.widgets import Static

from tests.tui.conftest import Desk, Stage
from tuimail.core.files.pictures import Picture
from tuimail.tui import drawing
from tuimail.tui.drawing import HOW_TO_GET_IT, LONGEST_EDGE, draw
from tuimail.tui.screens.list_pane import Target
from tuimail.tui.screens.picture import PictureScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.notice import Notice

HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
PNG = HEAD + pack(">II", 30, 20) + bytes(9)
IS_INSTALLED = find_spec("textual_image") is not None and find_spec("PIL") is not None
needs_the_extra = pytest.mark.skipif(
    not IS_INSTALLED, reason="the optional extra tuimail[images] is not installed"
)


class OddError(Exception):
    """Not among the faults that decoders are known for."""


class FakeImage:
    """As much of a picture as is asked for."""

    def __init__(self, width: int = 30, height: int = 20) -> None:
        self.width, self.height = width, height
        self.size = (width, height)
        self.calls: list[tuple[Any, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.calls.append(("close",))

    def draft(self, mode: str, size: tuple[int, int]) -> None:
        self.calls.append(("draft", mode, size))

    def thumbnail(self, size: tuple[int, int]) -> None:
        self.calls.append(("thumbnail", size))

    def alpha_composite(self, other: "FakeImage") -> None:
        self.calls.append(("alpha_composite", other))

    def convert(self, mode: str) -> "FakeImage":
        self.calls.append(("convert", mode))
        return self


class FakePil(ModuleType):
    """Stands in for the decoder."""

    def __init__(self) -> None:
        super().__init__("PIL.Image")
        self.image = self.page = FakeImage()
        self.fault: BaseException | None = None
        self.formats: tuple[str, ...] = ()

    def open(self, file: BytesIO, formats: tuple[str, ...]) -> FakeImage:
        self.formats = formats
        if self.fault is not None:
            raise self.fault
        assert file.read()
        return self.image

    def new(self, mode: str, size: tuple[int, int], colour: str) -> FakeImage:
        assert (mode, colour) == ("RGBA", "white")
        self.page = FakeImage(*size)
        return self.page


class Canvas(Static):
    """Stands in for the widget that draws."""

    def __init__(self, image: FakeImage) -> None:
        super().__init__(f"picture of {image.width} by {image.height}")


class Pixels(Canvas):
    """The same, for terminals with graphics."""


@pytest.fixture
def pil(monkeypatch: pytest.MonkeyPatch) -> FakePil:
    """Put fakes where the optional packages would be."""
    fake = FakePil()
    ops, widgets = ModuleType("PIL.ImageOps"), ModuleType("textual_image.widget")
    vars(ops)["exif_transpose"] = lambda image: image
    vars(widgets).update(HalfcellImage=Canvas, TGPImage=Pixels)
    packages = {name: ModuleType(name) for name in ("PIL", "textual_image")}
    for name, module in packages.items():
        module.__spec__ = ModuleSpec(name, None)
    modules = {
        **packages,
        "PIL.Image": fake,
        "PIL.ImageOps": ops,
        "textual_image.widget": widgets,
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setenv("TERM", "xterm-256color")
    return fake


def picture(content: bytes = PNG, **changes: Any) -> Picture:
    values: dict[str, Any] = {
        "name": "logo.png",
        "content_id": "",
        "kind": "PNG",
        "width": 30,
        "height": 20,
        "size_bytes": len(content),
        "content": content,
    }
    return Picture(**(values | changes))


def with_files(desk: Desk, tmp_path: Path, **files: bytes) -> None:
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / f"{name}.png")
        paths[-1].write_bytes(content)
    desk.hand_in(attachments=tuple(paths))


def facts(stage: Stage) -> str:
    return stage.app.screen.query_one(Facts).text


def test_a_picture_is_made_small_and_put_on_white(pil: FakePil) -> None:
    edges = (LONGEST_EDGE, LONGEST_EDGE)

    drawn = draw(picture())

    assert (drawn.image, drawn.widget_class) == (pil.page, Canvas)
    assert pil.formats == ("PNG",)
    assert pil.image.calls == [
        ("draft", "RGB", edges),
        ("thumbnail", edges),
        ("convert", "RGBA"),
        ("close",),
    ]
    assert pil.page.size == (30, 20)
    assert pil.page.calls == [("alpha_composite", pil.image), ("convert", "RGB")]


@pytest.mark.parametrize(
    ("pixels", "page"), [((1, 1), (20, 20)), ((1600, 2), (1600, 80)),
                         ((3, 800), (40, 800))],
)  # fmt: skip
def test_a_picture_too_thin_to_be_seen_is_put_on_a_wider_page(
    pil: FakePil, pixels: tuple[int, int], page: tuple[int, int]
) -> None:
    pil.image = FakeImage(*pixels)

    draw(picture())

    assert pil.page.size == page


def test_a_terminal_with_graphics_gets_pixels(
    pil: FakePil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-kitty")

    assert draw(picture()).widget_class is Pixels


def test_a_picture_with_a_problem_is_not_decoded(pil: FakePil) -> None:
    drawn = draw(picture(problem="It is too big."))

    assert (drawn.problem, drawn.image) == ("It is too big.", None)
    assert pil.formats == ()


@pytest.mark.parametrize(
    "fault", [OSError(), SyntaxError(), ValueError(), IndexError(), MemoryError()]
)
def test_a_damaged_picture_is_told_in_one_sentence(
    pil: FakePil, fault: Exception
) -> None:
    pil.fault = fault

    drawn = draw(picture())

    assert drawn.problem == "It is damaged or of a kind that cannot be shown."
    assert drawn.widget_class is None


def test_a_mistake_of_ours_is_not_taken_for_a_damaged_picture(pil: FakePil) -> None:
    pil.fault = OddError()

    with pytest.raises(OddError):
        draw(picture())


def test_a_picture_that_grows_while_it_is_opened_is_not_decoded(pil: FakePil) -> None:
    pil.image = FakeImage(60_000, 60_000)

    drawn = draw(picture())

    assert drawn.problem == "It is bigger than it says, and is not shown."
    assert pil.image.calls == [("close",)]


def test_the_package_finds_no_terminal_to_ask(
    pil: FakePil, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers would arrive as key presses."""
    asked: list[bool] = []

    def load(name: str) -> ModuleType:
        if name == "textual_image.widget":
            asked.append(bool(sys.__stdout__ and sys.__stdout__.isatty()))
        return sys.modules[name]

    class Terminal(BytesIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setitem(vars(sys), "__stdout__", terminal)
    monkeypatch.setattr("tuimail.tui.drawing.importlib.import_module", load)

    draw(picture())

    assert asked == [False]
    assert vars(sys)["__stdout__"] is terminal


def test_without_the_package_no_picture_can_be_shown(
    pil: FakePil, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawing.is_available()
    monkeypatch.setitem(sys.modules, "textual_image", None)

    assert before
    assert not drawing.is_available()


async def test_pictures_are_shown_one_after_the_other(
    desk: Desk, tmp_path: Path, pil: FakePil
) -> None:
    with_files(desk, tmp_path, first=PNG, second=b"no picture")

    async with desk.show(size=(100, 30)) as stage:
        await stage.press("O")
        await stage.until_shown("picture of 30 by 20")
        first = facts(stage)
        await stage.press("l")
        await stage.until_shown("It is no PNG, JPEG, GIF or WebP")
        second = facts(stage)
        was_gone = "picture of" not in stage.text
        await stage.press("l")
        await stage.until_shown("picture of 30 by 20")
        await stage.press("h")
        await stage.until_shown("2 of 2")
        await stage.press("escape")
        is_open = isinstance(stage.app.screen, PictureScreen)

    assert "1 of 2 \u201cfirst.png\u201d" in first
    assert "PNG, 30 by 20 pixels, 33 B" in first
    assert "2 of 2 \u201csecond.png\u201d" in second
    assert was_gone
    assert not is_open


async def test_a_picture_that_comes_too_late_is_not_shown(
    desk: Desk, tmp_path: Path, pil: FakePil
) -> None:
    found = (picture(name="", content_id="logo@a"), picture(name="other.png"))

    async with desk.show(size=(100, 30)) as stage:
        screen = PictureScreen(found)
        await stage.app.push_screen(screen)
        await stage.until_shown("picture of 30 by 20")
        late = draw(picture(problem="This is late."))
        screen.post_message(PictureScreen.Ready(1, late))
        await stage.settle()
        shown = facts(stage)

    assert "This is late." not in shown
    assert "1 of 2 no name" in shown
    assert "cid:logo@a" in shown


async def test_pictures_of_a_mail_that_was_left_are_not_shown(
    desk: Desk, tmp_path: Path, pil: FakePil
) -> None:
    with_files(desk, tmp_path, first=PNG)

    async with desk.show() as stage:
        pane = stage.app.screen
        assert isinstance(pane, ReviewScreen)
        pane._show_pictures(Target(id="another", revision=1), (picture(),))
        await stage.settle()
        is_open = isinstance(stage.app.screen, PictureScreen)

    assert not is_open


async def test_without_the_package_a_notice_says_how_to_get_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "textual_image", None)
    with_files(desk, tmp_path, first=PNG)

    async with desk.show() as stage:
        await stage.press("O")
        await stage.until(lambda: HOW_TO_GET_IT in stage.one(Notice).text)
        is_open = isinstance(stage.app.screen, PictureScreen)

    assert not is_open


async def test_a_mail_without_pictures_offers_no_key_for_them(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show(size=(160, 50)) as stage:
        offered = "pictures" in stage.footer
        await stage.press("O")
        is_open = isinstance(stage.app.screen, PictureScreen)

    assert not offered
    assert not is_open


async def test_an_empty_list_has_no_pictures(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("O")

        assert not isinstance(stage.app.screen, PictureScreen)


@needs_the_extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # between the two packages
async def test_a_real_picture_is_drawn_in_half_cells(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image  # noqa: PLC0415 - optional

    monkeypatch.setenv("TERM", "xterm-256color")
    content = BytesIO()
    Image.new("RGBA", (40, 20), (255, 0, 0, 128)).save(content, "PNG")
    with_files(desk, tmp_path, red=content.getvalue())

    async with desk.show(size=(100, 30)) as stage:
        await stage.press("O")
        await stage.until_shown("\u2580\u2580")


@needs_the_extra
def test_a_real_picture_that_is_damaged_is_told() -> None:
    assert draw(picture(PNG)).problem


@needs_the_extra
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("pixels", [(1, 40), (900, 40), (9_000, 1), (1, 9_000)])
async def test_no_size_ends_the_box_of_pictures(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pixels: tuple[int, int]
) -> None:
    from PIL import Image  # noqa: PLC0415 - optional

    monkeypatch.setenv("TERM", "xterm-256color")
    content = BytesIO()
    Image.new("L", pixels, 128).save(content, "PNG")
    with_files(desk, tmp_path, grey=content.getvalue())

    async with desk.show(size=(100, 30)) as stage:
        await stage.press("O")
        await stage.until_shown("\u2580")
        for size in ((40, 10), (20, 5), (8, 3), (3, 2), (1, 1), (5, 40), (80, 24)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle()
        await stage.press("escape")

        assert not isinstance(stage.app.screen, PictureScreen)
