import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.sample import attachment, draft
from tuimail.core.checks.body import check
from tuimail.core.draft import Body, Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.service import ServiceOptions


def found(given: Draft, text: str | None = None) -> list[Finding]:
    return list(check(given, text=given.body.text if text is None else text))


def codes(text: str) -> list[str]:
    return [finding.code for finding in found(draft(text=text))]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (Body(), "text"),
        (Body(text=" \n\t\n\u00a0"), "text"),
        (Body(text="\u200b\ufeff \u2800"), "text"),
        (Body(html="<p></p>"), "html"),
        (Body(html="<style>p{}</style><p>&nbsp;</p>"), "html"),
    ],
)
def test_mail_that_says_nothing_is_found(body: Body, field: str) -> None:
    (finding,) = found(draft(body=body), body.text)

    assert finding.code == "text.empty-body"
    assert finding.severity is Severity.WARNING
    assert finding.field == field


@pytest.mark.parametrize(
    "given",
    [
        draft(text="."),
        draft(text="", attachments=(attachment("invoice.pdf"),)),
        draft(text="", html='<IMG src="cid:poster">'),
        draft(text="", service=ServiceOptions(template_id="d-123")),
    ],
)
def test_mail_that_says_something_is_fine(given: Draft) -> None:
    assert not found(given)


@pytest.mark.parametrize(
    "text",
    [
        "Dear {{ name }},",
        "Hello {{name}}!",
        "Your order {{order.id}} is ready.",
        "Name: {{ name }}",
        "Dear {{ first_name | default }},",
        "Hi {% if name %}{{ name }}{% endif %},",
        "Dear <<First Name>>,",
        "Dear [[name]],",
        "Dear *|FNAME|*,",
        "Dear %FIRSTNAME%,",
        "Dear %%FIRST_NAME%%,",
        "Dear [Name],",
        "Best regards,\n[Your Name]",
        "Hello [first name], welcome to [Company Name]",
        "Call us at [insert phone number].",
        "Liebe [Vorname],",
        "Cher [Prénom],",
        "Dear ,",
        "Hi , thank you for your order",
        "Liebe ,",
        "Sehr geehrte Frau ,",
        "Hola ,",
        "Dear None,",
        "Hello undefined!",
        "Hi null,",
        "Dear XXX,",
        "Dear undef\u0131ned,",
        "Dear undef\u0130ned,",
        "Bonjour \u2026,",
        "Lorem ipsum dolor sit amet",
        "The meeting is on [TBD].",
        "The price is (TODO ask Ana) per month.",
        "TODO: insert the price",
        "Price: XXX EUR",
        "Total: €XXX",
    ],
)
def test_a_blank_that_was_left_open_is_found(text: str) -> None:
    assert codes(f"First line.\n{text}\n") == ["text.placeholder"]


@pytest.mark.parametrize(
    "text",
    [
        "Dear Ana,\n\nthank you [1] for the list [x].\n\n[1] https://corp.example",
        "Hi,\nhello, and hi there , everybody",
        "Bonjour !\nCa va ?",
        "Dear all,\nDear Sir or Madam,",
        "The template has `{{ name }}` in it.",
        "```\nDear {{ name }},\n```\nThat is the template.",
        "The template says {{ user.name }}, but there is no such variable.",
        "[name] is required, and so is [nom].",
        "~~~\n[Name]\n~~~",
        "    Dear {{ name }},",
        "\tDear {{ name }},",
        "> Dear {{ name }},\n\nThat was in your mail.",
        "Hello.\n-- \n[Your Name]",
        "  token: ${{ secrets.GITHUB_TOKEN }}",
        "image: {{ .Values.image }}",
        "[Name](https://corp.example) is a link",
        "[Name]: https://corp.example",
        "![Name] and array[name]",
        "if (a << b >> c) { return; }",
        "std::cout << name >> x;",
        "vector<vector<int>> and cat <<EOF",
        "a[0] and b[i] and [INFO] started",
        "My TODO list for Monday: call Bob",
        "TODO: call Bob on Monday",
        "- [ ] write the report",
        "50% OFF and 100 % SURE% of it",
        "set PATH=%PATH%;C:\\bin",
        "The card ends in XXXX-XXXX-1234.",
        "Size XXL, year 20XX, Super Bowl XXXIV",
        "Love, XXX",
        "[Video] [Link] [image: Logo] [EXTERNAL]",
        "+    return {{ name }};",
        '<a href="{{ url }}">Dear</a>',
        "Sehr geehrte Damen und Herren,",
        "Liebe Grüße,\nJana",
        "Hello World,",
    ],
)
def test_what_only_looks_like_a_blank_is_fine(text: str) -> None:
    assert not codes(text)


def test_a_blank_in_the_subject_is_found_too() -> None:
    (finding,) = found(draft(subject="News for {{ name }}"))

    assert (finding.field, finding.place) == ("subject", "News for {{ name }}")


def test_the_words_of_html_are_looked_at_where_there_is_no_text() -> None:
    (finding,) = found(draft(text="", html="<p>Dear [Name],</p>"), "Dear [Name],")

    assert finding.field == "html"


def test_blanks_are_counted() -> None:
    (finding,) = found(draft(text="Dear [Name],\nyour {{ thing }} is {{ state }}."))

    assert "[Name], and 1 more" in finding.message


@pytest.mark.parametrize(
    "service",
    [
        ServiceOptions(template_id="d-123"),
        ServiceOptions(merge=(("name", "Ana"),)),
        ServiceOptions(merge_for=(("a@b.example", (("name", "Ana"),)),)),
    ],
)
def test_blanks_that_the_service_fills_in_are_fine(service: ServiceOptions) -> None:
    assert not found(draft(text="Dear {{ name }},", service=service))


@pytest.mark.parametrize(
    "piece",
    ["{{ a", "{{", "[", "[your ", "<<a ", "*|", "`", "Dear ", "Dear ,\n", "(TODO ",
     "{% if ", "%A", "X", "[[", "```\n", ": ", "<"],
)  # fmt: skip
def test_many_beginnings_take_no_longer_than_they_are_long(piece: str) -> None:
    text = piece * (300_000 // len(piece))

    assert len(found(draft(text=text, html=text))) <= 1
    assert len(found(draft(text="\n".join(text[:9_000] for _ in range(30))))) <= 1


def test_a_signature_says_nothing() -> None:
    signed = draft(text="\n-- \nAnn\nCorp\n")

    (finding,) = check(signed, text=signed.body.text)

    assert finding.code == "text.empty-body"


_WORDS = ["dear", "Hi", "Hello", "name", "NONE", " ", ",", "!", ":", "...", "x", "\n"]


@given(st.lists(st.sampled_from(_WORDS), max_size=12).map("".join))
def test_plain_text_is_looked_at_as_closely_as_any_other(text: str) -> None:
    assert codes(f"{text}\nYes.") == codes(f"{text}\nYes.é")
