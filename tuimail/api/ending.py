"""What is said to a program that ends, and would still send."""

from tuimail.errors import StoreError


def too_late() -> StoreError:
    """Return that nothing can be begun any more, since Python starts no threads."""
    return StoreError(
        "The program is ending, so nothing can be sent any more.",
        hint="Send before that; let the main thread wait for those that send: "
        "thread.join()",
    )
