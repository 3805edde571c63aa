"""What sending programs have been seen to get wrong, and the tests that it holds here.

A row without a test fails, and so does a test that is not there any more.
``tests.peers.test_features`` does the same for what such programs can do.
"""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.peers.named import Tests, missing

WAYS: Final = "peers/test_every_way.py"
ALONE: Final = "peers/test_each_alone.py"
BEHAVIOURS: Final[Mapping[int, tuple[str, Mapping[str, Tests]]]] = {
    1: (
        "a dry run with a key, then a real send with it: the real one is sent",
        {
            "cli/test_keys.py": ("a_dry_run_uses_up_no_key",),
            "api/test_sending.py": ("a_dry_run_with_a_key_then_a_send_with_it_sends",),
            "workspace/test_keys.py": (
                "a_draft_of_ones_own_and_a_dry_run_use_up_no_key",
            ),
        },
    ),
    2: (
        "a key whose mail failed can be tried again",
        {
            WAYS: ("what_failed_under_a_key_can_be_tried_again",),
            "workspace/test_keys.py": ("what_failed_is_tried_again_under_its_key",),
        },
    ),
    3: (
        "the same key for something else is a conflict, and ends with 1",
        {
            "cli/test_keys.py": ("other_mail_under_the_key_is_a_conflict",),
            "api/test_sending.py": ("the_same_key_for_something_else_is_a_conflict",),
            "intake/mcp/test_server.py": ("the_same_key_makes_one_mail",),
            "faults/test_network_keys.py": (
                "F56_something_else_under_the_same_key_is_a_conflict",
            ),
        },
    ),
    4: (
        "six processes with one key: one delivery, six clean answers",
        {
            "end_to_end/test_at_once.py": (
                "six_that_send_under_one_key_deliver_once_and_answer_the_same",
            ),
            "api/test_sending.py": ("many_threads_with_one_key_deliver_once",),
        },
    ),
    5: (
        "killed when the server had it: unknown, no second copy; before: sent once",
        {
            "faults/test_killing.py": (
                "F05_killed_after_the_claim_it_is_deferred_and_sent_once",
                "F06_killed_before_the_point_of_no_return_it_is_sent_once",
                "F08_killed_after_the_dot_it_is_unknown_and_never_sent_again",
                "F13_killed_at_random_nothing_is_lost_or_sent_twice",
            ),
            "faults/test_storing.py": (
                "F03_killed_before_the_reply_mail_that_was_let_go_is_sent_once",
            ),
            "faults/test_bulk_kills.py": (
                "a_bulk_job_that_is_killed_sends_each_row_once_or_says_that_it_is_unknown",
            ),
        },
    ),
    6: (
        "the server takes the content, then drops the line: one copy",
        {
            WAYS: ("a_server_that_took_it_and_dropped_the_line_gets_one_copy",),
            "faults/test_network_drops.py": (
                "F30_silence_after_the_dot_is_unknown_and_nobody_sends_again",
            ),
        },
    ),
    7: (
        "250, 550 and 451 for three: three results, and a retry for the third only",
        {
            WAYS: ("each_recipient_has_a_result_and_a_retry_is_for_who_was_put_off",),
            "faults/test_network_recipients.py": (
                "F35_three_answers_are_three_states_and_only_the_third_is_tried_again",
            ),
        },
    ),
    8: (
        "550 and 535 are not tried again; 451, 421 and silence are, ever later",
        {
            WAYS: (
                "a_refusal_is_final_and_what_may_pass_is_tried_later",
                "each_delay_is_longer_than_the_one_before",
            ),
            "faults/test_network_drops.py": (
                "F33_after_421_nothing_more_is_said_and_the_mail_waits",
                "F37_a_refusal_of_the_content_is_final",
                "F37_not_now_to_the_content_is_tried_again",
            ),
            "faults/test_network_login.py": (
                "F50_a_password_that_changed_holds_the_account_after_the_first_no",
            ),
            "faults/test_network_slow.py": (
                "F32_a_step_has_a_limit_and_other_accounts_go_on",
            ),
            "api/test_connection.py": (
                "a_wrong_password_is_offered_once_however_many_mails_there_are",
            ),
        },
    ),
    9: (
        "two addresses in one text: both, or an error",
        {
            WAYS: ("several_addresses_in_one_text_are_all_meant_or_none",),
            "cli/test_bad_input.py": (
                "it_is_refused_in_one_sentence_that_names_the_field",
            ),
            "intake/test_fields.py": (
                "a_value_of_another_kind_is_refused_in_plain_words",
            ),
        },
    ),
    10: (
        "a header by hand that is not for people to set, or has no name, is refused",
        {
            WAYS: ("headers_that_are_not_set_by_hand_are_refused",),
            "core/test_draft.py": (
                "a_reserved_header_is_refused",
                "what_is_no_header_name_is_refused",
                "a_header_cannot_send_the_mail_to_others",
            ),
        },
    ),
    11: (
        "NUL, half a character or a bare CR is refused by its field, or never raw",
        {
            WAYS: (
                "what_could_do_harm_is_refused_by_the_name_of_its_field",
                "a_body_is_never_sent_with_raw_characters_that_do_harm",
            ),
            "end_to_end/test_bad_input.py": ("a_body_with_a_nul_is_refused",),
        },
    ),
    12: (
        "names and capitals of an address are kept",
        {WAYS: ("names_case_threads_and_wishes_arrive_as_they_are_written",)},
    ),
    13: (
        "files: any name, 0 bytes, no folder and no pipe, little memory",
        {
            WAYS: (
                "files_keep_their_names_and_may_be_empty",
                "what_is_no_file_is_refused_at_once",
            ),
            ALONE: ("thirty_megabytes_through_the_workspace_stay_below_a_hundred",),
            "api/test_direct.py": (
                "thirty_megabytes_take_little_more_than_themselves",
            ),
            "core/wire/test_mime.py": ("a_file_name_reads_back_the_same",),
        },
    ),
    14: (
        "domains go in ASCII; a name the server does not take is said by a dry run",
        {
            WAYS: (
                "an_international_domain_is_told_to_the_server_in_ascii",
                "a_name_that_a_server_cannot_take_is_said_in_the_dry_run_already",
                "a_name_that_the_server_turns_out_not_to_take_is_an_error",
            ),
            "api/test_direct.py": (
                "what_the_way_out_cannot_say_is_refused_in_a_dry_run_already",
            ),
        },
    ),
    15: (
        "unknown authorities are refused on every path, and a login in clear elsewhere",
        {
            ALONE: (
                "a_server_of_an_unknown_authority_is_told_nothing_on_any_path",
                "an_account_that_would_log_in_in_clear_elsewhere_cannot_be_made",
            ),
            "providers/smtp/test_options.py": (
                "no_password_goes_in_clear_to_another_machine",
            ),
            "providers/http/test_exchange.py": (
                "a_server_that_does_not_prove_itself_gets_no_key",
            ),
            "providers/gmail/test_transport.py": (
                "a_server_of_nobodys_is_not_trusted",
            ),
            "providers/ses/test_ses.py": (
                "a_server_that_does_not_prove_itself_is_asked_nothing",
            ),
            "settings/discovery/test_fetching.py": (
                "a_server_of_an_unknown_authority_gets_no_request",
            ),
            "settings/test_token_service.py": ("a_service_has_to_prove_who_it_is",),
            "faults/test_network_tls.py": (
                "F39_an_issuer_that_nobody_knows_holds_the_account",
                "F40_nothing_that_matters_is_ever_said_in_clear",
            ),
        },
    ),
    16: (
        "switches take the usual words and nothing else; TUIMAIL_SMTP_SSL is enough",
        {
            ALONE: (
                "a_switch_takes_the_usual_words",
                "a_switch_that_says_nothing_stops_everything",
            ),
            "settings/test_config.py": (
                "a_variable_beats_the_file",
                "a_switch_that_is_neither_is_refused",
            ),
        },
    ),
    17: (
        "Date and Message-ID: there, unique, the sender's, the same everywhere",
        {
            WAYS: ("the_date_and_the_id_are_there_once_and_the_senders_own",),
            "api/test_direct.py": ("date_and_message_id_are_the_same_on_the_wire",),
            "providers/http_api/test_payloads.py": (
                "a_message_with_everything_is_told_as_it_was",
                "bytes_that_are_handed_on_arrive_as_they_are",
            ),
        },
    ),
    18: (
        "files are 0600 and folders 0700",
        {
            WAYS: ("only_the_owner_reads_what_was_written",),
            "store/test_database.py": ("only_this_user_can_read_what_is_made",),
            "store/test_log.py": ("only_its_owner_may_read_it",),
        },
    ),
    19: (
        "the database locked while sending: the record still ends as sent",
        {
            "faults/test_disks.py": (
                "F24_an_answer_waits_until_the_database_is_not_locked_any_more",
                "F24_a_sender_waits_for_a_locked_database_and_goes_on",
            ),
        },
    ),
    20: (
        "bulk, the line dropped after the second of five: the others arrive once",
        {
            "api/test_bulk.py": (
                "a_dropped_connection_is_replaced_and_the_others_are_delivered_once",
            ),
            "api/test_connection.py": (
                "a_line_that_drops_in_the_middle_harms_one_mail_of_five",
            ),
        },
    ),
    21: (
        "a callback that raises changes no count",
        {
            "api/test_bulk.py": (
                "callbacks_hear_of_each_row_and_what_they_raise_changes_nothing",
            ),
        },
    ),
    22: (
        "an agent gets no file outside its folders, no host and no sender of its own",
        {
            ALONE: ("no_program_says_which_server_its_mail_goes_through",),
            "intake/mcp/test_server.py": (
                "what_cannot_be_a_mail_is_refused_and_the_field_named",
            ),
            "intake/test_fields.py": (
                "of_a_file_elsewhere_nothing_is_told",
                "a_key_that_nobody_knows_is_refused_by_the_nearest",
            ),
            "intake/test_gate.py": (
                "a_bound_client_writes_as_nobody_else",
                "a_message_from_somebody_else_is_refused",
            ),
            "intake/smtp/test_door.py": ("a_sender_that_is_not_ones_own_is_refused",),
            "store/test_blobs.py": (
                "a_program_may_name_no_file_outside_of_them",
                "a_folder_that_becomes_a_link_meanwhile_leads_nowhere",
                "a_folder_that_is_moved_meanwhile_is_outside",
            ),
        },
    ),
    23: (
        "the same recipient twice: one RCPT",
        {
            WAYS: ("names_case_threads_and_wishes_arrive_as_they_are_written",),
            "api/test_direct.py": ("names_and_case_stay_and_nobody_is_told_twice",),
        },
    ),
    24: (
        "twenty thousand recipients compose in under two seconds",
        {
            ALONE: (
                "twenty_thousand_recipients_are_composed_in_under_two_seconds",
                "thousands_of_recipients_take_no_longer_than_they_are_many",
            ),
            "core/test_many_recipients.py": (
                "twenty_thousand_are_named_once_each_and_read_back",
                "twice_as_many_take_twice_as_many_steps",
            ),
        },
    ),
    25: (
        "the command line starts without the app's toolkit",
        {
            "architecture/test_fresh_interpreters.py": (
                "help_loads_no_app_no_provider_and_no_network",
                "a_dry_run_loads_no_app_and_no_provider",
                "sending_loads_no_app_and_no_provider_but_its_own",
                "importing_tuimail_loads_nothing_else",
            ),
        },
    ),
    26: (
        "who fails in one mail is not hidden by a success in another",
        {
            "api/test_connection.py": (
                "a_recipient_who_fails_in_one_mail_does_not_hide_in_another",
            ),
            "api/test_bulk.py": (
                "one_that_fails_is_told_with_its_row_and_hides_no_other",
            ),
        },
    ),
    27: (
        "data for one recipient goes to that one, who alone stands in To",
        {
            "api/test_bulk.py": ("data_is_for_its_own_recipient_who_alone_is_named",),
            "workspace/test_merging.py": (
                "no_value_of_one_row_is_in_the_mail_of_another",
            ),
            "core/templates/test_renderer.py": ("no_row_leaves_anything_for_the_next",),
        },
    ),
    28: (
        "global options stand before and behind the verb",
        {
            ALONE: ("global_options_do_the_same_before_and_behind_the_verb",),
            "cli/test_words.py": ("global_options_stand_before_and_after_the_verb",),
        },
    ),
    29: (
        "QUIT answered with an error after 250: sent",
        {
            WAYS: ("a_goodbye_that_is_refused_changes_nothing",),
            "faults/test_network_drops.py": (
                "F31_whatever_comes_of_quit_the_mail_was_sent",
            ),
        },
    ),
    30: (
        "secrets are in no store, file, output or list of processes",
        {
            "end_to_end/test_no_secret.py": (
                "a_secret_stays_where_it_is",
                "no_list_of_processes_shows_it",
                "no_way_out_of_ours_is_left_out",
                "the_search_finds_what_is_there",
            ),
            "api/test_account.py": (
                "nothing_that_shows_an_account_shows_its_password",
            ),
            "api/test_direct.py": (
                "a_wrong_password_is_offered_once_and_shown_nowhere",
            ),
        },
    ),
    31: (
        "priority, unsubscribing and threads are said in the headers that are read",
        {
            WAYS: ("names_case_threads_and_wishes_arrive_as_they_are_written",),
            "core/test_compose.py": (
                "how_urgent_it_is_is_said_in_the_words_of_every_program",
                "a_subscription_can_be_ended_with_one_click",
            ),
        },
    ),
    32: (
        "HTML, text, a picture and a file nest as mixed(related(alternative))",
        {
            "core/test_compose.py": ("parts_are_put_together_as_readers_expect",),
            "api/test_direct.py": (
                "text_html_pictures_and_files_nest_as_programs_expect",
            ),
        },
    ),
    33: (
        "inlining CSS and showing HTML ask no network and read no file",
        {
            "core/html/test_no_fetching.py": (
                "nothing_is_fetched_or_read",
                "markdown_fetches_and_reads_nothing",
                "a_call_would_be_seen",
            ),
        },
    ),
    34: (
        "a variable without a value is an error with its line and its name",
        {
            "core/templates/test_renderer.py": (
                "a_variable_without_a_value_is_named_with_its_line",
            ),
            "api/test_template.py": (
                "a_blank_without_a_value_is_an_error_that_names_it_and_its_line",
            ),
            "cli/test_docs_and_templates.py": ("a_blank_without_a_value_is_named",),
            "cli/test_merging.py": ("what_is_wrong_is_told",),
        },
    ),
    35: (
        "silent failures raise nothing, and list who failed",
        {
            "api/test_sending.py": (
                "silently_every_recipient_is_listed_as_failed",
                "every_way_to_ask_can_be_silent",
            ),
            "api/test_direct.py": (
                "what_would_be_raised_is_a_result_where_that_is_asked_for",
            ),
            "contrib/test_django.py": ("silent_failures_are_counted_as_not_sent",),
        },
    ),
    36: (
        "a keyring that does not answer hangs nothing, and nothing takes its place",
        {
            ALONE: ("a_keyring_that_waits_for_somebody_hangs_no_program",),
            "faults/test_network_keyring.py": (
                "F48_a_keyring_that_fails_holds_the_account_and_nothing_else",
                "F48_without_a_keyring_no_other_place_is_looked_at",
                "F48_without_a_keyring_a_password_is_kept_nowhere",
                "F48_a_prompt_that_hangs_does_not_hold_up_the_rest",
            ),
            "settings/test_secrets.py": (
                "a_keyring_that_waits_for_somebody_is_given_up",
            ),
        },
    ),
}


def test_no_behaviour_is_left_out() -> None:
    assert list(BEHAVIOURS) == list(range(1, 37))


@pytest.mark.parametrize("number", BEHAVIOURS)
def test_a_behaviour_is_shown_by_tests_that_are_there(number: int) -> None:
    _, shown_by = BEHAVIOURS[number]

    assert any(shown_by.values())
    assert missing(shown_by) == []
