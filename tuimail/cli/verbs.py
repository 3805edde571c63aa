"""The verbs, where each is written, and the text of ``tuimail --help``.

Read by every start, so it imports nothing.
"""

SENDMAIL = "sendmail"
"""A verb, and the name that a link to the program may have instead."""

SHORT = "the outbox you can trust"
"""What the program is, in a few words."""

LINEAR = "--linear"
"""A flag that stands where a verb does: the app without its screen."""

VERBS = {
    "": ("app", "open the app"),
    LINEAR: ("app", "the app without a screen: a dialogue of plain lines"),
    "compose": ("app", "open the app on a new mail"),
    "send": ("sending", "write a mail with flags and send it"),
    "submit": ("sending", "write a mail with flags and hand it in for review"),
    "bulk": ("bulk", "send a mail for each row of a file, and go on after a kill"),
    "import": ("importing", "make drafts of messages (.eml), mboxes and maildirs"),
    "export": ("exporting", "write mail to files, as .eml or as JSON lines"),
    SENDMAIL: ("sendmail", "hand a message in as other programs run sendmail"),
    "list": ("finding", "list mail, newest change first"),
    "search": ("finding", "list the mail that has some words"),
    "show": ("looking", "show one mail"),
    "edit": ("editing", "change a mail, which makes a new revision"),
    "discard": ("looking", "throw a draft away"),
    "review": ("reviewing", "list what waits for a decision, or show one in full"),
    "approve": ("reviewing", "say that these exact bytes may go"),
    "request-changes": ("reviewing", "send a draft back, with a reason"),
    "reject": ("reviewing", "say no, with a reason"),
    "accept": ("accepting", "let a warning about a mail stand, with a reason"),
    "assign": ("reviewing", "ask one reviewer to decide"),
    "release": ("sending", "let an approved mail leave"),
    "outbox": ("outbox", "list what is on its way out"),
    "outbox run": ("outbox", "send what is due, here, until interrupted"),
    "retry": ("sending", "try again now"),
    "cancel": ("outbox", "withdraw a mail that has not left"),
    "hold": ("outbox", "keep a mail from leaving for now"),
    "resume": ("outbox", "let a held mail go on"),
    "plan": ("outbox", "say when a mail that waits is to leave"),
    "reroute": ("outbox", "have a mail leave by another way out"),
    "resolve": ("outbox", "say what became of a mail whose fate is unknown"),
    "accounts list": ("accounts", "list the ways out"),
    "accounts show": ("accounts", "show one, with how much of its limits is used"),
    "accounts add": ("accounts_adding", "add a way out"),
    "accounts test": ("accounts", "log in to a way out without sending"),
    "accounts default": ("accounts", "send through it what names no account"),
    "accounts set": ("accounts", "change settings of a way out"),
    "accounts hold": ("accounts", "let all its mail wait"),
    "accounts resume": ("accounts", "let it send again"),
    "accounts remove": ("accounts", "take a way out away, and its password"),
    "accounts import-env": (
        "accounts_importing",
        "add what other programs are set up with",
    ),
    "auth gmail": ("auth", "sign in at Google, for sending through Gmail"),
    "auth microsoft": ("auth", "sign in at Microsoft, for Outlook and Microsoft 365"),
    "auth status": ("auth", "say which accounts are signed in"),
    "auth logout": ("auth", "forget that an account is signed in"),
    "template list": ("templates", "list one's own templates"),
    "template show": ("templates", "print a template, and what it asks for"),
    "template render": ("templates", "fill a template in, and store nothing"),
    "clients add": ("clients", "let a program hand in mail, by a token of its own"),
    "clients list": ("clients", "list the programs that were let in"),
    "clients rotate": ("clients", "give a program another token"),
    "clients revoke": ("clients", "shut a program out for good"),
    "reviewers add": ("reviewers", "name a person who decides, with a PIN"),
    "reviewers list": ("reviewers", "list who decides"),
    "reviewers remove": ("reviewers", "let somebody decide no more"),
    "policy show": ("policy", "print the owner's policy, with all that it leaves out"),
    "policy test": ("policy", "say what the policy makes of a mail, step by step"),
    "policy lint": ("policy", "say what is probably not meant in the policy"),
    "policy adopt": ("policy", "have the policy of these settings be the one"),
    "doctor": ("doctor", "look the workspace over, and mend it"),
    "backup": ("doctor", "copy the workspace to a new folder"),
    "mcp": ("mcp", "let an agent hand in mail, over stdin and stdout"),
    "desktop show": ("desktop", "print what has mailto: links open the composer"),
    "desktop install": ("desktop", "let mailto: links open the composer"),
    "desktop remove": ("desktop", "let them no more"),
    "serve": ("serving", "send what is due with the app closed, and let programs in"),
    "purge": ("housekeeping", "remove old mail that is settled"),
    "suppress add": ("suppress", "let an address get no mail any more"),
    "suppress list": ("suppress", "list who gets no mail any more, and why"),
    "suppress remove": ("suppress", "let an address get mail again"),
    "audit verify": ("audit", "say whether the journal is as it was written"),
    "audit head": ("audit", "print the newest line of the journal, to be kept"),
    "audit export": ("audit", "print all of the journal, as JSON lines"),
    "demo": ("demo", "try everything, with a mail server inside"),
    "docs": ("docs", "list the pages of the docs, or read one"),
    "man": ("manual", "print the manual as a man page"),
    "schema": ("schema", "print the JSON Schema of what a verb answers"),
    "completion": ("completion", "print what a shell completes verbs and flags with"),
}
"""Verb to the module that has it, and what it does."""

GROUPS = (
    ("Without a screen", (LINEAR,)),
    (
        "Write",
        ("compose", "send", "bulk", "submit", "edit", "import", "export", SENDMAIL),
    ),
    ("Look", ("list", "search", "show", "discard")),
    (
        "Decide",
        (
            "review",
            "approve",
            "request-changes",
            "reject",
            "accept",
            "assign",
            "release",
        ),
    ),
    (
        "Outbox",
        (
            "outbox",
            "outbox run",
            "serve",
            "retry",
            "cancel",
            "hold",
            "resume",
            "plan",
            "reroute",
            "resolve",
        ),
    ),
    (
        "Ways out",
        (
            "accounts list",
            "accounts show",
            "accounts add",
            "accounts test",
            "accounts default",
            "accounts set",
            "accounts hold",
            "accounts resume",
            "accounts remove",
            "accounts import-env",
        ),
    ),
    ("Links", ("desktop show", "desktop install", "desktop remove")),
    ("Templates", ("template list", "template show", "template render")),
    (
        "Programs, and who decides",
        (
            "mcp",
            "clients add",
            "clients list",
            "clients rotate",
            "clients revoke",
            "reviewers add",
            "reviewers list",
            "reviewers remove",
        ),
    ),
    ("Policy", ("policy show", "policy test", "policy lint", "policy adopt")),
    ("No more mail", ("suppress add", "suppress list", "suppress remove")),
    (
        "Sign in",
        ("auth gmail", "auth microsoft", "auth status", "auth logout"),
    ),
    (
        "Workspace",
        ("doctor", "backup", "purge", "audit verify", "audit head", "audit export"),
    ),
    ("Try, and read", ("demo", "docs", "man", "schema", "completion")),
)

GLOBAL_OPTIONS = """\
Before or after any verb:
  --workspace DIR   the workspace to use
  --config FILE     the configuration to use
  --json            answer with one JSON document
  --quiet           say nothing on stderr but what is asked and what went wrong
"""


def overview() -> str:
    """Return what ``tuimail --help`` prints."""
    lines = [
        f"tuimail: {SHORT}.",
        "",
        "Usage: tuimail [--workspace DIR] [--config FILE] [--json] [--quiet] [VERB]",
        "",
        "Without a verb, the app opens.",
    ]
    for title, verbs in GROUPS:
        lines += ["", f"{title}:"]
        lines += [f"  {verb:<16}  {VERBS[verb][1]}" for verb in verbs]
    lines += ["", GLOBAL_OPTIONS, "More about one verb: tuimail VERB --help"]
    lines += ["More about all: man tuimail, tuimail docs"]
    return "\n".join(lines) + "\n"
