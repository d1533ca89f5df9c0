"""Sending a message by hand: first what you hold, then what can be asked of it, then a form made from the interface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.line_editor import LineEditor
from playground.screens.sheet import Choice, Sheet, wrap
from servers.interfaces import INTERFACES
from servers.interfaces.base import Argument, Interface, Operation, Value
from servers.interfaces.codec import CodecError, parse_value

if TYPE_CHECKING:
    from textual import events

PERSON = "you"
ROOMY = 19
"""Lines from which on the help of a field may have two lines."""

Ask = Callable[[str, str, dict[str, Value]], None]
"""Target (name of a capability), operation, arguments."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing that you may ask somebody, according to the manifest."""

    target: str
    """Name of the capability."""
    server: str
    interface: Interface
    held: bool
    """Whether you still hold it."""
    badge: int


def holdings(desk: Desk) -> list[Holding]:
    """What the manifest lets you ask, and whether you still can."""
    manifest = desk.machine.manifest
    person = manifest.servers.get(PERSON)
    if person is None:
        return []
    here = desk.view.servers.get(PERSON)
    held = desk.view.held.get(here.cspace, {}) if here else {}
    names = {desk.view.name_of(cap.object) for cap in held.values()}
    found: list[Holding] = []
    for target, use in person.uses.items():
        interface = manifest.interface_of(PERSON, target)
        if interface is not None:
            exists = f"{use.server}.{use.endpoint}" in names
            found.append(Holding(target, use.server, INTERFACES[interface], exists, person.number))
    return found


class SendSheet(Sheet):
    """Three steps: whom, what, with which arguments."""

    def __init__(self, desk: Desk, ask: Ask, last: dict[tuple[str, str, str], str], target: str = "") -> None:
        super().__init__(desk)
        self._ask = ask
        self._last = last
        self.holdings = holdings(desk)
        self.choice = Choice(len(self.holdings))
        self.holding: Holding | None = None
        self.operation: Operation | None = None
        self.fields: list[tuple[Argument, LineEditor]] = []
        self.field = 0
        self.mistake = ""
        for number, holding in enumerate(self.holdings):
            if holding.target == target:
                self.choice.at = number

    @property
    def takes_text(self) -> bool:
        """In the form."""
        return self.operation is not None

    def title(self) -> str:
        """The step."""
        if self.operation and self.holding:
            return f"{self.holding.target}.{self.operation.name}"
        return f"Ask {self.holding.target}" if self.holding else "What you hold"

    def keys(self) -> tuple[tuple[str, str], ...]:
        """The keys of the step."""
        if self.operation:
            last = self.field >= len(self.fields) - 1
            return (("enter", "send" if last else "next"), ("↑ ↓", "field"), ("esc", "back"))
        return (("↑ ↓", "choose"), ("enter", "go on"), ("esc", "back" if self.holding else "close"))

    def back(self) -> bool:
        """One step back."""
        self.mistake = ""
        if self.operation is not None:
            self.operation = None
        elif self.holding is not None:
            index = self.holdings.index(self.holding)
            self.holding, self.choice = None, Choice(len(self.holdings))
            self.choice.at = index
        else:
            return False
        return True

    def paint_body(self, canvas: Canvas) -> None:
        """Draw the step."""
        if self.operation is not None:
            self._paint_form(canvas, self.operation)
        elif self.holding is not None:
            rows = [(row.name, row.doc, True) for row in self.holding.interface.operations]
            self._paint_list(canvas, rows)
        else:
            rows = [(holding.target, _sentence(holding), holding.held) for holding in self.holdings]
            self._paint_list(canvas, rows)
            if not rows:
                canvas.put(2, 2, "The manifest gives you nothing to ask with.", "quiet")

    def _paint_list(self, canvas: Canvas, rows: list[tuple[str, str, bool]]) -> None:
        width = canvas.width - 6
        space = canvas.height - 3
        lines = 2 if sum(1 + len(wrap(text, width, 2)) for _, text, _ in rows) <= space else 1
        y = 2
        window = self.choice.window(max(space // (lines + 1), 1) if lines == 1 else len(rows))
        for number in window:
            name, text, held = rows[number]
            chosen = number == self.choice.at
            self.places[y] = number
            canvas.put(2, y, "▸" if chosen else " ", "lit bold")
            canvas.put(4, y, name, ("lit bold" if chosen else "title") if held else "quiet strike", width)
            for line in wrap(text, width, lines):
                y += 1
                self.places[y] = number
                canvas.put(4, y, line, ("text" if chosen else "quiet") if held else "faulted", width)
            y += 1
        if window.stop < len(rows):
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {len(rows) - window.stop} more ", "quiet")

    def _paint_form(self, canvas: Canvas, operation: Operation) -> None:
        width = canvas.width - 6
        y = 2
        for line in wrap(operation.doc, width):
            canvas.put(2, y, line, "text", width)
            y += 1
        y += 1
        for number, (argument, editor) in enumerate(self.fields):
            active = number == self.field
            self.places[y] = self.places[y + 1] = number
            x = canvas.put(2, y, "▸ " if active else "  ", "lit bold")
            x = canvas.put(x, y, argument.name, "lit bold" if active else "title")
            canvas.put(x + 2, y, argument.type, "quiet")
            canvas.put(4, y + 1, "▏", "lit" if active else "line")
            canvas.fill(5, y + 1, width - 3, " ", "text underline")
            editor.paint(canvas, 5, y + 1, width - 3, active=active, ink="text underline")
            doc = wrap(argument.doc, width) if canvas.height >= ROOMY else [argument.doc]
            for row, line in enumerate(doc[:2], y + 2):
                canvas.put(4, row, line, "quiet", width)
            y += 3 + len(doc[:2]) if canvas.height >= ROOMY else 3
        if not self.fields:
            canvas.put(2, y, "It takes no arguments.", "quiet")
            y += 2
        if self.mistake:
            for line in wrap(f"✖ {self.mistake}", width):
                canvas.put(2, y, line, "faulted bold", width)
                y += 1
        else:
            canvas.put(2, y, "the same as typing", "quiet", width)
            canvas.put(2, y + 1, f": {self.command()}", "you", width)

    def command(self) -> str:
        """The line of the command line that does the same."""
        assert self.holding is not None
        assert self.operation is not None
        words = [f"call {self.holding.target}.{self.operation.name}"]
        for argument, editor in self.fields:
            if editor.text == _default_text(argument):
                continue
            quoted = argument.type in ("text", "bytes")
            words.append(f'{argument.name}="{editor.text}"' if quoted else f"{argument.name}={editor.text}")
        return " ".join(words)

    def pick(self, number: int) -> bool:
        """Choose by the mouse; in the form a click only goes to the field."""
        if self.operation is None:
            return self.choice.pick(number)
        self.field = number
        return False

    def press(self, key: str, character: str | None) -> bool:
        """Choose, go on, fill in, send."""
        if self.operation is not None:
            return self._press_form(key, character)
        if key == "enter" and self.choice.count:
            self._go_on()
            return True
        return self.choice.key(key)

    def _go_on(self) -> None:
        if self.holding is None:
            self.holding = self.holdings[self.choice.at]
            self.choice = Choice(len(self.holding.interface.operations))
            return
        self.operation = self.holding.interface.operations[self.choice.at]
        self.field = 0
        self.fields = []
        for argument in self.operation.arguments:
            if argument.type != "capability":
                known = self._last.get((self.holding.target, self.operation.name, argument.name))
                self.fields.append((argument, LineEditor(_default_text(argument) if known is None else known)))

    def _press_form(self, key: str, character: str | None) -> bool:
        self.mistake = ""
        if key == "enter" and self.field >= len(self.fields) - 1:
            self._send()
        elif key in ("enter", "down", "tab"):
            self.field = min(self.field + 1, max(len(self.fields) - 1, 0))
        elif key in ("up", "shift+tab"):
            self.field = max(self.field - 1, 0)
        elif self.fields:
            return self.fields[self.field][1].key(key, character)
        else:
            return False
        return True

    def on_paste(self, event: events.Paste) -> None:
        """Text from the clipboard goes into the field."""
        if self.operation is not None and self.fields:
            self.fields[self.field][1].insert(event.text)
            event.stop()
            self.turn += 1
            self.poll()

    def _send(self) -> None:
        assert self.holding is not None
        assert self.operation is not None
        values: dict[str, Value] = {}
        for number, (argument, editor) in enumerate(self.fields):
            try:
                values[argument.name] = parse_value(argument, editor.text)
            except CodecError as error:
                self.mistake, self.field = str(error), number
                return
            self._last[(self.holding.target, self.operation.name, argument.name)] = editor.text
        self._ask(self.holding.target, self.operation.name, values)
        self.close(done=True)


def _sentence(holding: Holding) -> str:
    text = holding.interface.doc.removesuffix(".")
    if not holding.held:
        return f"You no longer hold this capability, and the kernel will refuse. {text}"
    return f"{text}; {holding.server} knows you as badge {holding.badge}"


def _default_text(argument: Argument) -> str:
    if argument.default is None:
        return ""
    if isinstance(argument.default, bool):
        return "true" if argument.default else "false"
    return argument.default.decode() if isinstance(argument.default, bytes) else str(argument.default)
