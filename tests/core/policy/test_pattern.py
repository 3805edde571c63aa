import pytest

from tests.core.drafts import address
from tests.core.policy.cases import people
from tuimail.core.address import Address
from tuimail.core.policy.pattern import covered, is_among, may_be_among, read_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("@corp.example", "anybody@corp.example"),
        ("@CORP.example", "anybody@corp.example"),
        ("bob@corp.example", "bob@corp.example"),
        ("Bob@corp.example", "bOB@corp.example"),
        ("@*.corp.example", "bob@mail.corp.example"),
        ("@*.corp.example", "bob@a.b.corp.example"),
        ("@*", "bob@anywhere.example"),
        ("@bücher.example", "bob@xn--bcher-kva.example"),
        ("@xn--bcher-kva.example", "bob@bücher.example"),
        ("@*.bücher.example", "bob@mail.xn--bcher-kva.example"),
        ("@[192.0.2.1]", "bob@[192.0.2.1]"),
    ],
)
def test_whoever_is_meant_is_found_however_it_is_written(
    pattern: str, text: str
) -> None:
    assert read_pattern(pattern).matches(address(text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("@corp.example", "bob@mail.corp.example"),
        ("@corp.example", "bob@evil-corp.example"),
        ("@corp.example", "bob@corp.example.evil.example"),
        ("@*.corp.example", "bob@corp.example"),
        ("@*.corp.example", "bob@evilcorp.example"),
        ("bob@corp.example", "bob@mail.corp.example"),
        ("bob@corp.example", "rob@corp.example"),
        ("bob@corp.example", '"bob b"@corp.example'),
        ("@strasse.example", "bob@straße.example"),
    ],
)
def test_nobody_else_is_found(pattern: str, text: str) -> None:
    assert not read_pattern(pattern).matches(address(text))


@pytest.mark.parametrize(
    ("pattern", "local"),
    [
        ("j\u00f6rg@corp.example", "jo\u0308rg"),
        ("j\u00f6rg@corp.example", "J\u00d6RG"),
        ("office@corp.example", "o\ufb03ce"),
        ("oskar@corp.example", "o\u017fkar"),
        ("stra\u00dfe@corp.example", "STRASSE"),
        ("office@corp.example", "\uff4fffice"),
    ],
)
def test_another_spelling_keeps_mail_back_and_lets_none_leave(
    pattern: str, local: str
) -> None:
    """What one server takes for one mailbox, another takes for two."""
    spelled, meant = Address(local=local, domain="corp.example"), people(pattern)

    assert may_be_among(spelled, meant)
    assert not is_among(spelled, meant)
    elsewhere = Address(local=local, domain="b.example")
    assert not may_be_among(elsewhere, meant)


@pytest.mark.parametrize(
    "text",
    ["", "@", "corp.example", "*@corp.example", "@*corp.example", "@corp..example",
     "@a.*.example", "@corp.example.", "bob", "@\uff43orp.example", "@*.",
     "Bob <bob@corp.example", "@corp.example, @b.example"],
)  # fmt: skip
def test_what_means_nobody_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        read_pattern(text)

    assert repr(text[:60]) in str(caught.value)


def test_among_several_one_is_enough() -> None:
    patterns = people("@a.example", "bob@b.example")

    assert is_among(address("bob@b.example"), patterns)
    assert not is_among(address("ann@b.example"), patterns)
    assert not is_among(address("ann@b.example"), ())


@pytest.mark.parametrize(
    ("wider", "narrower"),
    [
        ("@*", "@*"),
        ("@*", "@corp.example"),
        ("@*", "@*.corp.example"),
        ("@corp.example", "bob@corp.example"),
        ("@corp.example", "@corp.example"),
        ("@*.corp.example", "@*.corp.example"),
        ("@*.corp.example", "@*.mail.corp.example"),
        ("@*.corp.example", "@mail.corp.example"),
        ("@*.corp.example", "bob@mail.corp.example"),
        ("bob@corp.example", "BOB@corp.example"),
    ],
)
def test_a_wider_pattern_covers_a_narrower_one(wider: str, narrower: str) -> None:
    assert covered(people(narrower), people("x@y.example", wider))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("@corp.example", "@*"),
        ("@*.corp.example", "@*"),
        ("@corp.example", "@*.corp.example"),
        ("@*.corp.example", "@corp.example"),
        ("@*.mail.corp.example", "@*.corp.example"),
        ("bob@corp.example", "@corp.example"),
        ("bob@corp.example", "ann@corp.example"),
    ],
)
def test_no_pattern_covers_what_it_does_not_mean(one: str, other: str) -> None:
    assert not covered(people(other), people(one))
