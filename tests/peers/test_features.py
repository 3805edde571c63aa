"""All that sending programs can do, taken together, and the tests that it is here.

The other table beside ``tests.peers.test_behaviours``, checked in the same way.
"""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Final

import pytest

from tests.peers.named import Tests, missing
from tuimail.providers.registry import GROUP

WAYS: Final = "peers/test_every_way.py"
FEATURES: Final[Mapping[str, Mapping[str, Tests]]] = {
    "compose from flags, files, stdin, Markdown, templates": {
        "cli/test_every_option.py": (
            "every_option_is_tried_here",
            "json_has_all_of_it",
        ),
        "cli/test_sending.py": (
            "everything_that_is_typed_arrives",
            "text_is_taken_from_stdin",
        ),
        "cli/test_merging.py": (
            "a_template_and_a_file_of_data_make_one_mail_for_each_row",
        ),
        "workspace/test_fields.py": ("markdown_becomes_both_parts",),
    },
    "a text part for HTML, made by itself": {
        "workspace/test_fields.py": (
            "html_gets_a_text_part_made_from_it",
            "a_text_that_was_written_is_left_alone",
        ),
    },
    "display names, kept": {
        WAYS: ("names_case_threads_and_wishes_arrive_as_they_are_written",),
    },
    "custom headers, threads, priority, unsubscribing; validated": {
        WAYS: (
            "names_case_threads_and_wishes_arrive_as_they_are_written",
            "headers_that_are_not_set_by_hand_are_refused",
            "what_could_do_harm_is_refused_by_the_name_of_its_field",
        ),
        "workspace/test_fields.py": ("what_mail_cannot_say_is_refused_with_its_field",),
    },
    "attachments and pictures together, streamed": {
        "api/test_direct.py": (
            "text_html_pictures_and_files_nest_as_programs_expect",
            "files_come_from_paths_and_memory_with_their_names",
        ),
        "core/wire/test_mime.py": (
            "a_file_is_read_only_as_far_as_bytes_are_asked_for",
        ),
        "peers/test_each_alone.py": (
            "thirty_megabytes_through_the_workspace_stay_below_a_hundred",
        ),
    },
    "CSS inlining and templates, offline and in a process of their own": {
        "core/html/test_styles.py": ("styles_are_written_where_they_belong",),
        "core/html/test_no_fetching.py": ("nothing_is_fetched_or_read",),
        "workspace/test_apart.py": (
            "files_outside_the_folder_are_refused_with_the_line",
            "what_would_end_this_process_is_an_error",
            "a_text_that_doubles_with_every_step_is_stopped",
        ),
    },
    "tags, metadata, merge data, tracking flags": {
        "workspace/test_fields.py": ("it_goes_along_to_the_provider_and_is_approved",),
        "providers/http_api/test_payloads.py": (
            "a_message_with_everything_is_told_as_it_was",
        ),
        "providers/test_features.py": (
            "what_a_provider_does_not_do_is_refused_with_its_field",
            "what_is_only_kept_on_the_record_is_never_refused",
        ),
        "api/test_bulk.py": ("data_is_for_its_own_recipient_who_alone_is_named",),
    },
    "dry run and stored record": {
        "cli/test_dry_run_retold.py": ("programs_are_told_all_of_it",),
        "cli/test_sending.py": ("a_dry_run_is_stored_and_not_sent",),
        "api/test_sending.py": (
            "the_record_is_that_of_show_and_names_no_blind_copy",
            "a_dry_run_with_a_key_then_a_send_with_it_sends",
        ),
        "api/test_direct.py": ("a_dry_run_contacts_nobody",),
    },
    "drafts for later, review, approval": {
        "end_to_end/test_agents_loop.py": (
            "an_agent_drafts_revises_and_reads_that_a_person_sent_it",
        ),
        "end_to_end/test_journeys.py": (
            "a_draft_is_sent_back_revised_edited_approved_and_delivered",
        ),
        "api/test_sending.py": (
            "what_an_agent_hands_in_waits_for_a_person",
            "nothing_here_lets_somebody_elses_draft_leave",
        ),
        "tui/test_review.py": (
            "approving_asks_first_and_then_releases_with_time_to_undo",
        ),
    },
    "list and show what was sent, everywhere": {
        "cli/test_looking.py": (
            "a_list_goes_by_pages_newest_first",
            "show_tells_a_person_what_there_is",
        ),
        "api/test_workspace.py": ("a_list_goes_on_page_by_page",),
        "intake/http/test_drafts.py": ("ones_own_mails_come_by_pages",),
        "intake/mcp/test_server.py": ("own_mails_are_listed_by_pages",),
        "tui/test_outbox.py": ("sent_mail_shows_its_receipt_and_gives_its_id",),
    },
    "idempotency keys that know what was asked": {
        "workspace/test_keys.py": (
            "another_request_under_the_key_is_a_conflict",
            "an_attachment_is_part_of_the_request",
        ),
        "intake/http/test_drafts.py": (
            "the_same_key_makes_one_mail_and_another_request_is_refused",
        ),
    },
    "retries by stage and code": {
        "core/test_status.py": ("a_reply_means",),
        "core/test_retry.py": ("waits_grow_to_an_hour",),
        WAYS: ("a_refusal_is_final_and_what_may_pass_is_tried_later",),
    },
    "a result for each recipient": {
        WAYS: ("each_recipient_has_a_result_and_a_retry_is_for_who_was_put_off",),
        "cli/test_looking.py": ("show_attempts_tells_who_was_answered_what",),
    },
    "connections reused, bulk, rate limit, progress bar, callbacks; resumable": {
        "api/test_connection.py": (
            "mails_share_a_connection_that_ends_with_the_block",
            "one_that_the_server_dropped_is_replaced",
        ),
        "api/test_bulk.py": (
            "callbacks_hear_of_each_row_and_what_they_raise_changes_nothing",
            "begun_again_a_job_sends_only_what_is_left",
        ),
        "api/test_bulk_run.py": (
            "in_no_second_more_are_begun_than_may_be",
            "a_bar_is_drawn_on_a_terminal_or_where_it_is_wanted",
        ),
        "cli/test_bulk.py": ("every_row_is_sent_once_however_often_it_is_typed",),
        "faults/test_bulk_kills.py": (
            "a_bulk_job_that_is_killed_sends_each_row_once_or_says_that_it_is_unknown",
        ),
    },
    "functions that block and functions for loops": {
        "api/test_package.py": ("a_function_and_its_twin_for_loops_take_the_same",),
        "api/test_sending.py": ("the_loop_goes_on_while_mails_are_sent",),
    },
    "a test of the connection, of every provider": {
        "providers/test_every_provider.py": (
            "a_provider_of_ours_is_put_to_the_contract",
        ),
        "cli/test_accounts_verbs.py": (
            "a_test_answers_with_the_same_words_for_every_provider",
        ),
        "api/test_checking.py": ("a_server_that_can_be_used_says_what_it_offers",),
        "tui/test_accounts.py": ("an_account_is_tested_without_sending",),
    },
    "OAuth and keyring, for Gmail and Microsoft": {
        "cli/test_auth.py": (
            "signing_in_makes_an_account",
            "over_ssh_the_address_is_pasted",
        ),
        "settings/sign_in/test_authorization.py": (
            "google_is_asked_for_a_token_that_lasts_and_for_the_least",
            "microsoft_is_asked_for_a_token_that_lasts",
        ),
        "settings/test_secrets.py": ("the_keyring_holds_a_password_by_account",),
    },
    "MCP that never sends by itself": {
        "intake/mcp/test_server.py": (
            "there_are_six_tools_and_none_lets_mail_leave",
            "a_mail_that_is_handed_in_waits_for_a_person",
        ),
    },
    "a Django backend and helpers for tests": {
        "contrib/test_django.py": (
            "send_mail",
            "send_mass_mail_uses_one_connection",
            "mail_goes_through_the_outbox_where_an_account_is_named",
        ),
        "testing/test_fixtures.py": (
            "mail_of_a_program_is_caught",
            "mail_of_the_command_line_is_caught",
        ),
    },
    "named accounts, terminal app, scheduling, undo, outbox": {
        "end_to_end/test_terminal.py": (
            "mail_typed_in_a_terminal_arrives_as_the_stored_bytes",
            "mail_that_is_taken_back_in_time_goes_nowhere",
        ),
        "cli/test_sending.py": (
            "mail_for_later_is_not_waited_for",
            "ctrl_c_in_the_undo_window_takes_it_back",
        ),
        "cli/test_accounts_verbs.py": (
            "a_second_account_becomes_the_default_where_asked",
        ),
        "cli/test_outbox.py": ("the_outbox_lists_what_is_not_settled",),
        "workspace/test_outbox.py": ("undo_reopens_the_draft",),
    },
}
PROVIDERS: Final = frozenset({
    "smtp", "cloudflare", "gmail", "outlook", "ses", "console", "dummy", "atmos",
    "temp_email", "graph", "http_api", "sendmail", "maildrop",
})  # fmt: skip
"""Beside these, those that come as data, and those of other packages."""


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_is_shown_by_tests_that_are_there(feature: str) -> None:
    assert any(FEATURES[feature].values())
    assert missing(FEATURES[feature]) == []


def test_every_provider_is_there() -> None:
    assert {one.name for one in entry_points(group=GROUP)} >= PROVIDERS
