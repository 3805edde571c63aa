"""The keys of the boxes over a pane.

Pure.
"""

from typing import Final

from tuimail.tui.keys.key import Key, Scope, keys

DIALOGS: Final[tuple[Key, ...]] = (
    *keys(
        Scope.RELEASE,
        ("release.yes", "y,ctrl+s", "decide('release')", "release",
         "Approve these exact bytes and release them."),
        ("release.yes", "y,ctrl+s", "decide('approve')", "approve",
         "Approve these exact bytes; another person has to as well."),
        ("release.keep", "w,f2", "decide('wait')", "approve, but wait",
         "Approve these exact bytes, and let them wait in Review."),
        ("release.time", "s,ctrl+t", "schedule", "at a time",
         "Say when they are to leave."),
        ("release.no", "escape,q", "keep", "back",
         "Go back; nothing happens."),
    ),
    *keys(
        Scope.REASON,
        ("reason.send", "ctrl+s", "decide", "send it",
         "Say it to the author."),
        ("reason.keep", "escape", "keep", "back",
         "Go back; nothing happens."),
        ("reason.wrong-recipient", "alt+1,1", "code('wrong-recipient')",
         "codes", "Somebody must not get it, or somebody is missing."),
        ("reason.wrong-facts", "alt+2,2", "code('wrong-facts')", "(wrong facts)",
         "What it says is not so."),
        ("reason.tone", "alt+3,3", "code('tone')", "(tone)",
         "It is said in the wrong way."),
        ("reason.wrong-time", "alt+4,4", "code('wrong-time')", "(wrong time)",
         "It is too early, or too late."),
        ("reason.not-needed", "alt+5,5", "code('not-needed')", "(not needed)",
         "Nobody has to be written to about it."),
        ("reason.policy", "alt+6,6", "code('policy')", "(policy)",
         "The owner's rules do not allow it."),
        ("reason.duplicate", "alt+7,7", "code('duplicate')", "(duplicate)",
         "The same was said already."),
        ("reason.other", "alt+8,8", "code('other')", "(other)",
         "None of these; the reason says why."),
    ),
    *keys(
        Scope.ASSIGN,
        ("assign.take", "enter", "take", "assign",
         "Have this person decide about it."),
        ("assign.keep", "escape,q", "keep", "back",
         "Go back; nothing happens."),
    ),
    *keys(
        Scope.BATCH,
        ("batch.yes", "ctrl+s", "decide", "release them",
         "Approve each of them for itself, and release them."),
        ("batch.keep", "escape", "keep", "back",
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
