"""Every error a person or a program can meet, each with a code and a hint.

TuimailError
├── InputError                 something that was typed or handed in is not mail
│   ├── UsageError             the command line itself is wrong
│   ├── FieldError             one field of a draft has a value it may not have
│   │   ├── AddressError       an address that cannot be written into mail
│   │   ├── AttachmentError    a file that cannot be attached
│   │   └── TemplateError      a template that cannot be filled in
│   └── NotComposableError     a draft that cannot become a message
├── LifecycleError             mail may not take that step
│   ├── TransitionError        no such step from where it stands
│   ├── StaleApprovalError     the draft changed after the approval
│   ├── NewerCopyError         what is being typed was typed on in another window
│   ├── LapsedApprovalError    an approval ran out, or is not enough any more
│   ├── NotAllowedError        this actor, or this door, may not do it
│   │   ├── PolicyError        the owner's policy says no
│   │   └── SuppressedError    somebody it is for wants no mail, or has no mailbox
│   └── WithdrawnError         it was withdrawn before the point of no return
├── NotFoundError              nothing has that id
├── AuthenticationError        a token or a PIN that is not one of ours
├── TooManyError               more than somebody may hand in for now
├── KeyConflictError           an idempotency key stands for another request
├── ConfigurationError         accounts, settings or secrets need attention
│   └── SecretError            a password could not be read
│       └── TemporarySecretError  it can be read later, without anybody's help
├── NotSentError               a provider did not take mail, or not for everybody
├── UnsupportedFeatureError    the provider cannot say that exactly
├── PlanMismatchError          rendered bytes differ from what was planned
├── DigestMismatchError        stored bytes differ from what was approved
└── StoreError                 the workspace on disk cannot be used
    ├── WorkspaceBusyError     another program holds a lock for too long
    ├── WorkspaceRefusedError  a folder that may not be opened as a workspace
    ├── DamagedWorkspaceError  the database is not what was written
    ├── ReadOnlyWorkspaceError it may be looked at, and not written
    ├── FullDiskError          there is no room left on the disk
    └── NewerWorkspaceError    written by a newer tuimail

Texts are one sentence for a person; ``hint`` is the next thing to type.
"""

from typing import ClassVar


class TuimailError(Exception):
    """Anything that stops a request for a reason a person can act upon."""

    code: ClassVar[str] = "error"
    """Stable word for programs; never reused with another meaning."""
    exit_code: ClassVar[int] = 1
    """What the command line ends with."""

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        """Let it pass from process to process, whatever it was made with."""
        return _made_again, (type(self), self.args, self.__dict__)


def _made_again(
    kind: type[TuimailError], args: tuple[object, ...], facts: dict[str, object]
) -> TuimailError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(facts)
    return error


class InputError(TuimailError):
    """What was typed or handed in is not mail."""

    code = "input"


class UsageError(InputError):
    """The command line itself is wrong."""

    code = "usage"
    exit_code = 2


class FieldError(InputError):
    """One field of a draft has a value that it may not have."""

    code = "field"


class AddressError(FieldError):
    """An address that cannot be written into mail."""

    code = "address"


class AttachmentError(FieldError):
    """A file that cannot be attached."""

    code = "attachment"


class TemplateError(FieldError):
    """A template that cannot be filled in with the data at hand."""

    code = "template"


class NotComposableError(InputError):
    """A draft that cannot become a message, though each field is well formed."""

    code = "not-composable"


class LifecycleError(TuimailError):
    """Mail may not take that step."""

    code = "lifecycle"


class TransitionError(LifecycleError):
    """There is no such step from where the mail stands."""

    code = "transition"


class StaleApprovalError(LifecycleError):
    """The draft changed after the approval, which therefore does not cover it."""

    code = "stale-approval"

    def __init__(
        self, draft_id: str, *, approved: int, current: int, changed: str = ""
    ) -> None:
        self.draft_id, self.approved, self.current = draft_id, approved, current
        by = f", {changed}" if changed else ""
        super().__init__(
            f"Draft {draft_id} is at revision {current}{by}; "
            f"revision {approved} is what was looked at.",
            hint=f"Look at what changed: tuimail review {draft_id}",
        )


class NewerCopyError(LifecycleError):
    """Another window stored what was typed there, which this one has not seen."""

    code = "newer-copy"

    def __init__(self, draft_id: str) -> None:
        self.draft_id = draft_id
        super().__init__(
            f"Draft {draft_id} is being written in another window too, and what was "
            "typed there is newer.",
            hint="Keep what stands here as a draft of its own, or open it again.",
        )


class LapsedApprovalError(LifecycleError):
    """An approval ran out, or the policy asks for more by now."""

    code = "approval-lapsed"


class NotAllowedError(LifecycleError):
    """This actor, or this door, may not do it."""

    code = "not-allowed"


class PolicyError(NotAllowedError):
    """The owner's policy says no."""

    code = "policy"


class SuppressedError(NotAllowedError):
    """Somebody it is for wants no such mail, or has no mailbox."""

    code = "suppressed"


class WithdrawnError(LifecycleError):
    """The submission was withdrawn before the point of no return."""

    code = "withdrawn"


class NotFoundError(TuimailError):
    """Nothing has that id."""

    code = "not-found"


class AuthenticationError(TuimailError):
    """A token or a PIN that is not one of ours, or not any more."""

    code = "not-authenticated"


class TooManyError(TuimailError):
    """More than somebody may hand in for now."""

    code = "too-many"

    def __init__(
        self, message: str, *, wait_seconds: int, hint: str = "", field: str = ""
    ) -> None:
        super().__init__(message, hint=hint, field=field)
        self.wait_seconds = wait_seconds


class KeyConflictError(TuimailError):
    """The idempotency key was used before, for another request."""

    code = "key-conflict"

    def __init__(self, key: str, draft_id: str, *, is_removed: bool = False) -> None:
        self.key, self.draft_id = key, draft_id
        why = "was removed since" if is_removed else "asks for something else"
        hint = f"Use another key, or look at that mail: tuimail show {draft_id}"
        if is_removed:
            hint = "Use another key; keys are never used up, so nothing is sent twice."
        super().__init__(
            f"The key {key!r} stands for mail {draft_id}, which {why}.",
            hint=hint,
            field="idempotency-key",
        )


class ConfigurationError(TuimailError):
    """Accounts, settings or secrets need attention."""

    code = "configuration"
    exit_code = 4


class SecretError(ConfigurationError):
    """A password could not be read from where the account says it is."""

    code = "secret"


class TemporarySecretError(SecretError):
    """A password or token cannot be had right now; later it may, by itself."""

    code = "secret-later"


class NotSentError(TuimailError):
    """A provider did not take mail, or not for everybody; or nobody knows."""

    code = "not-sent"


class UnsupportedFeatureError(TuimailError):
    """The provider cannot say that exactly."""

    code = "unsupported"


class PlanMismatchError(TuimailError):
    """The rendered bytes differ from what was planned; nothing was stored."""

    code = "plan-mismatch"


class DigestMismatchError(TuimailError):
    """The stored bytes differ from the bytes that were approved."""

    code = "digest-mismatch"


class StoreError(TuimailError):
    """The workspace on disk cannot be used."""

    code = "store"


class WorkspaceBusyError(StoreError):
    """Another program holds a lock for too long."""

    code = "busy"


class WorkspaceRefusedError(StoreError):
    """A folder that may not be opened as a workspace."""

    code = "workspace-refused"
    exit_code = 4


class DamagedWorkspaceError(StoreError):
    """The database is not what was written: damaged, emptied, or an older copy."""

    code = "damaged"


class ReadOnlyWorkspaceError(StoreError):
    """The workspace may be looked at, and not written."""

    code = "read-only"


class FullDiskError(StoreError):
    """There is no room left on the disk."""

    code = "disk-full"


class NewerWorkspaceError(StoreError):
    """The workspace was written by a newer tuimail."""

    code = "newer-workspace"
    exit_code = 4
