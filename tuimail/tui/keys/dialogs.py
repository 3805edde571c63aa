"""The keys of the boxes over a pane.

Pure.
"""

from typing import Final

from tuimail.tui.keys.key import Key, Scope, keys

DIALOGS: Final[tuple[Key, ...]] = (
    *keys(
        Scope.RELEASE,
        ("release.yes", "y", "decide", "release",
         "Approve these exact bytes and release them."),
        ("release.no", "escape,q", "keep", "back",
         "Go back; nothing happens."),
    ),
    *keys(
        Scope.REASON,
        ("reason.send", "ctrl+s", "decide", "send it",
         "Say it to the author."),
        ("reason.keep", "escape", "keep", "back",
         "Go back; nothing happens."),
    ),
    *keys(
        Scope.CONFIRM,
        ("confirm.yes", "y", "decide", "yes",
         "Do it."),
        ("confirm.no", "escape,n,q", "keep", "back",
         "Go back; nothing happens."),
    ),
    *keys(
        Scope.PATH,
        ("path.attach", "enter", "take", "attach",
         "Attach this file."),
        ("path.complete", "tab", "complete", "complete",
         "Complete the name as far as it is clear."),
        ("path.keep", "escape", "keep", "back",
         "Go back without attaching."),
    ),
    *keys(
        Scope.LEAVING,
        ("leaving.wait", "w", "wait", "wait, then leave",
         "Leave as soon as the mail is handed over."),
        ("leaving.go-on", "b", "go_on", "keep sending",
         "Leave, and have the machine keep sending: installs a service of yours."),
        ("leaving.now", "q", "now", "leave now",
         "Leave at once; the fate of mail in the middle may stay unknown."),
        ("leaving.stay", "escape", "keep", "stay",
         "Go back to the app."),
    ),
    *keys(
        Scope.PICTURE,
        ("picture.next", "l,right,j,down,space", "step(1)", "next",
         "Show the next picture."),
        ("picture.previous", "h,left,k,up", "step(-1)", "previous",
         "Show the picture before."),
        ("picture.close", "escape,q,i", "keep", "close",
         "Go back to the mail."),
    ),
    *keys(
        Scope.HELP,
        ("help.close", "escape,q,question_mark,enter", "keep", "close",
         "Go back."),
    ),
)  # fmt: skip
"""What a question is answered with."""
