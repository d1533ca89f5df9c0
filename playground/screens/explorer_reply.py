"""A Reply: the right to answer one call, and the whole stack of calls that it is part of."""

from __future__ import annotations

from typing import Final

from playground.screens.canvas import cut
from playground.screens.desk import Desk
from playground.screens.explorer_calls import Level, asked, call_stack
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import STATES, Topic, about, fact, heading, link, moment
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.view.decode import who
from playground.view.model import View

ABOUT: Final = (
    "A Reply is the right to answer one call, once. While a server works on a call, its Reply holds the caller; "
    "sending the answer wakes the caller and frees the Reply. Nobody else can answer."
)


def page(desk: Desk, target: Target, width: int) -> Page:
    """Whom it holds, for whom, and the stack."""
    view = desk.view
    reply = view.replies[target.object]
    lines = about(ABOUT, width)
    if reply.server:
        lines.append(link(desk, "holds", reply.thread))
        lines.append(link(desk, "answered by", reply.server, ("  by it alone", "quiet")))
        if reply.call >= 0:
            message = view.log.find(reply.call)
            words = message.text if message is not None else moment(reply.call)
            lines.append(fact("the call", (cut(words, max(width - 16, 8)), "call"), target=Target(moment=reply.call)))
        lines.append(_lent(desk, reply.lent))
    elif reply.thread:
        lines.append(fact("state", ("offered: whoever calls next is held by it", "idle")))
        lines.append(link(desk, "offered by", reply.thread))
    else:
        lines.append(fact("state", ("free: it holds nobody", "quiet")))
    lines += [heading("the call stack", width), *stack(view, reply.thread, reply.id)]
    return Page([*lines, *holders(desk, reply.id, width)])


def _lent(desk: Desk, context: int) -> Entry:
    if not context:
        return fact("time", ("nothing was lent: the server runs on its own budget", "quiet"))
    return link(desk, "time lent", context, ("  comes back with the answer", "quiet"))


def stack(view: View, thread: int, here: int) -> list[Entry]:
    """The stack as a tower: who works stands on top, who asked first at the bottom."""
    levels = call_stack(view, thread) if thread else []
    if len(levels) < 2:
        return [entry((" Nobody waits for an answer here.", "quiet"))]
    lines: list[Entry] = []
    for number in range(len(levels) - 1, -1, -1):
        level = levels[number]
        lines.append(_floor(view, level, number + 1))
        if number:
            lines.append(_stair(view, levels[number - 1], here))
    return lines


def _floor(view: View, level: Level, number: int) -> Entry:
    thread = view.threads[level.thread]
    mark = STATES[thread.state]
    context = view.sched_contexts.get(thread.sched_context)
    time = f"has {view.name_of(context.id)}" if context is not None else "has no time: lent, or passive"
    runs = (
        (f" {number:>2} ", "quiet"), (f"│ {who(view, level.thread):<14.14}", "text bold"),
        (f"{mark.glyph} {mark.name:<22}", mark.ink), (time, "idle"),
    )  # fmt: skip
    return Entry(runs, Target(object=level.thread))


def _stair(view: View, level: Level, here: int) -> Entry:
    lent = f", lending {view.name_of(level.lent)}" if level.lent else ""
    name = view.name_of(level.reply)
    ink = "lit bold" if level.reply == here else "text"
    runs = (("    ▲ ", "call"), (f"{asked(view, level)}", "call"), (f"{lent}  held by ", "quiet"), (name, ink))
    return Entry(runs, Target(object=level.reply))


TOPIC = Topic(page, ABOUT)
