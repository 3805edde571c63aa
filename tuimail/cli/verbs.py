"""The verbs, where each is written, and the text of ``tuimail --help``.

Read by every start, so it imports nothing.
"""

SENDMAIL = "sendmail"
"""A verb, and the name that a link to the program may have instead."""

VERBS = {
    "": ("app", "open the app"),
    "compose": ("app", "open the app on a new mail"),
    "send": ("sending", "write a mail with flags and send it"),
    "submit": ("sending", "write a mail with flags and hand it in for review"),
    "import": ("importing", "make drafts of whole messages (.eml)"),
    SENDMAIL: ("sendmail", "hand a message in as other programs run sendmail"),
    "list": ("looking", "list mail, newest change first"),
    "show": ("looking", "show one mail"),
    "edit": ("editing", "change a mail, which makes a new revision"),
    "discard": ("looking", "throw a draft away"),
    "review": ("reviewing", "list what waits for a decision, or show one in full"),
    "approve": ("reviewing", "say that these exact bytes may go"),
    "request-changes": ("reviewing", "send a draft back, with a reason"),
    "reject": ("reviewing", "say no, with a reason"),
    "assign": ("reviewing", "ask one reviewer to decide"),
    "release": ("sending", "let an approved mail leave"),
    "outbox": ("outbox", "list what is on its way out"),
    "outbox run": ("outbox", "send what is due, here, until interrupted"),
    "retry": ("sending", "try again now"),
    "cancel": ("outbox", "withdraw a mail that has not left"),
    "hold": ("outbox", "keep a mail from leaving for now"),
    "resume": ("outbox", "let a held mail go on"),
    "reroute": ("outbox", "have a mail leave by another way out"),
    "resolve": ("outbox", "say what became of a mail whose fate is unknown"),
    "accounts list": ("accounts", "list the ways out"),
    "accounts show": ("accounts", "show one, with how much of its limits is used"),
    "accounts add": ("accounts_adding", "add a way out"),
    "accounts test": ("accounts", "log in to a way out without sending"),
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
    "serve": ("serving", "send what is due with the app closed, and let programs in"),
    "purge": ("housekeeping", "remove old mail that is settled"),
    "suppress add": ("suppress", "let an address get no mail any more"),
    "suppress list": ("suppress", "list who gets no mail any more, and why"),
    "suppress remove": ("suppress", "let an address get mail again"),
    "audit verify": ("audit", "say whether the journal is as it was written"),
    "audit head": ("audit", "print the newest line of the journal, to be kept"),
    "audit export": ("audit", "print all of the journal, as JSON lines"),
    "demo": ("demo", "try everything, with a mail server inside"),
}
"""Verb to the module that has it, and what it does."""

GROUPS = (
    ("Write", ("compose", "send", "submit", "edit", "import", SENDMAIL)),
    ("Look", ("list", "show", "discard")),
    (
        "Decide",
        ("review", "approve", "request-changes", "reject", "assign", "release"),
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
            "accounts hold",
            "accounts resume",
            "accounts remove",
            "accounts import-env",
        ),
    ),
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
    ("Try", ("demo",)),
)

GLOBAL_OPTIONS = """\
Before or after any verb:
  --workspace DIR   the workspace to use
  --config FILE     the configuration to use
  --json            answer with one JSON document
"""


def overview() -> str:
    """Return what ``tuimail --help`` prints."""
    lines = [
        "tuimail: the outbox you can trust.",
        "",
        "Usage: tuimail [--workspace DIR] [--config FILE] [--json] [VERB ...]",
        "",
        "Without a verb, the app opens.",
    ]
    for title, verbs in GROUPS:
        lines += ["", f"{title}:"]
        lines += [f"  {verb:<16}  {VERBS[verb][1]}" for verb in verbs]
    lines += ["", GLOBAL_OPTIONS, "More about one verb: tuimail VERB --help"]
    return "\n".join(lines) + "\n"
