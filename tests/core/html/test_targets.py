import pytest

from tuimail.core.html.targets import filled, normalized, normalized_text
from tuimail.core.templates.values import lifted
from tuimail.errors import FieldError

HOST = "https://x.example"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (f"{HOST}/a_b?c=1", f"{HOST}/a_b?c=1"),
        (lifted(f"{HOST}/a_b?c=1&d=é#e"), f"{HOST}/a_b?c=1&d=%C3%A9#e"),
        (lifted(f" {HOST}/a b"), f"{HOST}/a%20b"),
        (f"{lifted(HOST)}/t/{lifted('a?b')}", f"{HOST}/t/a%3Fb"),
        (f"{lifted(HOST + '/?a=1')}&b={lifted('R&D')}", f"{HOST}/?a=1&b=R%26D"),
        (f"{HOST}/{lifted('a_b*c')}", f"{HOST}/a_b*c"),
        (f"{HOST}/{lifted('a_b-c~d')}", f"{HOST}/a_b-c~d"),
        (f"{HOST}/{lifted('a/b+c;d=東')}", f"{HOST}/a/b+c;d=%E6%9D%B1"),
        (f"{HOST}/{lifted('a%20b 5%')}", f"{HOST}/a%20b%205%25"),
        (
            f"{HOST}/?q={lifted('R&D #1+2=3')}&b=1",
            f"{HOST}/?q=R%26D%20%231%2B2%3D3&b=1",
        ),
        (f"{HOST}/?{lifted('a')}={lifted('')}", f"{HOST}/?a="),
        (f"{HOST}{lifted('/a?b=1')}", f"{HOST}/a?b=1"),
        (f"https://{lifted('x.example:80')}/a", f"{HOST}:80/a"),
        (f"https://{lifted('x.example/a?b')}", f"{HOST}/a?b"),
        (f"https://{lifted('a-b')}.x.example/", "https://a-b.x.example/"),
        (f"https://{lifted('東')}.example/", "https://xn--7rv.example/"),
        (f"//{lifted('x.example')}/a", "//x.example/a"),
        (f"https://{lifted('ü-1')}.example/", "https://xn---1-wka.example/"),
        (f"mailto:{lifted('a+b@x.example?bcc=c@d')}", "mailto:a+b@x.example%3Fbcc=c@d"),
        (f"tel:{lifted('+49 30')}", "tel:+49%2030"),
        (f"cid:{lifted('logo_1@x')}", "cid:logo_1@x"),
        (f"page.html#{lifted('a b')}", "page.html#a%20b"),
        (lifted(""), ""),
    ],
)
def test_a_value_is_put_into_a_target(target: str, found: str) -> None:
    assert filled(target) == found


@pytest.mark.parametrize(
    "sub", ["evil.example/", "evil.example?", "evil.example#", "a@"]
)
def test_a_value_never_puts_a_host_before_the_one_that_is_there(sub: str) -> None:
    target = filled(f"https://{lifted(sub)}.x.example/")

    assert not set("/?#@") & set(target.removeprefix("https://").removesuffix("/"))
    assert target.endswith(".x.example/")


@pytest.mark.parametrize(
    "target",
    [
        lifted("javascript:alert(1)"),
        lifted(" JavaScript:alert(1)"),
        lifted("data:text/html,x"),
        lifted("file:///etc/passwd"),
        f"{lifted('java')}{lifted('script:x')}",
        f"java{lifted('script:x')}",
        f"{lifted('vbscript')}:{lifted('-')}",
        "javascript\U0010003ax",
    ],
)
def test_what_no_mail_leads_to_is_refused(target: str) -> None:
    with pytest.raises(FieldError, match="nothing for a mail") as caught:
        filled(target)

    assert caught.value.field == "markdown"
    assert caught.value.hint


def test_a_target_with_values_waits_for_them() -> None:
    with_value, without = f"{HOST}/é/{lifted('_')}", f"{HOST}/é"

    assert normalized(with_value) == normalized_text(with_value) == with_value
    assert normalized(without) == f"{HOST}/%C3%A9"
    assert normalized_text(f"{HOST}/%C3%A9") == without
