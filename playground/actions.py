"""The one registry of what a person can do: key bindings, palette, command line, footer and help are made from it.

An action is a row of a table and a small function that tells the `Hand` what to do; nothing is computed here. Verbs of
the lesson language (call, crash, revoke, ...) are understood on the command line too; `playground.perform` does those.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from playground.screens.desk import SPEEDS, Desk, Machine
from servers.nearest import nearest

if TYPE_CHECKING:
    from playground.screens.looking import Looking

FREE_TEXT: Final = 40
"""An action that takes so many words takes any text."""


class UserMistake(Exception):
    """What the person asked for cannot be done; the text is one sentence that says what would be right."""

    is_users_mistake = True


class Hand(Protocol):
    """What actions can ask of the application."""

    desk: Desk

    def open_send(self, target: str = "") -> None: ...
    def open_revoke(self) -> None: ...
    def open_crash(self) -> None: ...
    def open_console(self) -> None: ...
    def open_help(self) -> None: ...
    def open_why(self, *, of_server: bool = False) -> None:
        """Of a server's state; otherwise of whatever has the focus, which may be an event of the past."""
        ...

    def open_tab(self, name: str) -> None: ...
    def open_explorer(self, name: str = "") -> None: ...
    def toggle_inspector(self) -> None: ...
    def focus_command_line(self) -> None: ...
    def next_pane(self, by: int) -> None: ...
    def next_beat(self) -> bool:
        """Go on in the lesson; False if none is played."""
        ...

    def previous_beat(self) -> bool:
        """Go back in the lesson; False if none is played."""
        ...

    def roam(self) -> bool:
        """Leave the script of a lesson, and let the machine run; False if there is none to leave."""
        ...

    def mark(self, name: str) -> None: ...
    def record(self, file: str) -> None: ...
    def branch(self) -> None: ...
    def open_timelines(self) -> None: ...

    theme: str
    """Name of the current theme."""

    def theme_names(self) -> list[str]: ...
    def leave(self) -> None: ...


class Action(NamedTuple):
    """One row of the registry."""

    name: str
    """The verb on the command line, and the name of the key binding."""
    keys: tuple[str, ...]
    """Keys as Textual names them."""
    shown: str
    """How the keys are written for people."""
    label: str
    """A word or two for the footer; empty keeps it out of there."""
    help: str
    """One sentence."""
    run: Callable[[Hand, str], None]
    """What it does; gets the rest of the line, empty for a key."""
    usage: str = ""
    """How it is typed; empty: it is not a command."""
    words: int = 0
    """How many words it takes; with more, or with name=value, the line is one of the lesson language."""


def _count(rest: str, default: int, most: int) -> int:
    if not rest:
        return default
    text = rest.replace("_", "").replace(",", "")
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise UserMistake(f"A number from 1 to {most:,} is expected here, not `{rest}`")
    return int(text)


def _step(hand: Hand, rest: str) -> None:
    looking, machine = hand.desk.looking, hand.desk.machine
    if not rest and looking.at is None and hand.next_beat():
        return
    if looking.at is not None:
        if rest:
            looking.step(_count(rest, 1, 1_000_000))
        elif not looking.step_message(1):
            looking.go(None)
        hand.desk.change()
        return
    _hold(machine)
    if rest:
        machine.step(_count(rest, 1, 1_000_000))
    else:
        machine.step_message()


def _hold(machine: Machine) -> None:
    """Before a step: a machine that stands is left alone, for it may have steps to do that were typed ahead."""
    if machine.running:
        machine.pause()


def _event(hand: Hand, by: int) -> None:
    looking = hand.desk.looking
    if by > 0 and looking.at is None:
        if hand.next_beat():
            return
        _hold(hand.desk.machine)
        hand.desk.machine.step(1)
        return
    looking.step(by)
    hand.desk.change()


def _beat_back(hand: Hand, rest: str) -> None:
    if not hand.previous_beat():
        raise UserMistake("No lesson is played that could go back; , goes back by one event")


def _message(hand: Hand, by: int) -> None:
    if not hand.desk.looking.step_message(by):
        raise UserMistake("There is no message further in that direction")
    hand.desk.change()


def _moment(hand: Hand, by: int, server: str = "") -> None:
    if not hand.desk.looking.step_moment(by, server):
        about = f" of {server}" if server else ""
        raise UserMistake(f"There is no fault, restart or mark{about} further in that direction")
    hand.desk.change()


def _go(hand: Hand, rest: str) -> None:
    looking = hand.desk.looking
    if rest in ("now", "end"):
        looking.go(None)
    elif rest == "boot":
        looking.go(1)
    else:
        if not rest:
            raise UserMistake("Say where to go: `go 1200`, `go boot`, `go now`, or `go` and the name of a mark")
        number = rest.lstrip("+-").replace("_", "").replace(",", "").isdecimal()
        looking.go(_count(rest, 1, max(looking.end, 1)) + 1 if number else _marked(looking, rest))
    hand.desk.change(remark="")


def _marked(looking: Looking, rest: str) -> int:
    """How many events had happened when the last mark of that name was made."""
    name = rest.strip().strip('"')
    moments = {mark.text: mark.event for mark in (looking.past.marks if looking.past else ())}
    if name not in moments:
        clause = nearest(name, sorted(moments)) or "; `mark NAME` gives the present one a name"
        raise UserMistake(f"No moment is marked `{name}`{clause}")
    return moments[name]


def _find(hand: Hand, rest: str) -> None:
    forward = hand.desk.looking.find(rest)
    hand.desk.change(remark=f"searching {'on' if forward else 'back'} …")


def _expect(hand: Hand, rest: str) -> None:
    if not rest:
        raise UserMistake("Say what ought to hold at the moment on screen, such as `expect fs is idle`")
    from playground.timeline.asking import answer  # loads the language, which the first frame does not wait for

    hand.desk.change(remark=answer(rest, hand.desk.view, hand.desk.machine.manifest))


def _run(hand: Hand, rest: str) -> None:
    machine = hand.desk.machine
    machine.run()


def _pause(hand: Hand, rest: str) -> None:
    hand.desk.machine.pause()


def _toggle(hand: Hand, rest: str) -> None:
    if hand.roam():
        return
    (_pause if hand.desk.machine.running else _run)(hand, "")


def _speed(hand: Hand, rest: str) -> None:
    if rest in ("max", "full", "flat out"):
        hand.desk.machine.set_speed(0)
        return
    text = rest.removesuffix("/s").replace("_", "").strip()
    if not text.replace(".", "", 1).isdecimal() or not 0.1 <= float(text) <= 1_000_000:
        raise UserMistake(f"A speed is a number of events a second, such as `speed 20`, or `speed max`, not `{rest}`")
    hand.desk.machine.set_speed(float(text))


def _change_speed(hand: Hand, by: int) -> None:
    machine = hand.desk.machine
    speed = machine.speed or float("inf")
    order = [step or float("inf") for step in SPEEDS]
    if by > 0:
        chosen = next((step for step in order if step > speed), order[-1])
    else:
        chosen = next((step for step in reversed(order) if step < speed), order[0])
    machine.set_speed(0 if chosen == float("inf") else chosen)


def _select(hand: Hand, rest: str) -> None:
    names = list(hand.desk.view.servers)
    if rest not in names:
        if not rest:
            raise UserMistake("Say which server, such as `select disk`")
        raise UserMistake(f"No server is called `{rest}`{nearest(rest, names)}")
    hand.desk.change(selected=rest, capability=None)


def _inspect(hand: Hand, rest: str) -> None:
    if not rest:
        hand.toggle_inspector()
        return
    tabs = ["capabilities", "messages", "source", "memory", "why"]
    found = [tab for tab in tabs if tab.startswith(rest.lower())]
    if not found:
        raise UserMistake(f"The inspector has no tab `{rest}`{nearest(rest, tabs)}")
    hand.open_tab(found[0].capitalize())


def _why(hand: Hand, rest: str) -> None:
    first, _, words = rest.partition(" ")
    asked = words.strip() if first == "not" else None
    if asked is not None:
        _check_why_not(hand, asked)
        hand.desk.change(why_not=(asked, hand.desk.moment))
        hand.open_why()
        return
    hand.desk.change(why_not=None)
    if rest:
        _select(hand, rest)
    hand.open_why(of_server=bool(rest))


def _check_why_not(hand: Hand, words: str) -> None:
    from playground.view.why_not import servers_in

    names = list(hand.desk.view.servers)
    try:
        servers = servers_in(words)
    except ValueError as error:
        raise UserMistake(str(error)) from None
    for name in servers:
        if name not in names:
            raise UserMistake(f"No server is called `{name}`{nearest(name, names)}")


def _crash(hand: Hand, rest: str) -> None:
    if rest:
        _select(hand, rest)
    hand.open_crash()


def _theme(hand: Hand, rest: str) -> None:
    names = hand.theme_names()
    if not rest:
        rest = "projector" if hand.theme != "projector" else "playground"
    if rest not in names:
        raise UserMistake(f"No theme is called `{rest}`{nearest(rest, names)}")
    hand.theme = rest


def _send(hand: Hand, rest: str) -> None:
    hand.open_send(rest)


ACTIONS: Final[tuple[Action, ...]] = (
    Action("step", ("space", "pagedown"), "space", "step",
           "Go on to the next message (or by N events), or to the next beat.", _step, "step [N]", 1),
    Action("beat-back", ("pageup",), "pageup", "", "In a lesson: back to the end of the beat before, really.",
           _beat_back),
    Action("event", ("full_stop",), ".", "", "One event on: in the past look at it, at now let it happen.",
           lambda hand, _: _event(hand, 1)),
    Action("back", ("comma",), ",", "back", "One event back; only looking, nothing is undone.",
           lambda hand, _: _event(hand, -1)),
    Action("message-back", ("less_than_sign",), "<", "", "Back to the message before.",
           lambda hand, _: _message(hand, -1)),
    Action("message-on", ("greater_than_sign",), ">", "", "On to the next message of the past.",
           lambda hand, _: _message(hand, 1)),
    Action("moment-back", ("left_square_bracket",), "[", "", "Back to the last fault, restart, revocation or mark.",
           lambda hand, _: _moment(hand, -1)),
    Action("moment-on", ("right_square_bracket",), "]", "", "On to the next one.", lambda hand, _: _moment(hand, 1)),
    Action("server-back", ("left_curly_bracket",), "{", "", "Back to the last one of the selected server.",
           lambda hand, _: _moment(hand, -1, hand.desk.selected)),
    Action("server-on", ("right_curly_bracket",), "}", "", "On to the next one of the selected server.",
           lambda hand, _: _moment(hand, 1, hand.desk.selected)),
    Action("now", ("n",), "n", "", "Back to now.", lambda hand, _: _go(hand, "now"), "now"),
    Action("go", (), "", "", "Look at the moment of an event, of a mark, at boot, or at now.", _go,
           'go NUMBER | go "MARK" | go boot | go now', FREE_TEXT),
    Action("find", (), "", "", "Look for a moment: an event, or when something begins to hold.", _find,
           "find [next|last] CONDITION | find [next|last] message to SERVER", FREE_TEXT),
    Action("expect", (), "", "", "Say whether something holds at the moment on screen.", _expect,
           "expect CONDITION", FREE_TEXT),
    Action("mark", ("m",), "m", "", "Give this moment a name.", lambda hand, rest: hand.mark(rest),
           "mark [NAME]", FREE_TEXT),
    Action("record", ("f9",), "f9", "", "Record the run into a file, or stop recording.",
           lambda hand, rest: hand.record(rest), "record [FILE]", 1),
    Action("branch", ("b",), "b", "", "Begin another timeline at the moment on screen, to go on differently.",
           lambda hand, _: hand.branch(), "branch"),
    Action("timelines", ("t",), "t", "", "All timelines of this sitting.", lambda hand, _: hand.open_timelines(),
           "timelines"),
    Action("toggle", ("p",), "p", "run", "Run, or pause.", _toggle),
    Action("run", (), "", "", "Let the machine run.", _run, "run"),
    Action("pause", (), "", "", "Let the machine stand still.", _pause, "pause"),
    Action("faster", ("plus", "equals_sign"), "+", "", "More events a second.", lambda hand, _: _change_speed(hand, 1)),
    Action("slower", ("minus",), "-", "", "Fewer events a second.", lambda hand, _: _change_speed(hand, -1)),
    Action("speed", (), "", "", "Set the pace in events a second.", _speed, "speed N | speed max", 1),
    Action("pane", ("tab",), "tab", "pane", "Go to the next pane; the arrows move inside it.",
           lambda hand, _: hand.next_pane(1)),
    Action("previous-pane", ("shift+tab",), "shift+tab", "", "Go to the pane before.",
           lambda hand, _: hand.next_pane(-1)),
    Action("send", ("s",), "s", "send", "Send a message: what you hold, then a form.", _send, "send [CAPABILITY]", 1),
    Action("revoke", ("r",), "r", "revoke", "Revoke the capability under the cursor, after a preview.",
           lambda hand, _: hand.open_revoke()),
    Action("crash", ("c",), "c", "crash", "Make the selected server fail.", _crash, "crash [SERVER]", 1),
    Action("why", ("question_mark",), "?", "why", "Why is this so: causes, back to what came from outside.", _why,
           "why [SERVER] | why not [SERVER [reach SERVER]]", 5),
    Action("command", ("colon",), ":", "command", "Type a command.", lambda hand, _: hand.focus_command_line()),
    Action("inspect", ("i",), "i", "inspect", "Show or hide the inspector.", _inspect, "inspect [TAB]", 1),
    Action("explore", ("e",), "e", "explore", "Look into the kernel: what is under the cursor, or an object by name.",
           lambda hand, rest: hand.open_explorer(rest), "explore [NAME]", 3),
    Action("console", ("k",), "k", "console", "Type into the machine's console, where the shell runs.",
           lambda hand, _: hand.open_console(), "console"),
    Action("select", (), "", "", "Select a server.", _select, "select SERVER", 1),
    Action("theme", ("f2",), "f2", "", "Change between dark and projector colours.", _theme, "theme [NAME]", 1),
    Action("help", ("f1",), "f1", "help", "All keys and commands.", lambda hand, _: hand.open_help(), "help"),
    Action("quit", ("q", "ctrl+q"), "q", "quit", "Leave the playground; the disk image is kept consistent.",
           lambda hand, _: hand.leave(), "quit"),
)  # fmt: skip
"""Every action, in the order in which help and footer show them."""

BY_NAME: Final = {action.name: action for action in ACTIONS}
BY_KEY: Final = {key: action.name for action in ACTIONS for key in action.keys}
COMMANDS: Final = {action.name: action for action in ACTIONS if action.usage}
"""The actions that can be typed."""

NEED_A_MACHINE: Final = frozenset({action.name for action in ACTIONS}) - {
    "toggle", "run", "pause", "faster", "slower", "speed", "pane", "previous-pane", "command", "select", "theme",
    "help", "now", "quit",
}  # fmt: skip
"""Actions that cannot be done before the machine has booted."""
NEED_NOW: Final = frozenset({"send", "revoke", "crash", "console", "run", "toggle"})
"""Actions on the machine that runs: whoever looks back is brought to now first."""
PLAYING: Final = frozenset({"run", "toggle"})
"""Those of them that a recording knows as well; they go on from the moment it shows."""


def without_comment(text: str) -> str:
    """The line up to a # that stands in no quotes, as in a lesson."""
    for place, character in enumerate(text):
        if character == "#" and text.count('"', 0, place) % 2 == 0:
            return text[:place]
    return text


def command_of(text: str) -> tuple[Action, str] | None:
    """The action that a typed line means and the rest of the line, or None if it is one of the lesson language."""
    verb, _, rest = without_comment(text).strip().partition(" ")
    action, rest = COMMANDS.get(verb), rest.strip()
    free = action is not None and action.words >= FREE_TEXT
    if action is None or len(rest.split()) > action.words or ("=" in rest and not free):
        return None
    if verb == "send" and "." in rest:
        return None
    return action, rest


def footer_keys() -> list[tuple[str, str]]:
    """Key and word of every action that the footer shows."""
    return [(action.shown, action.label) for action in ACTIONS if action.label]


def past_keys() -> list[tuple[str, str]]:
    """The same while one looks back."""
    return [
        (", .", "event"), ("< >", "message"), ("[ ]", "moment"), ("{ }", "of this server"), ("n", "now"),
        ("b", "branch here"), ("?", "why"), ("e", "explore"), (":", "find …"), ("f1", "help"),
    ]  # fmt: skip


def replay_keys() -> list[tuple[str, str]]:
    """The same for a recording."""
    return [("p", "play"), *((key, "end" if key == "n" else word) for key, word in past_keys())]


def lesson_keys(*, free: bool, choices: int = 0) -> list[tuple[str, str]]:
    """The same while a lesson is played; `free`: its script was left; `choices`: answers that one can choose among."""
    rest = [pair for pair in footer_keys() if pair[0] not in ("space", ",", "p")]
    if free:
        return [("space", "back to the lesson"), (",", "event back"), *rest]
    on = [(f"1 … {choices}", "predict"), ("0", "none")] if choices else [("space", "go on")]
    return [*on, ("←", "a beat back"), ("↑ ↓", "scroll"), ("p", "on your own"), *rest]
