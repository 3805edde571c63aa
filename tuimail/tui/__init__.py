"""The terminal app.

``TEXTUAL_PRESS`` types keys into a Textual app as it starts, and one of them may
approve mail; Textual reads it when it is imported, so it goes before that.
"""

import os

os.environ.pop("TEXTUAL_PRESS", None)
