"""What is asked next while an account is set up, and what a change makes undone."""

from dataclasses import replace

import pytest

from tuimail.errors import AddressError, ConfigurationError
from tuimail.settings.discovery.found import Asked, Found, Login, Search, Source
from tuimail.settings.oauth import OAuth
from tuimail.workspace.setting_up import Setup, Step, Trial
from tuimail.workspace.setup_ways import typed_server
from tuimail.workspace.setup_words import (
    about_test,
    consent,
    kept_in,
    kinds,
    question,
    summary,
    where,
)

HOST: dict[str, str | int] = {
    "host": "smtp.example.org",
    "port": 465,
    "username": "ada@example.org",
}
OWN = Found(
    title="Example Mail",
    provider="smtp",
    options=HOST,
    logins=(Login.PASSWORD,),
    source=Source.AUTOCONFIG,
    asked="https://autoconfig.example.org/mail/config-v1.1.xml",
    advice="",
)
FOREIGN = replace(
    OWN, options={**HOST, "host": "smtp.elsewhere.example"}, is_foreign=True
)
BOTH = replace(OWN, logins=(Login.GOOGLE, Login.APP_PASSWORD))
SERVICE = Found(
    title="Cloudflare Email Service",
    provider="cloudflare",
    logins=(Login.TOKEN,),
    source=Source.PRESET,
    asked="the list of services",
    advice="Cloudflare wants an API token.",
    asks=("account_id",),
)
SEARCH = Search(
    found=(OWN,),
    asked=(Asked(source=Source.AUTOCONFIG, what=OWN.asked, outcome="1 server"),),
)
GOOD = Trial(is_good=True, endpoint="smtp.example.org:465", latency_ms=82)
BAD = Trial(is_good=False, error="535 5.7.8 no", hint="Look at it.")
TOKENS = OAuth(token_url="https://oauth2.example.org/token", client_id="me")


def addressed() -> Setup:
    return Setup().with_address("ada@example.org", name="", taken=())


def chosen(way: Found = OWN) -> Setup:
    return addressed().with_search(SEARCH).choose(way)


def kept(way: Found = OWN) -> Setup:
    return (
        chosen(way).by(Login.PASSWORD).with_secret_reference("keyring:", is_ours=True)
    )


def tried() -> Setup:
    return kept().with_test(GOOD)


def introduced() -> Setup:
    return tried().with_identity(sender_name="Ada Lovelace")


def test_the_steps_follow_one_another() -> None:
    steps = [
        Setup(),
        addressed(),
        chosen(),
        kept(),
        tried(),
        introduced(),
        introduced().saved(),
        introduced().saved().over(),
    ]

    assert [one.step for one in steps] == list(Step)


def test_an_address_is_kept_without_the_name_which_is_the_senders() -> None:
    setup = Setup().with_address("Ada Lovelace <ada@example.org>", name="", taken=())

    assert setup.address == "ada@example.org"
    assert setup.sender_name == "Ada Lovelace"


@pytest.mark.parametrize("address", ["", "ada", "ada@", "a@b.example, c@d.example"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        Setup().with_address(address, name="", taken=())


def test_a_name_that_is_taken_is_refused_with_its_field() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Setup().with_address("ada@example.org", name="work", taken={"work"})

    assert refused.value.field == "name"
    assert "“work”" in str(refused.value)


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Setup().with_address("ada@example.org", name="my work", taken=())

    assert refused.value.field == "name"


def test_another_address_voids_what_was_found_for_the_old_one() -> None:
    setup = introduced().with_address("eve@example.net", name="", taken=())

    assert (setup.way, setup.search, setup.tested) == (None, None, None)
    assert setup.secret == ""
    assert not setup.is_ours
    assert setup.step is Step.SERVER
    assert setup.sender_name == "Ada Lovelace"


def test_another_name_voids_the_password_which_is_kept_under_it() -> None:
    setup = tried().with_address("ada@example.org", name="home", taken=())

    assert setup.way == OWN
    assert setup.secret == ""
    assert setup.step is Step.LOGIN


def test_the_same_address_again_changes_nothing() -> None:
    assert tried().with_address("ada@example.org", name="example", taken=()) == tried()


def test_a_foreign_server_wants_a_yes_before_a_password() -> None:
    setup = chosen(FOREIGN)

    assert setup.step is Step.SERVER
    assert setup.needs_consent
    assert "smtp.elsewhere.example does not belong to example.org" in consent(setup)
    with pytest.raises(ValueError, match="yes"):
        setup.with_secret_reference("keyring:")
    with pytest.raises(ValueError, match="yes"):
        setup.signed_in(TOKENS)
    assert setup.agree().step is Step.LOGIN


def test_a_yes_to_one_server_is_none_to_another() -> None:
    other = replace(FOREIGN, options={**HOST, "host": "smtp.third.example"})
    setup = chosen(FOREIGN).agree().choose(other)

    assert setup.needs_consent


def test_another_server_voids_the_password() -> None:
    setup = tried().choose(replace(OWN, options={**HOST, "host": "b.example.org"}))

    assert setup.secret == ""
    assert setup.tested is None
    assert setup.search == SEARCH


def test_the_same_server_again_keeps_everything() -> None:
    assert tried().back(Step.SERVER).choose(OWN) == tried()


def test_a_service_that_takes_no_mail_from_programs_is_refused_with_its_reason() -> (
    None
):
    tuta = replace(OWN, title="Tuta", can_send=False, advice="It has no SMTP.")

    with pytest.raises(ConfigurationError, match=r"Tuta .* It has no SMTP\."):
        chosen(tuta)


def test_what_only_the_person_knows_is_asked_before_the_login() -> None:
    setup = chosen(SERVICE)

    assert setup.step is Step.SERVER
    answered = setup.with_options({"account_id": "0" * 32})
    assert answered.step is Step.LOGIN
    assert answered.way is not None
    assert answered.way.options == {"account_id": "0" * 32}


def test_another_user_name_has_to_be_tested_again_with_the_same_password() -> None:
    setup = tried().with_options({"username": "ada"})

    assert setup.secret == "keyring:"
    assert setup.step is Step.TEST


def test_the_same_user_name_needs_no_other_test() -> None:
    assert tried().with_options({"username": "ada@example.org"}) == tried()


def test_options_without_a_server_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="no way out"):
        addressed().with_options({"username": "ada"})


def test_a_way_out_without_a_login_is_tested_at_once() -> None:
    assert chosen(replace(OWN, logins=(Login.NONE,))).step is Step.TEST


def test_another_kind_of_login_voids_the_password() -> None:
    setup = chosen(BOTH).by(Login.APP_PASSWORD).with_secret_reference("env:PW")

    changed = setup.by(Login.GOOGLE)
    assert changed.secret == ""
    assert setup.by(Login.APP_PASSWORD) == setup


def test_a_login_that_the_server_does_not_take_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no login"):
        chosen().by(Login.GOOGLE)


def test_tokens_take_the_place_of_a_password() -> None:
    setup = chosen(BOTH).by(Login.GOOGLE).signed_in(TOKENS)

    assert setup.secret == "oauth:"
    assert setup.step is Step.TEST
    assert kept_in(setup) == "signed in at oauth2.example.org"


def test_a_failed_test_is_asked_again_until_it_is_to_be_held() -> None:
    failed = kept().with_test(BAD)

    assert failed.step is Step.TEST
    assert failed.held().step is Step.IDENTITY
    assert "535 5.7.8 no" in failed.held().held_reason


def test_only_what_failed_can_be_held() -> None:
    for setup in (kept(), tried()):
        with pytest.raises(ValueError, match="failed"):
            setup.held()


def test_a_new_test_ends_the_wish_to_hold() -> None:
    assert kept().with_test(BAD).held().with_test(GOOD).held_reason == ""


def test_each_finished_step_can_be_asked_again_and_left_as_it_was() -> None:
    for step in (Step.ADDRESS, Step.SERVER, Step.LOGIN, Step.IDENTITY):
        again = introduced().back(step)
        assert again.step is step
        assert again.go_on() == introduced()


def test_back_goes_to_the_step_before() -> None:
    setup = introduced().back()

    assert setup.step is Step.IDENTITY
    assert setup.back().step is Step.LOGIN, "a test asks nothing"


def test_there_is_nothing_before_the_first_step_and_no_later_one() -> None:
    assert Setup().back() == Setup()
    assert tried().back(Step.HABITS) == tried()


def test_a_login_that_nobody_needs_is_not_asked_again() -> None:
    setup = chosen(replace(OWN, logins=(Login.NONE,)))

    assert setup.back().step is Step.SERVER


def test_what_is_written_is_not_asked_again() -> None:
    saved = introduced().saved()

    assert saved.back() == saved
    assert not saved.is_ours


def test_answers_that_go_to_the_address_itself_go_nowhere_else() -> None:
    setup = tried().with_identity(reply_to="ada@example.org", signature="Ada\n\n")

    assert setup.reply_to == ""
    assert setup.signature == "Ada"


@pytest.mark.parametrize("field", ["reply_to", "sender_name"])
def test_an_identity_that_cannot_stand_in_a_mail_is_refused(field: str) -> None:
    with pytest.raises(AddressError):
        tried().with_identity(**{field: "a\nb"})


def test_who_else_may_send_is_one_of_three_words() -> None:
    setup = introduced().with_habits(noninteractive_send="review", is_default=True)

    assert setup.noninteractive_send == "review"
    assert setup.step is Step.HABITS
    with pytest.raises(ConfigurationError, match="none of the answers"):
        introduced().with_habits(noninteractive_send="maybe", is_default=False)


def test_a_server_that_was_typed_needs_no_yes() -> None:
    way = typed_server({"host": "mx.other.example", "port": 587, "username": ""})

    setup = addressed().choose(way)
    assert not setup.needs_consent
    assert way.options == {"host": "mx.other.example", "port": 587}
    assert way.logins == (Login.NONE,)
    assert typed_server({"host": "a.example", "username": "me"}).logins == (
        Login.PASSWORD,
    )


def test_a_service_picked_first_is_remembered_until_there_is_an_address() -> None:
    setup = Setup().with_service("resend")

    assert setup.is_begun
    assert setup.step is Step.ADDRESS
    named = setup.with_address("ada@example.org", name="", taken=())
    assert named.service == "resend"
    assert named.with_service("resend") == named


def test_another_service_voids_the_way_out() -> None:
    assert chosen().with_service("resend").way is None


def test_what_is_over_is_not_gone_on_with() -> None:
    assert not Setup().is_begun
    assert addressed().is_begun
    assert not introduced().saved().over().is_begun


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"host": "a.example", "port": 465}, "a.example:465, TLS"),
        ({"host": "a.example", "port": 587}, "a.example:587, STARTTLS"),
        ({"host": "a.example", "port": 25, "tls": "none"},
         "a.example:25, no encryption"),
        ({"host": "a.example"}, "a.example:465, TLS"),
    ],
)  # fmt: skip
def test_a_server_is_said_with_its_port_and_encryption(
    options: dict[str, str | int], said: str
) -> None:
    assert where(replace(OWN, options=options)) == said


def test_a_service_is_said_with_what_the_person_knows_of_it() -> None:
    way = replace(SERVICE, options={"account_id": "abc"})

    assert where(way) == "Cloudflare Email Service, abc"
    assert kinds(BOTH) == "sign in with Google or app password"


def test_a_setting_that_has_no_words_is_asked_by_its_name() -> None:
    assert question("api_zone").label == "Api zone"
    assert question("region").label == "Region"


def test_finished_steps_are_summed_up_each_in_one_line() -> None:
    setup = tried().with_identity(
        sender_name="Ada", reply_to="team@example.org", signature="Ada"
    )

    assert dict(summary(setup)) == {
        Step.ADDRESS: "ada@example.org, account “example”",
        Step.SERVER: "smtp.example.org:465, TLS",
        Step.LOGIN: "as ada@example.org, in the keyring as “tuimail/example”",
        Step.TEST: "logged in, 82 ms",
        Step.IDENTITY: "Ada, answers to team@example.org, with a signature",
    }
    assert dict(summary(setup.saved()))[Step.HABITS].startswith("saved")


def test_a_mail_to_oneself_is_part_of_what_is_over() -> None:
    saved = introduced().saved()

    assert dict(summary(saved.over()))[Step.MAIL] == "not wanted"
    assert dict(summary(saved.mailed("abc").over()))[Step.MAIL] == "sent"


def test_a_held_account_is_summed_up_as_such() -> None:
    held = kept().with_test(BAD).held()

    assert dict(summary(held))[Step.TEST] == "failed; the account will be held"
    assert dict(summary(replace(kept(), login=Login.NONE)))[Step.LOGIN].endswith(
        "needs none"
    )


def test_a_summary_ends_before_the_step_that_is_asked_again() -> None:
    assert [step for step, _ in summary(introduced().back(Step.SERVER))] == [
        Step.ADDRESS
    ]


def test_a_test_is_told_with_latency_limits_and_what_is_offered() -> None:
    tested = replace(
        GOOD, limits={"size_bytes": 25_000_000, "per_day": 500}, offers=("8BITMIME",)
    )

    assert about_test(tested) == (
        "Logged in at smtp.example.org:465 in 82 ms; nothing was sent.",
        "It takes messages of up to 25 MB.",
        "It says: per day 500.",
        "It offers: 8BITMIME.",
    )
    assert about_test(BAD) == ("535 5.7.8 no",)


def test_this_machines_own_server_takes_a_password_in_clear_after_a_yes() -> None:
    way = typed_server(
        {"host": "127.0.0.1", "port": 1025, "tls": "none", "username": "ada"}
    )
    asked = Setup().with_address("ada@example.org", name="", taken=()).choose(way)

    agreed = asked.agree()

    assert asked.step is Step.SERVER
    assert "nothing is encrypted" in consent(asked)
    assert agreed.chosen.options["allow_clear_auth"] is True
    assert agreed.step is Step.LOGIN


def test_another_machines_server_is_no_place_for_a_password_in_clear() -> None:
    way = typed_server({"host": "smtp.example.org", "tls": "none", "username": "ada"})
    asked = Setup().with_address("ada@example.org", name="", taken=()).choose(way)

    assert not asked.is_in_clear
    assert "allow_clear_auth" not in asked.agree().chosen.options
