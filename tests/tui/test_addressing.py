"""Recipients in the Compose pane: completed, remarked upon, forgotten."""

import sys
from collections.abc import Callable

from tests.tui.conftest import Desk, Stage
from tuimail.tui.widgets.address_field import AddressField
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.suggestions import Suggestions


def offers(stage: Stage) -> Callable[[], Suggestions]:
    return lambda: stage.one(AddressField, "#to").suggestions


async def test_who_was_written_to_is_offered_known_and_forgotten(desk: Desk) -> None:
    await desk.sent()
    desk.configure(
        "[compose]\n"
        f'address_command = "{sys.executable} -c \\"print('
        "'ana@example.net\\\\tAna\\\\nanders@example.com\\\\tAnders Holm')\\\"\"\n"
    )

    async with desk.show(start="compose") as stage:
        offered = offers(stage)
        field = stage.one(AddressField, "#to")
        await stage.press("a")
        await stage.until(lambda: offered().is_open)
        await stage.until_shown("Anders Holm <anders@example.com>")
        lines = [line.strip() for line in stage.lines if "<an" in line]
        await stage.press("enter")
        taken = field.value
        await stage.type_in("zo@example.net")
        await stage.until_shown("\u2039zo@example.net new\u203a")
        known = "\u2039Ana Novák\u203a" in stage.text
        await stage.press(*"ana")
        stage.one(AddressField, "#to").value = ""
        await stage.press(*"ana")
        await stage.until(lambda: offered().marked is not None)
        await stage.press("delete")
        await stage.until_shown("is offered no more")
        await stage.until(lambda: "1 mail" not in stage.text)

    assert [name for line in lines for name in ("Novák", "Holm") if name in line] == [
        "Novák", "Holm"
    ]  # fmt: skip
    assert taken == "Ana Novák <ana@example.net>"
    assert known
    with desk.open() as workspace:
        assert workspace.contacts.complete("ana") == ()


async def test_what_was_pasted_and_is_no_address_is_told_and_kept(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await stage.type_in("a@b.example; bob\nzo@\nx@\ny@\n")
        await stage.until(lambda: stage.one(Notice).text)
        text = stage.one(Notice).text
        await stage.type_in("; ana@example.net, bo")
        await stage.until(lambda: stage.one(Notice).text != text)
        value = stage.one(AddressField, "#to").value

    assert text.startswith(
        "4 of 5 are no addresses: bob, zo@, x@ and 1 more. Left goes"
    )
    assert value == "a@b.example, bob, zo@, x@, y@, ana@example.net, bo"
