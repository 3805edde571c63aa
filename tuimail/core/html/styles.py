"""Style sheets written into the elements they are for.

Several programs drop the styles that a mail begins with, and all keep those of
an element. What cannot be written there, such as rules for small screens, stays
in one sheet.

Nothing is fetched and no file is read: a sheet that is only linked stays linked.

Pure.
"""

import re
from typing import Final

from tuimail.core.html.nesting import refuse_costly, too_complex
from tuimail.core.patterns import regex

SELECTORS_TIMES_ELEMENTS: Final = 50_000_000
"""Each selector is compared with each element; a long newsletter has 500 and 2,000."""
GROWTH_LIMIT: Final = 20_000_000
"""Characters that the styles could add."""
SETTING_LIMIT: Final = 1_000_000_000
"""Each property that an element gets is compared with those that it has."""

_SHEET: Final = regex(r"<style\b[^>]*+>(.*?)(?:</style|\Z)", re.IGNORECASE | re.DOTALL)
_MAY_HIDE_NAMES: Final = regex(r"\\|[;{}:](?:(?!\*/)[^{}:;])*+\*/\s*+:")
"""Where two names that differ may look the same here."""
_DECLARATION: Final = regex(r"(?<![^{};:])([^{};:]*+):([^{};]*+)")


def inline_css(html: str) -> str:
    """Return a whole document that looks like ``html`` without its style sheets.

    Raises:
        FieldError: It is too big or too complex, or its styles are too many for
            so many elements.
    """
    refuse_costly(html)
    _refuse_costly_styles(html)
    import css_inline  # noqa: PLC0415 - 5 ms that only mail with styles pays

    inliner = css_inline.CSSInliner(
        load_remote_stylesheets=False,
        keep_at_rules=True,
        remove_inlined_selectors=True,
        keep_link_tags=True,
    )
    return inliner.inline(html)


def _refuse_costly_styles(html: str) -> None:
    """Count what may be there, never less: comments and strings count as well."""
    css = "\n".join(_SHEET.findall(html))
    elements = html.count("<")
    declared = _DECLARATION.findall(css)
    longest: dict[str, int] = {}
    for name, value in declared:
        longest[name] = max(longest.get(name, 0), len(name) + len(value))
    names = len(declared) if _MAY_HIDE_NAMES.search(css) else len(longest)
    costs = (
        (css.count("{") + css.count(",")) * elements > SELECTORS_TIMES_ELEMENTS,
        sum(longest.values()) * elements > GROWTH_LIMIT,
        len(declared) * names * elements > SETTING_LIMIT,
    )
    if any(costs):
        raise too_complex("has too many styles for so many elements")
