"""What the SMTP door says, command by command."""

from tests.intake.smtp.conftest import Place, Talker


async def test_a_mail_is_taken_and_the_answer_has_its_id(
    place: Place, talker: Talker
) -> None:
    await talker.envelope("ana@example.net", "bob@example.net")
    reply = await talker.content(b"Subject: s\r\n\r\nt\r\n.\r\n")

    assert reply == "250 2.0.0 Ok: queued as id1"
    (mail,) = place.desk.handed
    assert mail.raw == b"Subject: s\r\n\r\nt\r\n"
    assert mail.sender == "mara@example.org"
    assert mail.recipients == ("ana@example.net", "bob@example.net")
