"""A SchedContext: processor time as an object, drawn over a time axis: when it was used, when it comes back."""

from __future__ import annotations

from typing import Final, NamedTuple

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.explorer_calls import call_stack
from playground.screens.explorer_holders import holders
from playground.screens.explorer_parts import STATES, Topic, about, fact, heading, link, listed, time_words
from playground.screens.inspector_tabs import Entry, Page, Target, entry, wrapped
from playground.view.decode import who
from playground.view.model import View
from playground.view.objects import SchedContextView

ABOUT: Final = (
    "A SchedContext is processor time: a budget of cycles in every period. A thread runs only on one. What it uses "
    "comes back one period later, as a refill; without budget it waits, whatever its priority."
)
MARGIN: Final = 12
"""Columns of the words before the rows of the picture."""
LEVELS: Final = " ▁▂▃▄▅▆▇█"
PAST: Final = 0.6
"""Part of the axis that is past, where refills are still to come."""
NOW: Final = "now"
SHORTEST: Final = 20_000
"""Cycles that the axis shows at least."""


class Axis(NamedTuple):
    """The stretch of virtual time that is drawn."""

    start: int
    end: int
    now: int
    cells: int

    def column(self, cycle: int) -> int:
        """The cell of a cycle; may be outside."""
        return (cycle - self.start) * self.cells // max(self.end - self.start, 1)

    def span(self, column: int) -> tuple[int, int]:
        """The cycles of a cell."""
        length = self.end - self.start
        return self.start + column * length // self.cells, self.start + (column + 1) * length // self.cells


def round_robin(context: SchedContextView) -> bool:
    """Whether its budget is as long as its period: it never has to wait, only to take turns."""
    return context.budget >= context.period


def runs_of(view: View, context: SchedContextView) -> list[tuple[int, int]]:
    """When threads ran on it, the run that goes on included."""
    runs = list(context.runs)
    if view.current_sched_context == context.id and view.cycle > view.run_start:
        runs.append((view.run_start, view.cycle))
    return runs


def axis_of(view: View, context: SchedContextView, cells: int) -> Axis:
    """With refills to come, some periods back and forth; else the runs that are remembered."""
    now = view.cycle
    if not round_robin(context):
        length = max(int(context.period * 2.5), SHORTEST)
        start = max(now - int(length * PAST), 0)
        return Axis(start, start + length, now, cells)
    runs = runs_of(view, context)
    first = runs[max(len(runs) - 12, 0)][0] if runs else now - SHORTEST
    length = max(int((now - first) * 1.1), SHORTEST)
    return Axis(now - length, now, now, cells)


def page(desk: Desk, target: Target, width: int) -> Page:
    """Parameters, picture, refills, whose it is."""
    view = desk.view
    context = view.sched_contexts[target.object]
    lines = about(ABOUT, width)
    if not context.budget:
        lines.append(fact("budget", ("not configured: nobody can run on it", "quiet")))
    else:
        lines += _parameters(view, context)
    lines.append(_running_on(desk, context))
    stack = call_stack(view, context.thread) if context.thread else []
    lent = [level for level in stack if level.lent == context.id]
    if lent:
        path = " → ".join([*(who(view, level.thread) for level in lent), who(view, context.thread)])
        lines.append(fact("lent along", (path, "call"), target=Target(object=lent[-1].reply)))
    if context.notification:
        lines.append(link(desk, "lent by", context.notification))
    if context.budget:
        lines += [heading("time", width), *picture(view, context, width)]
        lines += [heading("refills", width), *_refills(view, context, width)]
        lines += [heading("last times on the processor", width), *listed(_runs(view, context), "None yet.")]
    return Page([*lines, *holders(desk, context.id, width)])


def _parameters(view: View, context: SchedContextView) -> list[Entry]:
    if round_robin(context):
        words = f"{time_words(context.budget)}, then others of its priority have their turn"
        budget = [fact("budget", (words, "text bold")), fact("limit", ("none in total", "quiet"))]
    else:
        share = context.budget / context.period
        words = f"{time_words(context.budget)} in every {time_words(context.period)}"
        percent = f"{share:.1%}" if share >= 0.001 else f"1 part in {round(1 / share):,}"
        limit = fact("limit", (f"{percent} of the processor", "text"))
        budget = [fact("budget", (words, "text bold")), limit]
    running = view.cycle - view.run_start if view.current_sched_context == context.id else 0
    used = context.used + running
    words = f"{time_words(used)} in all, {used / view.cycle:.2%} of the time since boot" if view.cycle else "nothing"
    return [*budget, fact("consumed", (words, "text"))]


def _running_on(desk: Desk, context: SchedContextView) -> Entry:
    if not context.thread:
        return fact("runs", ("nobody runs on it", "quiet"))
    thread = desk.view.threads[context.thread]
    if context.id == desk.view.current_sched_context and thread.id == desk.view.current_thread:
        note = ("on the processor now", "running bold")
    elif thread.released:
        note = ("out of budget, waits for a refill", "handling bold")
    else:
        note = (f"{STATES[thread.state].glyph} {STATES[thread.state].words}", STATES[thread.state].ink)
    named = (f"thread {desk.view.name_of(thread.id)}  ", "text bold")
    return fact("runs", named, note, target=Target(object=thread.id))


def picture(view: View, context: SchedContextView, width: int) -> list[Entry]:
    """Rows over one time axis: what is available, when it ran, when refills come, and the axis itself."""
    axis = axis_of(view, context, width - MARGIN - 1)
    canvas = Canvas(width, 5)
    limited = not round_robin(context)
    if limited:
        canvas.put(1, 0, "available", "quiet")
    canvas.put(1, 1, "ran", "quiet")
    runs = runs_of(view, context)
    for column in range(axis.cells):
        first, last = axis.span(column)
        x = MARGIN + column
        if first <= axis.now:
            canvas.put(x, 1, _level(runs, first, last), "running bold")
        if limited:
            full = min(_most_available(context, first, last) / context.budget, 1.0)
            ink = "line" if first > axis.now else "waiting" if full else "faulted"
            canvas.put(x, 0, LEVELS[round(full * 8)] if full else "▁", ink)
    if limited:
        canvas.put(1, 2, "comes back", "quiet")
        _paint_refills(canvas, context, axis)
    _paint_axis(canvas, axis, 3 if limited else 2)
    rows = range(5) if limited else range(1, 4)
    return [Entry(canvas.row(row)) for row in rows]


def _level(runs: list[tuple[int, int]], first: int, last: int) -> str:
    """How much of a cell the runs fill; a short run is seen too."""
    inside = sum(max(min(end, last) - max(start, first), 0) for start, end in runs)
    if not inside:
        return "·"
    return LEVELS[max(1, round(min(inside / max(last - first, 1), 1.0) * 8))]


def _available(context: SchedContextView, cycle: int) -> int:
    """What could be used at a moment, by the refills as they were then."""
    refills: tuple[tuple[int, int], ...] = ()
    for since, known in context.history:
        if since > cycle:
            break
        refills = known
    return sum(amount for at, amount in refills if at <= cycle)


def _most_available(context: SchedContextView, first: int, last: int) -> int:
    """The most that could be used at any moment of a cell."""
    changes = [since - 1 for since, _ in context.history if first < since <= last]
    return max(_available(context, cycle) for cycle in (last, *changes))


def _paint_refills(canvas: Canvas, context: SchedContextView, axis: Axis) -> None:
    later = [(axis.column(at), f"+{time_words(amount)}") for at, amount in context.refills if at > axis.now]
    for column, words in later:
        if column >= axis.cells:
            canvas.put_right(canvas.width, 2, f"{words} later ▶", "lit bold")
        else:
            canvas.put(MARGIN + column, 2, "▲", "lit bold")
    for column, words in later:
        for x in (MARGIN + column + 2, MARGIN + column - len(words) - 1):
            room = [canvas.character(each, 2) for each in range(x - 1, x + len(words) + 1)]
            if (
                column < axis.cells
                and x + len(words) <= canvas.width
                and set(room) <= {" ", "▲", ""}
                and ("▲" not in room[1:-1])
            ):
                canvas.put(x, 2, words, "lit bold")
                break


def _paint_axis(canvas: Canvas, axis: Axis, y: int) -> None:
    canvas.put(MARGIN, y, "─" * axis.cells, "line")
    marks = [(axis.start, f"-{time_words(axis.now - axis.start)}"), (axis.now, NOW)]
    if axis.end > axis.now:
        marks.append((axis.end, f"+{time_words(axis.end - axis.now)}"))
    middle = axis.start + (axis.now - axis.start) // 2
    marks.insert(1, (middle, f"-{time_words(axis.now - middle)}"))
    taken: list[tuple[int, int]] = []
    for cycle, words in sorted(marks, key=lambda mark: mark[1] != NOW):
        x = MARGIN + min(axis.column(cycle), axis.cells - 1)
        start = max(min(x - len(words) // 2, canvas.width - len(words)), MARGIN)
        end = start + len(words)
        if any(start <= other_end and other_start <= end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        ink = "title" if words == NOW else "quiet"
        canvas.put(x, y, "┼" if words == NOW else "┴", ink)
        canvas.put(start, y + 1, words, ink)


def _refills(view: View, context: SchedContextView, width: int) -> list[Entry]:
    if round_robin(context):
        words = "It is never without budget: a used-up slice only sends its thread behind the others."
        return wrapped(words, width - 1, "quiet", " ")
    lines: list[Entry] = []
    for at, amount in context.refills:
        when = "may be used now" if at <= view.cycle else f"from cycle {at:,}, in {time_words(at - view.cycle)}"
        ink = "running bold" if at <= view.cycle else "lit bold"
        lines.append(entry((f" {time_words(amount):>12}  ", ink), (when, "text")))
    free = context.refill_max - len(context.refills)
    lines.append(entry((f" {len(context.refills)} of {context.refill_max} entries are used, {free} free", "quiet")))
    return lines


def _runs(view: View, context: SchedContextView) -> list[Entry]:
    """Newest first."""
    lines: list[Entry] = []
    for start, end in reversed(runs_of(view, context)[-8:]):
        words = f" {time_words(view.cycle - end)} ago" if end < view.cycle else " until now"
        length = (f"{time_words(end - start):>12}", "running")
        lines.append(entry((f" cycle {start:>13,}  ", "quiet"), length, (words, "quiet")))
    return lines


TOPIC = Topic(page, ABOUT)
