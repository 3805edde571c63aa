"""Who is named in a draft, and where.

Pure.
"""

from tuimail.core.address import Address
from tuimail.core.draft import Draft

Named = tuple[str, tuple[Address, ...]]
"""A field, and whom it names."""


def people_of(draft: Draft) -> tuple[Named, ...]:
    """Return everybody by field, the sender first; no field that names nobody."""
    fields = (*receivers_of(draft), ("reply-to", draft.reply_to))
    return (("from", (draft.sender,)), *(one for one in fields if one[1]))


def receivers_of(draft: Draft) -> tuple[Named, ...]:
    """Return by field who gets the mail."""
    return ("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)
