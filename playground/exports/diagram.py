"""The sequence diagram as an SVG picture, drawn here: no browser, no network, no fonts from elsewhere.

Lifelines stand side by side, time goes down. Marks run across the whole width, remarks stand on the lifeline they are
about, and whoever owes somebody an answer has a bar on the lifeline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final

from playground.exports.mermaid import shortened
from playground.exports.run import Run, Span
from playground.exports.story import Step, people

LANE: Final = 170
"""Units from one lifeline to the next."""
ROW: Final = 34
"""Units from one step to the next."""
MARGIN: Final = 90
TOP: Final = 92
HEAD: Final = 30
CHARACTER: Final = 6.3
"""Width of a character of a label, roughly."""
WIDEST: Final = 90
"""Characters of a label or a remark at most."""

_STYLE: Final = """
text { font-family: "DejaVu Sans", Helvetica, Arial, sans-serif; font-size: 11px; fill: #1c2330; }
.title { font-size: 15px; font-weight: bold; }
.quiet { fill: #5c6675; font-size: 10px; }
.name { font-weight: bold; font-size: 12px; text-anchor: middle; }
.head { fill: #eef2f8; stroke: #51617a; }
.you { fill: #fdf3d7; stroke: #8a6d1f; }
.life { stroke: #b3bcc9; stroke-dasharray: 4 4; }
.busy { fill: #d7e3f4; stroke: #7d93b5; stroke-width: 0.7; }
.arrow { stroke: #2d3d57; stroke-width: 1.3; fill: none; }
.reply { stroke-dasharray: 6 4; }
.signal, .send { stroke: #6b4f9e; }
.bad { stroke: #b3261e; }
text.bad { fill: #b3261e; stroke: none; }
.note { fill: #fff8e1; stroke: #c9a227; }
.worse { fill: #fdecea; stroke: #b3261e; }
.mark { fill: #e6f1ea; stroke: #3d7a57; }
.label { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; text-anchor: middle; }
"""
_MARKERS: Final = """<defs>
<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="#2d3d57"/></marker>
<marker id="open" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10" fill="none" stroke="#6b4f9e" stroke-width="1.6"/></marker>
<marker id="bad" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="#b3261e"/></marker>
</defs>
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where everything stands."""

    lanes: dict[str, float]
    """Middle of each lifeline."""
    width: float
    height: float

    def row(self, place: int) -> float:
        return TOP + HEAD + ROW * (place + 1)


def diagram(run: Run, span: Span) -> Iterator[str]:
    """The picture, in pieces of text."""
    steps, more = shortened(run, span)
    yield from drawn(run, span, steps, f"and {more:,} more steps; narrow the range to see them" if more else "")


def drawn(run: Run, span: Span, steps: list[Step], more: str) -> Iterator[str]:
    """The same of steps that are known already; `more` stands below them."""
    names = people(run, steps) or ["nobody"]
    lanes: dict[str, float] = {name: MARGIN + LANE * place for place, name in enumerate(names)}
    rows = len(steps) + bool(more)
    sheet = _Sheet(lanes, 2 * MARGIN + LANE * (len(names) - 1), TOP + HEAD + ROW * (rows + 1) + 20)
    width, height = f"{max(sheet.width, 420):g}", f"{sheet.height:g}"
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
           f'viewBox="0 0 {width} {height}" role="img">\n')  # fmt: skip
    yield f"<title>{_text(run.title)}: events {span.start:,} to {span.stop:,}</title>\n"
    yield f"<style>{_STYLE}</style>\n{_MARKERS}"
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
    yield f'<text x="16" y="26" class="title">{_text(run.title)}</text>\n'
    told = f"events {span.start:,} to {span.stop:,}, seed {run.seed}, the numbers at the left are events"
    yield f'<text x="16" y="44" class="quiet">{_text(told)}</text>\n'
    for name, x in lanes.items():
        yield from _lifeline(name, x, sheet)
    yield from _bars(steps, sheet)
    for place, step in enumerate(steps):
        yield from _draw(step, sheet, sheet.row(place))
    if more:
        yield from _draw(Step(span.stop, 0, "mark", "", "", more), sheet, sheet.row(len(steps)))
    yield "</svg>\n"


def _lifeline(name: str, x: float, sheet: _Sheet) -> Iterator[str]:
    kind = "head you" if name == "you" else "head"
    yield f'<line x1="{x:g}" y1="{TOP + HEAD:g}" x2="{x:g}" y2="{sheet.height - 10:g}" class="life"/>\n'
    yield f'<rect x="{x - 62:g}" y="{TOP - 16:g}" width="124" height="{HEAD:g}" rx="5" class="{kind}"/>\n'
    yield f'<text x="{x:g}" y="{TOP + 4:g}" class="name">{_text(_cut(name, 18))}</text>\n'


def _bars(steps: list[Step], sheet: _Sheet) -> Iterator[str]:
    """From the call to its answer, whoever received it owes one."""
    begun: dict[int, tuple[str, int]] = {}
    for place, step in enumerate(steps):
        if step.kind == "call":
            begun[step.number] = (step.receiver, place)
        elif step.kind == "reply" and step.call in begun:
            name, first = begun.pop(step.call)
            yield _bar(sheet, name, first, sheet.row(place))
    for name, first in begun.values():
        yield _bar(sheet, name, first, sheet.height - 14)


def _bar(sheet: _Sheet, name: str, first: int, bottom: float) -> str:
    y = sheet.row(first)
    return (f'<rect x="{sheet.lanes[name] - 4:g}" y="{y:g}" width="8" height="{bottom - y:g}" '
            f'class="busy"/>\n')  # fmt: skip


def _draw(step: Step, sheet: _Sheet, y: float) -> Iterator[str]:
    if step.kind == "mark":
        yield from _across(step, sheet, y)
        return
    yield f'<text x="4" y="{y + 4:g}" class="quiet">{step.number}</text>\n'
    if step.receiver and step.receiver != step.sender:
        yield from _arrow(step, sheet, y)
    else:
        yield from _box(step, sheet, y)


def _across(step: Step, sheet: _Sheet, y: float) -> Iterator[str]:
    width = max(sheet.width, 420)
    yield f'<rect x="40" y="{y - 13:g}" width="{width - 52:g}" height="22" rx="3" class="mark"/>\n'
    room = round((width - 70) / CHARACTER)
    yield f'<text x="52" y="{y + 3:g}">{_text(_cut(step.text, room))}</text>\n'


def _arrow(step: Step, sheet: _Sheet, y: float) -> Iterator[str]:
    left, right = sheet.lanes[step.sender], sheet.lanes[step.receiver]
    edge = 4 if right > left else -4
    tip = "bad" if step.bad else "open" if step.kind in ("send", "signal") else "tip"
    kind = f"arrow {step.kind}{' bad' if step.bad else ''}"
    yield (f'<line x1="{left + edge:g}" y1="{y:g}" x2="{right - edge:g}" y2="{y:g}" class="{kind}" '
           f'marker-end="url(#{tip})"/>\n')  # fmt: skip
    room = min(max(round(abs(right - left) / CHARACTER) + 8, 20), WIDEST)
    text = _cut(step.text, room)
    half = len(text) * CHARACTER / 2
    middle = min(max((left + right) / 2, half + 42), max(sheet.width, 420) - half - 6)
    yield f'<text x="{middle:g}" y="{y - 5:g}" class="label{" bad" if step.bad else ""}">{_text(text)}</text>\n'


def _box(step: Step, sheet: _Sheet, y: float) -> Iterator[str]:
    page = max(sheet.width, 420)
    text = _cut(step.text, min(WIDEST, int((page - 60) / CHARACTER)))
    x, width = sheet.lanes[step.sender], len(text) * CHARACTER + 14
    left = min(max(x - width / 2, 40), page - width - 6)
    kind = "worse" if step.bad else "note"
    yield f'<rect x="{left:g}" y="{y - 13:g}" width="{width:g}" height="21" rx="3" class="{kind}"/>\n'
    yield f'<text x="{left + 7:g}" y="{y + 2:g}">{_text(text)}</text>\n'


def _cut(text: str, room: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= room else f"{line[: room - 1]}…"


def _text(text: str) -> str:
    """A text inside the picture: nothing that XML forbids."""
    return escape("".join(each if each.isprintable() else "·" for each in text), quote=True)
