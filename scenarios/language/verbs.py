"""The table of verbs and of the words that conditions are made of: parser messages, help and completion read it.

The grammar (verbs.lark) has one rule for each row here; everything else that is said about a verb is said once,
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from kernel.costs import CYCLES_PER_MICROSECOND
from servers.runtime.sabotage import KINDS

Group = Literal["act", "probe", "time", "check", "tell", "show"]


@dataclass(frozen=True, slots=True)
class VerbArgument:
    """One thing that is written after a verb."""

    name: str
    """As in the usage, upper case if the person replaces it."""
    what: str
    """What it is, in words."""
    names: str = ""
    """Which names complete it: servers, calls, capabilities, kinds, conditions, operations; empty for free text."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One row: how a verb is written and what it does."""

    name: str
    group: Group
    """act: as `you`; probe: as somebody with a debugger; time: let the machine run; check; tell: to the audience;
    show: on the screens, if there are any."""
    arguments: tuple[VerbArgument, ...]
    usage: str
    """The whole line, capitals to be replaced, brackets around what may be left out."""
    summary: str
    """One sentence."""
    example: str
    """A line that is right in the workshop system."""
    same_as: str = ""
    """The verb that this one is another word for."""


_SERVER = VerbArgument("SERVER", "name of a server", "servers")
_OPERATION = VerbArgument("SERVER.OPERATION", "a capability that `you` holds, and an operation", "calls")
_ARGUMENTS = VerbArgument("NAME=VALUE ...", "arguments of the operation, by name or in their order", "arguments")
_LIMIT = VerbArgument("within DURATION", "how much virtual time it may take")
_TEXT = VerbArgument('"TEXT"', "text in double quotes")

_ROWS: Final = (
    Verb(
        "call", "act", (_OPERATION, _ARGUMENTS, _LIMIT),
        "call SERVER.OPERATION [NAME=VALUE ...] [within DURATION]",
        "As `you`, ask a server for something and wait for its answer.",
        'call fs.read path="/etc/motd"',
    ),
    Verb(
        "send", "act", (_OPERATION, _ARGUMENTS),
        "send SERVER.OPERATION [NAME=VALUE ...]",
        "As `you`, ask a server for something and go on without waiting; the answer is the next `reply`.",
        'send fs.read path="/etc/motd"',
    ),
    Verb(
        "key", "act", (_TEXT,), 'key "TEXT"', "Type on the keyboard; \\n is the return key.", 'key "ls /\\n"',
    ),
    Verb(
        "revoke", "act", (VerbArgument("SERVER.CAPABILITY", "a capability that a server holds", "capabilities"),),
        "revoke SERVER.CAPABILITY",
        "As `you`, take back everything that was derived from a capability; the capability itself stays.",
        "revoke supervisor.disk_irq",
    ),
    Verb(
        "delete", "act", (VerbArgument("SERVER.CAPABILITY", "a capability that a server holds", "capabilities"),),
        "delete SERVER.CAPABILITY", "As `you`, take one capability away from a server.", "delete disk.irq",
    ),
    Verb(
        "restart", "act", (_SERVER,), "restart SERVER",
        "As `you`, ask the supervisor to kill a server and to build it anew from the manifest.", "restart disk",
    ),
    Verb(
        "restore", "act", (_SERVER,), "restore SERVER",
        "Give a server back everything that the manifest grants it, by building it anew.", "restore disk", "restart",
    ),
    Verb(
        "crash", "probe", (_SERVER, VerbArgument("with=KIND", "how it dies", "kinds")), "crash SERVER with=KIND",
        "With the debug probe, make a server fail.", "crash disk with=null-pointer",
    ),
    Verb(
        "pause", "probe", (_SERVER,), "pause SERVER", "With the debug probe, stop a server where it stands.",
        "pause fs",
    ),
    Verb(
        "resume", "probe", (_SERVER,), "resume SERVER", "Let a paused server go on.", "resume fs",
    ),
    Verb(
        "step", "time", (VerbArgument("N", "how many kernel entries; 1 if left out"),), "step [N]",
        "Let the machine take so many steps, each one entry into the kernel.", "step 10",
    ),
    Verb(
        "run", "time", (VerbArgument("until CONDITION", "when to stop", "conditions"), _LIMIT),
        "run [until CONDITION] [within DURATION]",
        "Let the machine run until a condition holds, or until every server waits, if only for a device.",
        "run until disk is handling block.read within 50 ms",
    ),
    Verb(
        "wait", "time", (VerbArgument("DURATION", "virtual time"),), "wait DURATION",
        "Let so much virtual time pass.", "wait 2_000_000 cycles",
    ),
    Verb(
        "expect", "check", (VerbArgument("CONDITION", "what must hold", "conditions"), _LIMIT),
        "expect CONDITION [within DURATION]",
        "Say what must hold, now or before the time is over; a lesson passes if all of this is so.",
        "expect event restarted server=disk within 2_000_000 cycles",
    ),
    Verb(
        "ask", "tell",
        (VerbArgument('"QUESTION"', "what to predict"),
         VerbArgument("answer=SOURCE", "what of the run the right answer is read from", "sources"), _LIMIT),
        'ask "QUESTION" answer=SOURCE [or "ANSWER", ...] | "ANSWER" if CONDITION, ... ["ANSWER" otherwise] '
        "[within DURATION]",
        "Let the audience predict; the right answer is read from the run when it is there.",
        'ask "What becomes of the read?" "it is answered" if reply succeeds, "it hangs" otherwise within 2 s',
    ),
    Verb(
        "focus", "tell", (_SERVER,), "focus SERVER", "Point at a server: the others are dimmed.", "focus disk",
    ),
    Verb("say", "tell", (_TEXT,), 'say "TEXT"', "Say one sentence to the audience.", 'say "Watch the bar."'),
    Verb(
        "mark", "time", (VerbArgument('"NAME"', "how this moment is called"),), 'mark "NAME"',
        "Give the present moment a name, to come back to it.", 'mark "before the crash"',
    ),
    Verb(
        "goto", "time", (VerbArgument('"NAME"', "a moment that `mark` has named", "marks"),), 'goto "NAME"',
        "Go back in time to a marked moment; what happened after it has not happened.", 'goto "before the crash"',
    ),
    Verb(
        "branch", "time",
        (VerbArgument('"MARK"', "a moment that `mark` has named", "marks"),
         VerbArgument('as "NAME"', "how the run up to now is called from now on")),
        'branch "MARK" as "NAME"',
        "Go back to a marked moment, and keep the run up to now as a timeline to compare with.",
        'branch "before the crash" as "with a crash"',
    ),
    Verb(
        "compare", "tell", (VerbArgument('"NAME"', "a run that `branch` has kept", "branches"),), 'compare "NAME"',
        "Say where this run and a kept one part, and what is different in the end.", 'compare "with a crash"',
    ),
    Verb("note", "tell", (_TEXT,), 'note "TEXT"', "A note that only the presenter sees.", 'note "Ask the class."'),
    Verb("select", "show", (_SERVER,), "select SERVER", "Select a server: the inspector shows it.", "select disk"),
    Verb(
        "inspect", "show", (VerbArgument("TAB", "a tab of the inspector", "tabs"),), "inspect [TAB]",
        "Show the inspector, or one of its tabs.", "inspect capabilities",
    ),
    Verb(
        "why", "show", (VerbArgument("SERVER", "name of a server", "servers"),),
        "why [SERVER] | why not [SERVER [reach SERVER]]",
        "Show why a server is in its state, why it was refused something, or why it cannot reach another.", "why fs",
    ),
    Verb("console", "show", (), "console", "Show the machine's console.", "console"),
    Verb(
        "speed", "show", (VerbArgument("N", "events a second, or max"),), "speed N | speed max",
        "Set the pace at which the screens show events.", "speed 20",
    ),
    Verb(
        "theme", "show", (VerbArgument("NAME", "a theme of the screens", "themes"),), "theme [NAME]",
        "Change the colours of the screens.", "theme projector",
    ),
    Verb("now", "show", (), "now", "Look at the present again.", "now"),
    Verb(
        "go", "show", (VerbArgument("NUMBER", "of an event; or a mark, boot or now", "marks"),),
        'go NUMBER | go "MARK" | go boot | go now',
        "Look at a moment of the past; nothing is undone.", "go boot",
    ),
    Verb(
        "find", "show", (VerbArgument("CONDITION", "what to look for", "conditions"),),
        "find [next|last] CONDITION | find [next|last] message to SERVER",
        "Look at the next moment at which something begins to hold, or with `last` at the one before.",
        "find last disk is dead",
    ),
    Verb(
        "explore", "show", (VerbArgument("NAME", "name of a kernel object"),), "explore [NAME]",
        "Look into the kernel, at an object by its name.", "explore disk.cspace",
    ),
    Verb("timelines", "show", (), "timelines", "Show all timelines.", "timelines"),
    Verb("help", "show", (), "help", "Show all keys and commands.", "help"),
    Verb("quit", "show", (), "quit", "End the lesson here.", "quit"),
)  # fmt: skip

VERBS: Final[dict[str, Verb]] = {row.name: row for row in _ROWS}

CRASH_KINDS: Final = KINDS
"""How a server can be made to fail, and what that means."""

ALIVE: Final = frozenset({"running", "idle", "waiting", "sending", "handling"})
DEAD: Final = frozenset({"faulted", "restarting", "stopped"})

STATES: Final[dict[str, tuple[frozenset[str], str]]] = {
    "running": (ALIVE, "alive and in order, whatever it is doing"),
    "idle": (frozenset({"idle"}), "waits to receive and owes nobody an answer"),
    "waiting": (frozenset({"waiting"}), "waits for the answer of another server (`for SERVER`)"),
    "sending": (frozenset({"sending"}), "waits until somebody receives its message"),
    "blocked": (frozenset({"waiting", "sending"}), "waiting or sending: it cannot go on without another server"),
    "handling": (frozenset({"handling"}), "owes an answer (`handling block.read`, `handling from fs`)"),
    "faulted": (frozenset({"faulted"}), "stopped by a fault that nobody has dealt with yet"),
    "restarting": (frozenset({"restarting"}), "dead, and the supervisor is about to build it anew"),
    "stopped": (frozenset({"stopped"}), "dead, and nobody will build it anew"),
    "dead": (DEAD, "faulted, restarting or stopped"),
    "paused": (frozenset({"paused"}), "held by the debug probe"),
    "not-started": (frozenset({"not-started"}), "not built yet"),
}
"""Words after `is`: which states of a server they cover, and what they mean."""

PROPERTIES: Final = {
    "life": "how many times it has been built, 1 after boot",
    "capabilities": "how many capabilities it holds",
    "messages": "how many messages it has sent or received",
    "memory": "bytes of its memory in use",
}
"""Numbers of a server that can be compared."""

RIGHTS: Final = {
    "read": "receive, look at a page, wait for signals",
    "write": "send, change a page, signal",
    "grant": "send capabilities along",
    "grant-reply": "call and be answered",
}
"""Rights of a capability, and what they allow."""

UNITS: Final = {
    "cycles": 1,
    "cycle": 1,
    "us": CYCLES_PER_MICROSECOND,
    "ms": CYCLES_PER_MICROSECOND * 1_000,
    "s": CYCLES_PER_MICROSECOND * 1_000_000,
}
"""Units of virtual time, in cycles."""

MOST_CYCLES: Final = 10**12
"""Longest duration that can be written: 1000 s of the machine's time."""
MOST_STEPS: Final = 1_000_000
MOST_CHOICES: Final = 6

CONDITIONS: Final = (
    "reply.FIELD contains VALUE",
    "reply succeeds",
    "reply fails with ERROR",
    "no reply",
    "event NAME FIELD=VALUE",
    "no event NAME FIELD=VALUE",
    "event NAME before event NAME",
    "count event NAME FIELD=VALUE == NUMBER",
    "time from event NAME to event NAME < DURATION",
    "SERVER is STATE",
    "SERVER can reach SERVER",
    "SERVER holds CAPABILITY [with RIGHT and RIGHT ...]",
    "SERVER.PROPERTY == NUMBER",
    "deadlock [of SERVER and SERVER ...]",
    "no deadlock [of SERVER and SERVER ...]",
    "manifest [with PATH=VALUE] [without PATH] is accepted",
    "manifest [with PATH=VALUE] [without PATH] is refused [at PATH]",
)
"""The shapes of a condition, as help shows them."""

SOURCES: Final = {
    "reply.error": "which error the next answer is, or `no error`",
    "reply.FIELD": "a part of the next answer",
    "next running server": "who gets the processor next",
    "FIELD of event NAME FIELD=VALUE": "a part of the next event of that kind, such as its `cause` or its `thread`",
    "count event NAME FIELD=VALUE": "how often that happens",
    "SERVER.PROPERTY": "a number of a server, or its `state`, at the end",
    "whether CONDITION": "yes or no, at the end",
}
"""What the right answer of a question can be read from, and what that is."""

TABS: Final = ("capabilities", "messages", "source", "memory", "why")
"""Tabs of the inspector."""
