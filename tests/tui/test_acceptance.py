"""What the app has to stand up to: each row, and the tests that show it.

A row without a test fails here, and so does a test that is not there any more.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
ROWS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "no terminal that answers presses a key, on any screen": {
        "tui/acceptance/test_far_end.py": (
            "test_no_screen_has_the_terminal_press_a_key",
            "test_no_screen_has_tmux_press_a_key",
            "test_without_its_defences_the_terminal_would_press_keys",
        ),
        "tui/test_safe_ground.py": (
            "test_a_servers_answer_is_shown_and_acts_on_nothing",
            "test_an_error_text_is_shown_and_acts_on_nothing",
        ),
        "end_to_end/test_terminal.py": (
            "test_what_an_agent_writes_cannot_act_on_the_terminal",
        ),
    },
    "no segment of any strip can act, on any screen": {
        "tui/acceptance/test_every_screen.py": (
            "test_the_tour_leaves_no_screen_out",
            "test_every_screen_is_inert_and_literal_and_of_any_size",
        ),
        "tui/test_inert.py": ("test_what_could_act_is_gone_and_the_cells_stay",),
        "core/test_display.py": ("test_nothing_from_the_corpus_can_act_on_a_terminal",),
    },
    "markup is shown as it is, and nothing of it can be clicked": {
        "tui/acceptance/test_every_screen.py": (
            "test_every_screen_is_inert_and_literal_and_of_any_size",
            "test_markup_is_found_in_the_palette_as_it_is",
        ),
        "tui/test_safe_ground.py": (
            "test_markup_is_shown_as_it_is",
            "test_nothing_in_a_mail_can_be_clicked",
            "test_no_widget_of_textual_is_given_markup",
        ),
    },
    "keys that are held, pasted, burst or overtaken decide nothing": {
        "tui/acceptance/test_guarded.py": (
            "test_a_key_that_is_held_down_never_gets_to_a_yes",
            "test_a_mail_that_comes_during_the_question_is_not_answered_for",
        ),
        "tui/test_guard.py": ("test_a_key_held_down_decides_once",),
        "tui/test_review.py": (
            "test_a_paste_decides_nothing",
            "test_a_paste_into_the_release_dialog_releases_nothing",
            "test_a_burst_of_keys_decides_nothing",
            "test_yes_right_after_the_dialog_opened_is_ignored",
            "test_a_new_revision_during_the_dialog_releases_nothing",
        ),
        "end_to_end/test_terminal.py": ("test_a_burst_of_keys_decides_nothing",),
    },
    "no size ends any screen": {
        "tui/acceptance/test_every_screen.py": (
            "test_every_screen_is_inert_and_literal_and_of_any_size",
        ),
        "tui/test_resize.py": (
            "test_no_size_ends_what_opens_within_a_pane",
            "test_the_keyboard_comes_back_after_the_terminal_was_too_small",
        ),
        "end_to_end/test_terminal.py": (
            "test_a_window_that_shrinks_to_nothing_does_not_end_the_app",
        ),
    },
    "a hundred thousand mails are as fast as fifty, and nothing moves": {
        "bench/app.py": ("_first_paint", "_keys", "_searches"),
        "tui/test_mail_table.py": (
            "test_nothing_moves_while_fifty_mails_a_second_come_and_go",
            "test_the_end_of_the_list_is_gone_to_when_it_is_there",
            "test_only_the_rows_that_changed_are_drawn",
        ),
        "tui/test_listing_pane.py": (
            "test_the_ends_of_a_long_list_are_read_when_they_are_gone_to",
            "test_many_changes_are_read_a_few_times_and_the_last_one_is",
        ),
    },
    "large bodies open at once, and differences are bounded": {
        "tui/test_wrapping.py": (
            "test_only_what_is_looked_at_is_wrapped",
            "test_long_lines_and_long_sources_are_cut_where_nothing_is_lost",
        ),
        "bench/app.py": ("_large_bodies", "_differences"),
    },
    "bytes of a body that nobody edited stay what they were": {
        "tui/test_compose.py": (
            "test_a_body_nobody_edited_keeps_its_bytes",
            "test_an_edited_body_keeps_the_lines_nobody_edited",
        ),
        "end_to_end/test_editor.py": (
            "test_what_was_not_edited_comes_back_byte_for_byte",
        ),
    },
    "the person's own editor stops no mail and loses no text": {
        "end_to_end/test_editor.py": (
            "test_mail_goes_on_leaving_while_the_editor_is_open",
            "test_an_editor_that_is_not_there_is_named_and_nothing_is_lost",
            "test_what_a_crashed_editor_wrote_is_kept_and_gone_on_with",
            "test_the_window_may_change_its_size_and_stop_keys_stop_nothing",
            "test_what_the_editor_saved_outlives_a_terminal_that_is_closed",
        ),
    },
    "whatever the environment says, nothing is done and all can be read": {
        "end_to_end/test_environments.py": (
            "test_plain_terminals_get_plain_signs",
            "test_no_color_is_honoured_on_the_wire",
            "test_no_key_is_pressed_by_the_environment",
        ),
        "tui/test_safe_ground.py": ("test_no_key_is_typed_by_the_environment",),
    },
    "killed while typing, a second is lost and no place": {
        "end_to_end/test_killed_while_typing.py": (
            "test_a_killed_app_loses_a_second_of_typing_and_no_place",
        ),
    },
    "broken theme files are named, and the app starts": {
        "tui/test_themes.py": (
            "test_a_broken_theme_is_refused_with_its_file_and_the_key",
        ),
        "tui/test_app.py": ("test_a_broken_theme_is_told_and_the_app_starts",),
    },
    "keys that clash or are none are told in the help, and the app starts": {
        "tui/test_app.py": ("test_a_key_that_clashes_is_told_and_the_app_starts",),
        "tui/test_key_reader.py": ("test_what_cannot_be_pressed_is_no_key",),
    },
    "whatever hangs, the app leaves two seconds after the choice": {
        "end_to_end/test_leaving.py": (
            "test_the_app_leaves_in_time_while_a_server_says_nothing",
            "test_the_app_leaves_in_time_while_nobody_answers",
            "test_the_app_leaves_in_time_while_the_disk_hangs_and_says_so",
            "test_a_signal_ends_the_app_while_the_disk_hangs",
        ),
        "tui/test_app.py": (
            "test_leaving_while_mail_is_handed_over_asks_and_can_wait",
            "test_leaving_now_leaves_now",
        ),
    },
    "every state is a word of its own, without any colour": {
        "tui/test_wording.py": ("test_every_state_has_a_word_of_its_own",),
        "tui/test_app.py": ("test_without_colour_every_state_is_still_a_word",),
    },
}


@cache
def functions(path: str) -> frozenset[str]:
    """Return the names of what a file of the tests defines."""
    tree = ast.parse((TESTS / path).read_text())
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_shown_by_tests_that_are_there(row: str) -> None:
    missing = [
        f"{path}::{name}"
        for path, names in ROWS[row].items()
        for name in names
        if not (TESTS / path).is_file() or name not in functions(path)
    ]

    assert any(ROWS[row].values())
    assert missing == []
