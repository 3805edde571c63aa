import pytest

from tests.core.sample import attachment, draft
from tuimail.core.checks.attachments import PLACE_LIMIT, check, own_lines
from tuimail.core.finding import Finding, Severity


def found(text: str, *names: str) -> list[Finding]:
    attached = tuple(attachment(name) for name in names)
    return list(check(draft(attachments=attached), text=text))


@pytest.mark.parametrize(
    "text",
    [
        "Please find attached the report.",
        "See the ATTACHMENT for details.",
        "The contract is enclosed.",
        "Rechnung im Anhang.",
        "Anbei die Unterlagen.",
        "Den beigefügten Vertrag bitte unterschreiben.",
        "Vous trouverez ci-joint le devis.",
        "Voir la pièce jointe.",
        "Adjunto la factura.",
        "In allegato trovi il preventivo.",
        "Segue em anexo o relatório.",
        "In de bijlage staat alles.",
        "W załączniku przesyłam umowę.",
        "Jag bifogar offerten.",
        "Смотрите вложение.",
        "Прикрепляю файл.",
        "V příloze posílám fakturu.",
        "添付ファイルをご確認ください。",
        "请查收附件。",
        "파일을 첨부합니다.",
    ],
)
def test_a_promised_attachment_that_is_missing_is_found(text: str) -> None:
    (finding,) = found(f"Hello,\n  {text}\nBye")

    assert finding.code == "att.forgotten"
    assert finding.severity is Severity.WARNING
    assert finding.field == "attach"
    assert finding.place == text


@pytest.mark.parametrize(
    "text",
    [
        "Hello Bob, lunch at noon?",
        "> Please find attached the report.\nThanks, got it.",
        "Thanks.\n-- \nAttached to my garden",
        "Thanks.\n\n----- Original Message -----\nI attached the report.",
        "FYI\n---------- Forwarded message ---------\nSee the attachment",
        "Thanks.\n________________________________\nSee the attachment",
        "The detachment left.",
        "",
    ],
)
def test_other_peoples_attachments_are_none_of_ours(text: str) -> None:
    assert not found(text)


def test_an_attachment_that_is_there_is_fine() -> None:
    assert not found("See the attachment.", "a.pdf")


def test_a_file_that_is_named_and_missing_is_found() -> None:
    (finding,) = found("Attached: offer.pdf and Terms.PDF.", "terms.pdf")

    assert "offer.pdf" in finding.message
    assert finding.place == "Attached: offer.pdf and Terms.PDF."


def test_a_file_in_a_link_is_not_meant_to_be_attached() -> None:
    assert not found("Attached, see also https://a.example/b.pdf", "a.pdf")


def test_a_line_that_only_looks_like_the_end_of_the_text_is_kept() -> None:
    text = "one\n--- ---\n---- two\nthree"

    assert list(own_lines(text)) == text.splitlines()


def test_the_place_is_cut() -> None:
    (finding,) = found("attached " * 100)

    assert len(finding.place) == PLACE_LIMIT
