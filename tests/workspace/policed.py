"""Policy files for tests of the workspace."""

from pathlib import Path

RULE = """
[[rule]]
name = "invoices"
agent = "billing"
to_all_in = ["@example.net", "archive@example.org"]
no_findings_over = "warning"
action = "auto"
expires = 2027-01-31
sample_review = 0.01
"""
"""Lets what the fixture ``hand_in`` hands in leave, unless it is a sample."""


def write_policy(config: Path, text: str = "", *, head: str = "version = 1\n") -> Path:
    """Have the policy beside ``config`` say ``text``."""
    path = config.with_name("policy.toml")
    path.write_text(head + text, "utf-8")
    path.chmod(0o600)
    return path
