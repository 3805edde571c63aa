"""What a policy makes of findings: graded anew, with its own among them.

A word about a kind of content holds for what is worth a look. What the checks take
for harmless stays a note, such as the preview line of a newsletter; it keeps a
program's mail from leaving unseen all the same, unless the word is ``allow``.

Pure.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.policy import kinds
from tuimail.core.policy.case import Case, Step
from tuimail.core.policy.policy import Policy, Word
from tuimail.core.values import replace

RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}
"""Lower is worse."""


def graded(policy: Policy, case: Case) -> tuple[Finding, ...]:
    """Return the findings of a program's mail as ``policy`` takes them."""
    blocked = kinds.blocked_codes(policy.attachments.types_block)
    found = [
        *(_graded(policy, one, blocked) for one in case.findings),
        *_bcc(policy, case.draft),
        *_files(policy, case.draft.attachments),
    ]
    return tuple(sorted(found, key=lambda one: RANK[one.severity]))


def steps(policy: Policy, findings: Iterable[Finding]) -> Iterator[Step]:
    """Yield what each of the ``graded`` findings asks for, if anything."""
    for finding in findings:
        yield _step(policy, finding)


def word_for(policy: Policy, code: str) -> Word | None:
    """Return what ``policy`` says about findings of ``code``, if it has a word."""
    name = kinds.setting_of(code)
    if name == "external_bcc":
        return policy.recipients.external_bcc
    word: Word | None = getattr(policy.content, name) if name else None
    return word


def _graded(policy: Policy, finding: Finding, blocked: frozenset[str]) -> Finding:
    if finding.code in blocked:
        return replace(finding, severity=Severity.BLOCK)
    word, severity = word_for(policy, finding.code), finding.severity
    is_minded = (
        severity is not Severity.INFO
        or kinds.setting_of(finding.code) in kinds.ALWAYS_NOTES
    )
    if word == "block" and is_minded:
        return replace(finding, severity=Severity.BLOCK)
    if word == "allow" and severity is Severity.WARNING:
        return replace(finding, severity=Severity.INFO)
    return finding


def _bcc(policy: Policy, draft: Draft) -> Iterator[Finding]:
    if draft.bcc and policy.recipients.bcc_by_agents == "block":
        yield Finding(
            code=kinds.BCC_BY_AGENT,
            severity=Severity.BLOCK,
            field="bcc",
            message="A program named somebody who gets a blind copy, and the policy "
            'says recipients.bcc_by_agents = "block".',
            hint="Leave the blind copy out.",
        )


def _files(policy: Policy, files: tuple[Attachment, ...]) -> Iterator[Finding]:
    for file in files:
        word = kinds.blocked_type(file, policy.attachments.types_block)
        if word:
            yield Finding(
                code=kinds.FILE_TYPE,
                severity=Severity.BLOCK,
                field="attach",
                message=f"{file.name} is of the kind {word}, which the policy blocks "
                "(attachments.types_block).",
                hint="Leave it out, or send a link to it.",
                place=file.name[:PLACE_LIMIT],
            )


def _step(policy: Policy, finding: Finding) -> Step:
    setting = _spelled(finding.code)
    if finding.severity is Severity.BLOCK:
        text = f"The finding {finding.code} is of level block."
        return Step(rule=setting, text=text, action="block")
    if not kinds.is_known(finding.code):
        text = f"The finding {finding.code[:60]} is not known here."
        return Step(rule=setting, text=text, action="review")
    if finding.code in kinds.ANYTHING:
        text = f"There is a finding {finding.code}, so that it may hold any file."
        return Step(rule=setting, text=text, action="review")
    word = word_for(policy, finding.code)
    if word in {"review", "block"}:
        text = f"There is a finding {finding.code}, and {setting} is “{word}”."
        return Step(rule=setting, text=text, action="review")
    return Step(rule=setting, text=f"The finding {finding.code} asks for nothing.")


def _spelled(code: str) -> str:
    """Return the setting that is about ``code``, as the file has it."""
    if code == kinds.BCC_BY_AGENT:
        return "recipients.bcc_by_agents"
    if code == kinds.FILE_TYPE or code in kinds.ANYTHING:
        return "attachments.types_block"
    name = kinds.setting_of(code)
    if not name:
        return "findings"
    return f"recipients.{name}" if name == "external_bcc" else f"content.{name}"
