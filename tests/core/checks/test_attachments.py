from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest

from tests.core.sample import attachment, draft
from tuimail.core.checks.attachments import NAMED_LIMIT, check, own_lines
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity


def found(text: str, *names: str, **fields: Any) -> list[Finding]:
    attached = tuple(attachment(name) for name in names)
    return list(check(draft(attachments=attached, **fields), text=text))


@pytest.mark.parametrize(
    "text",
    [
        "Please find attached the report.",
        "See the ATTACHMENT for details.",
        "The contract is enclosed.",
        "You will find attached the report you asked for.",
        "Your attached invoice is due.",
        "The invoice is attached to this email.",
        "No changes; see attached.",
        "I am attaching the minutes.",
        "Please open the attachment.",
        "Rechnung im Anhang.",
        "Anbei die Unterlagen.",
        "Den beigefügten Vertrag bitte unterschreiben.",
        "Ihren beigefügten Vertrag bitte unterschreiben.",
        "In der Anlage erhalten Sie die Rechnung.",
        "Anlage: Rechnung",
        "Anlagen 2",
        "Ich hänge dir die Datei an.",
        "Ich hänge die Rechnung vom Mai an.",
        "Vous trouverez ci-joint le devis.",
        "Voir la pièce jointe.",
        "Le devis est en PJ.",
        "Adjunto la factura.",
        "Ver archivo adjunto.",
        "In allegato trovi il preventivo.",
        "Segue em anexo o relatório.",
        "In de bijlage staat alles.",
        "W załączniku przesyłam umowę.",
        "Jag bifogar offerten.",
        "Se vedhæftede fil.",
        "Se vedlegget.",
        "Liitteenä lasku.",
        "Смотрите вложение.",
        "Прикрепляю файл.",
        "Файл прикреплён к письму.",
        "Прилагаем договор.",
        "V příloze posílám fakturu.",
        "添付ファイルをご確認ください。",
        "请查收附件。",
        "파일을 첨부합니다.",
        "I attach the minutes.",
        "CV attached",
        "Attachment: minutes",
        "Details are in the attachment.",
        "I am sending the plan as an attachment.",
        "Sorry, I forgot the attachment.",
        "Here is the attachment.",
        "The attachment shows all numbers.",
        "Please sign the attached contract.",
        "Im Anhang findest du den Plan.",
        "Im Anhang sind die Bilder.",
        "Im Anhang der Vertrag, den du wolltest.",
        "Bitte den Anhang beachten.",
        "Die Rechnung erhalten Sie als Anhang.",
        "Diesmal mit Anhang.",
        "Vous le trouverez en pièce jointe.",
        "PJ : le devis",
        "Le adjunto el contrato.",
        "Te envío la factura adjunta.",
        "Ti invio il contratto allegato.",
        "Vedi l'allegato.",
        "Anexo a fatura.",
        "Segue a fatura anexa.",
        "Zie bijlage.",
        "Bijgevoegd de factuur.",
        "Zobacz załącznik.",
        "Se bilagan.",
        "Se vedlegg.",
        "Смотрите во вложении.",
        "Viz příloha.",
        "附件是合同。",
        "合同见附件",
        "附上合同。",
        "資料を添付いたします。",
        "添付の資料をご覧ください。",
        "첨부 파일을 확인해 주십시오.",
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


@pytest.mark.parametrize(
    "text",
    [
        "There is no attachment, everything is in the text.",
        "I have not attached anything.",
        "I haven't attached the file yet.",
        "I haven\u2019t attached it.",
        "Nothing is attached.",
        "Works without any attachments.",
        "Thanks for the attachment!",
        "I got the attachment, all fine.",
        "I cannot open your attachment.",
        "The file you attached is empty, and so is the one you've attached today.",
        "The attachment you sent is empty.",
        "Could you resend the attachment?",
        "She is very attached to her team, no strings attached.",
        "The printer is attached to the second floor network.",
        "Enclosed in brackets, within an enclosed space.",
        "A book about attachment theory.",
        "Der Anlagenbau wächst, die Anlage läuft wieder, Geldanlage auch.",
        "Ich hänge an meiner Stadt, ich hänge sehr an ihr.",
        "Diese Mail hat keinen Anhang.",
        "Ihr Anhang fehlte, Ihren Anhang bitte noch einmal.",
        "Die Datei ist nicht beigefügt, ohne Anlagen.",
        "Mail sans pièce jointe. Votre pièce jointe est vide.",
        "El director adjunto y la fiscal adjunta llegan hoy.",
        "Sin adjuntos. Su archivo adjunto no se abre.",
        "Senza allegati; il tuo allegato non si apre.",
        "Sem anexos, e o seu anexo não abre.",
        "Geen bijlage, en je bijlage is leeg.",
        "Bez załączników, a twój załącznik jest pusty.",
        "Ingen bilaga, och din bilaga är tom.",
        "Ingen vedlegg, og ditt vedlegg er tomt.",
        "Капитальные вложения выросли, ваше вложение пусто.",
        "Мы прилагаем все усилия.",
        "Без вложений.",
        "Он прикреплён к поликлинике.",
        "Bez přílohy, vaše příloha je prázdná.",
        "没有附件。",
        "添付ファイルはありません。添付なし。",
        "添付していただいた資料を拝見しました。",
        "첨부파일이 없습니다. 첨부해 주세요.",
        "fix: crash when attachment name is empty",
        "Feature: support attachments in comments (#123)",
        "The attachment limit is 25 MB.",
        "Attachments are scanned for viruses",
        "the attached volume was resized",
        "The disk is attached, the debugger was attached.",
        "Could you send it as an attachment?",
        "Open the attachment dialog; in the attachment table there is a row.",
        "Fails when a file is attached twice, and files can be attached later.",
        "There is a bug when attaching large files.",
        "Im Anhang der Norm (Anhang A)",
        "Im Anhang der EU-Verordnung, im Anhang des Buchs, im Anhang B.",
        "Anhang II der Verordnung gilt",
        "Anhänge werden auf Viren geprüft, Anhänge über 25 MB gehen nicht.",
        "Können Sie es als Anhang schicken?",
        "Bitte die Daten als Anhang senden.",
        "Les pièces jointes sont limitées à 25 Mo.",
        "Pouvez-vous l'envoyer en pièce jointe ?",
        "Los archivos adjuntos se analizan; el límite de adjuntos es 25 MB.",
        "¿Podrías enviarlo en un archivo adjunto?",
        "Gli allegati sono limitati a 25 MB.",
        "Os anexos são verificados. O Anexo II do Regulamento, em anexo II.",
        "Bijlagen zijn beperkt tot 25 MB, zie bijlage II.",
        "Załącznik nr 1 do ustawy.",
        "Att bifoga filer tar tid; bilagor skannas.",
        "Vedlegg skannes for virus.",
        "Вложения проверяются на вирусы.",
        "Можете прислать во вложении?",
        "Přílohy jsou omezeny na 25 MB.",
        "添付ファイルは25MBまでです。",
        "ファイルを添付できます。",
        "如需附件请告知",
        "附件大小不能超过25MB\uff0c请附上简历。",
        "첨부 파일은 25MB까지입니다.",
    ],
)
def test_words_that_promise_nothing_are_fine(text: str) -> None:
    assert not found(text)


def test_a_promise_beside_a_denial_counts() -> None:
    assert found("There was no attachment yesterday; attached it is now.")


def test_a_line_in_decomposed_letters_is_read_as_well() -> None:
    """As it comes from macOS."""
    assert found(normalize("NFD", "Voir la pièce jointe."))
    assert not found(normalize("NFD", "Sans pièce jointe."))


def test_the_subject_may_promise() -> None:
    (finding,) = found("Hello", subject="Attached: Q3 report")

    assert finding.place == "Attached: Q3 report"


@pytest.mark.parametrize(
    "subject",
    ["Re: Attached invoice", "Fwd: attachment", "AW: Ihr Anhang", "RE[2] : attached",
     "回复\uff1a附件"],
)  # fmt: skip
def test_the_subject_of_an_answer_is_somebody_elses(subject: str) -> None:
    assert not found("Thanks.", subject=subject)


def test_an_answer_is_known_without_a_word_in_the_subject() -> None:
    assert not found("Thanks.", subject="Attached", in_reply_to="<1@a.example>")


def test_an_attachment_that_is_there_is_fine() -> None:
    assert not found("See the attachment.", "a.pdf")


def test_a_picture_in_the_text_is_no_attachment() -> None:
    """Unless there is no HTML to show it, where it is a file like others."""
    logo = replace(attachment("logo.png"), content_id="logo")
    text = "See the attachment."

    assert list(check(draft(html="<p>x</p>", attachments=(logo,)), text=text))
    assert not list(check(draft(attachments=(logo,)), text=text))


def test_a_file_that_is_named_and_missing_is_found() -> None:
    (finding,) = found("Attached: offer.pdf and Terms.PDF.", "terms.pdf")

    assert "offer.pdf" in finding.message
    assert finding.place == "Attached: offer.pdf and Terms.PDF."


def test_a_file_is_known_by_the_end_of_its_name_however_composed() -> None:
    text = normalize("NFD", "Attached: Annual report.pdf, and Überblick.pdf.")

    assert not found(text, "Annual report.pdf", "Überblick.pdf")


def test_a_file_that_is_missing_is_told_once_and_not_every_one_of_thousands() -> None:
    assert len(found("attached\n" + "a.pdf\n" * 5, "b.pdf")) == 1
    many = " ".join(f"a{number}.pdf" for number in range(10_000))
    assert len(found(f"attached {many}", "b.pdf")) == NAMED_LIMIT


def test_a_file_in_a_link_is_not_meant_to_be_attached() -> None:
    assert not found("Attached, see also https://a.example/b.pdf", "a.pdf")


def test_a_line_that_only_looks_like_the_end_of_the_text_is_kept() -> None:
    text = "one\n--- ---\n---- two\nthree"

    assert list(own_lines(text)) == text.splitlines()


def test_empty_lines_are_left_out() -> None:
    assert list(own_lines("\none" + "\n" * 5_000_000 + "two\n")) == ["one", "two"]


def test_the_place_is_cut() -> None:
    (finding,) = found("attached " * 100)

    assert len(finding.place) == PLACE_LIMIT


@pytest.mark.parametrize(
    "part",
    ["no ", "attached to ", "hänge die ", "a.", "-", "a-- ", "adjunt ", "n't ", "if ",
     "en a ", "could you ", "i ", "invio ", "see the ", "见", "bitte "],
)  # fmt: skip
def test_long_lines_are_no_burden(part: str) -> None:
    assert len(found(f"attached {part * 100_000}", "a.pdf")) <= 1
