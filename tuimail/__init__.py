"""The outbox you can trust.

``tuimail.send(to="bea@example.org", subject="Hello", text="Hi")`` is all it takes;
every name is resolved when it is first used, so that importing this costs nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tuimail.api.account import Account
    from tuimail.api.bulk import abulk, bulk
    from tuimail.api.bulk_result import BulkResult, RowResult
    from tuimail.api.checking import CheckResult, acheck, check
    from tuimail.api.connection import (
        AsyncConnection,
        Connection,
        aconnection,
        connection,
    )
    from tuimail.api.message import Attachment, Message
    from tuimail.api.result import RecipientResult, Result
    from tuimail.api.sending import asend, asubmit, send, submit
    from tuimail.api.template import Template
    from tuimail.api.workspace import Workspace
    from tuimail.errors import (
        AddressError,
        AttachmentError,
        AuthenticationError,
        ConfigurationError,
        DamagedWorkspaceError,
        DigestMismatchError,
        FieldError,
        FullDiskError,
        InputError,
        KeyConflictError,
        LapsedApprovalError,
        LifecycleError,
        NewerCopyError,
        NewerWorkspaceError,
        NotAllowedError,
        NotComposableError,
        NotFoundError,
        NotSentError,
        PlanMismatchError,
        PolicyError,
        ReadOnlyWorkspaceError,
        SecretError,
        StaleApprovalError,
        StoreError,
        SuppressedError,
        TemplateError,
        TemporarySecretError,
        TooManyError,
        TransitionError,
        TuimailError,
        UnsupportedFeatureError,
        UsageError,
        WithdrawnError,
        WorkspaceBusyError,
        WorkspaceRefusedError,
    )

__version__ = "0.1.0"

_PLACES = {
    "account": ("Account",),
    "checking": ("CheckResult", "acheck", "check"),
    "bulk": ("abulk", "bulk"),
    "bulk_result": ("BulkResult", "RowResult"),
    "connection": ("AsyncConnection", "Connection", "aconnection", "connection"),
    "message": ("Attachment", "Message"),
    "result": ("RecipientResult", "Result"),
    "sending": ("asend", "asubmit", "send", "submit"),
    "template": ("Template",),
    "workspace": ("Workspace",),
}
"""Modules of ``tuimail.api``, and what programs have from each."""
_ERRORS = (
    "AddressError", "AttachmentError", "AuthenticationError", "ConfigurationError",
    "DamagedWorkspaceError", "DigestMismatchError", "FieldError", "FullDiskError",
    "InputError", "KeyConflictError", "LapsedApprovalError", "LifecycleError",
    "NewerCopyError", "NewerWorkspaceError", "NotAllowedError", "NotComposableError",
    "NotFoundError", "NotSentError", "PlanMismatchError", "PolicyError",
    "ReadOnlyWorkspaceError", "SecretError", "StaleApprovalError", "StoreError",
    "SuppressedError", "TemplateError", "TemporarySecretError", "TooManyError",
    "TransitionError", "TuimailError", "UnsupportedFeatureError", "UsageError",
    "WithdrawnError", "WorkspaceBusyError", "WorkspaceRefusedError",
)  # fmt: skip
_MODULES = {
    **{name: f"tuimail.api.{module}" for module, names in _PLACES.items()
       for name in names},
    **dict.fromkeys(_ERRORS, "tuimail.errors"),
}  # fmt: skip

__all__ = [
    "Account",
    "AddressError",
    "AsyncConnection",
    "Attachment",
    "AttachmentError",
    "AuthenticationError",
    "BulkResult",
    "CheckResult",
    "ConfigurationError",
    "Connection",
    "DamagedWorkspaceError",
    "DigestMismatchError",
    "FieldError",
    "FullDiskError",
    "InputError",
    "KeyConflictError",
    "LapsedApprovalError",
    "LifecycleError",
    "Message",
    "NewerCopyError",
    "NewerWorkspaceError",
    "NotAllowedError",
    "NotComposableError",
    "NotFoundError",
    "NotSentError",
    "PlanMismatchError",
    "PolicyError",
    "ReadOnlyWorkspaceError",
    "RecipientResult",
    "Result",
    "RowResult",
    "SecretError",
    "StaleApprovalError",
    "StoreError",
    "SuppressedError",
    "Template",
    "TemplateError",
    "TemporarySecretError",
    "TooManyError",
    "TransitionError",
    "TuimailError",
    "UnsupportedFeatureError",
    "UsageError",
    "WithdrawnError",
    "Workspace",
    "WorkspaceBusyError",
    "WorkspaceRefusedError",
    "__version__",
    "abulk",
    "acheck",
    "aconnection",
    "asend",
    "asubmit",
    "bulk",
    "check",
    "connection",
    "send",
    "submit",
]


if not TYPE_CHECKING:  # they would take any name for one that there is

    def __getattr__(name: str) -> object:
        """Return a public name, from where it is defined, and remember it."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - on first use only

        found = getattr(import_module(_MODULES[name]), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
