"""The shelves: the picture of the architecture, every server at its place for life.

Three sizes of the same picture. Cards, with the kernel as a bar below them and a lane from every card down to it, so
that one sees that nothing talks to anything except through that bar; one line for each server; one line for each shelf.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from textual.message import Message

from playground.screens.bar import is_fresh, last_message, paint_bar, paint_devices
from playground.screens.canvas import Canvas
from playground.screens.card import FULL_HEIGHT, NARROWEST, Look, paint_card
from playground.screens.desk import Desk
from playground.screens.pane import Pane
from playground.screens.words import ink_of, rate_word, state_sentence, state_word

if TYPE_CHECKING:
    from textual import events

    from playground.view.model import ServerView

SHELVES = ("applications", "servers", "drivers")
SLIM = 56
"""Below this width the name of a shelf stands above its servers instead of beside them."""
CARDS_FROM = 21
"""Lines from which on servers are cards."""
FULL_CARDS_FROM = 24
"""Lines from which on cards have their full height."""
FEWEST_CARDS = 4
"""Cards that a shelf has room for even if no shelf holds so many, so that they do not get too wide."""
WORDY = 80
"""Columns beyond which a server's state is a sentence where servers have a row each."""


def by_shelf(desk: Desk) -> dict[str, list[ServerView]]:
    """The servers of each shelf in the order of the manifest, `you` first."""
    shelves: dict[str, list[ServerView]] = {shelf: [] for shelf in SHELVES}
    for server in desk.view.servers.values():
        place = shelves[server.shelf]
        place.insert(0, server) if server.name == "you" else place.append(server)
    return shelves


class Shelves(Pane, can_focus=True):
    """All servers, the kernel and the devices."""

    DEFAULT_CSS = """
    Shelves { width: 1fr; height: 1fr; }
    """
    HELP = "The servers on their shelves. Arrows choose one, enter shows it in the inspector, c crashes it."

    class Chosen(Message):
        """The person pressed enter on a server."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="shelves")
        self.desk = desk
        self._top = 0

    def stamp(self) -> Hashable:
        """The machine's moment and what is selected."""
        return self.desk.look, self.desk.revision

    def paint(self, canvas: Canvas) -> None:
        """Draw the largest of the three pictures that fits."""
        if self.desk.question is not None:
            from playground.screens.curtain import paint_question

            paint_question(canvas, self.desk.question)
            return
        shelves = by_shelf(self.desk)
        card = _card_width(shelves, canvas.width)
        count = sum(map(len, shelves.values()))
        if card >= NARROWEST and canvas.height >= CARDS_FROM:
            self._paint_cards(canvas, shelves, card)
        elif canvas.height >= min(count + 1, 11):
            self._paint_lines(canvas, shelves)
        else:
            self._paint_tiny(canvas, shelves)

    def _look(self, server: ServerView) -> Look:
        desk = self.desk
        message = last_message(desk)
        lit = message is not None and is_fresh(desk, message) and server.name in (message.sender, message.receiver)
        return Look(
            selected=server.name == desk.selected,
            lit=lit,
            dimmed=bool(desk.spotlight) and server.name not in desk.spotlight,
            losing=desk.losing.get(server.name, ""),
            changed=desk.moment >= 0 and server.name in desk.looking.changed,
        )

    def _paint_cards(self, canvas: Canvas, shelves: dict[str, list[ServerView]], card: int) -> None:
        height = _card_height(canvas.height)
        places: dict[str, tuple[int, int]] = {}
        y = 0
        wall = "lit" if self.has_focus else "line"
        bottom = len(SHELVES) * (height + 1) + 2
        canvas.box(0, 0, canvas.width, bottom + 1, wall)
        for shelf in SHELVES:
            if y:
                canvas.put(0, y, "├" + "─" * (canvas.width - 2) + "┤", wall)
            canvas.put(1, y, f" {shelf} ", "quiet bold")
            for number, server in enumerate(shelves[shelf]):
                x = 1 + number * (card + 1)
                places[server.name] = (x, y + 1)
                paint_card(canvas, x, y + 1, card, height, server, self._look(server))
            y += height + 1
        paint_bar(canvas, y, self.desk, edges=True)
        drivers = {server.name: places[server.name][0] for server in shelves["drivers"]}
        paint_devices(canvas, y + 1, self.desk, drivers)
        canvas.put(1, bottom, " devices ", "quiet bold")
        self._paint_lanes(canvas, places, card, height, y)

    def _paint_lanes(
        self, canvas: Canvas, places: dict[str, tuple[int, int]], card: int, height: int, bar: int
    ) -> None:
        """The way of the message: from its sender down to the bar, and up to its receiver."""
        message = last_message(self.desk)
        if message is None or not is_fresh(self.desk, message):
            return
        ink = "faulted bold" if message.kind == "fault" else "lit bold"
        for name, down in ((message.sender, True), (message.receiver, False)):
            if name not in places:
                continue
            x, y = places[name]
            lane = x + card
            canvas.put(lane - 1, y + height - 2, "├╮" if down else "◀╮", ink)
            for row in range(y + height - 1, bar):
                canvas.put(lane, row, "┼" if canvas.character(lane, row) == "─" else "│", ink)
            if down:
                canvas.put(lane, bar - 1, "▼", ink)

    def _paint_lines(self, canvas: Canvas, shelves: dict[str, list[ServerView]]) -> None:
        lines: list[tuple[str, ServerView]] = []
        for shelf, servers in shelves.items():
            lines.extend((shelf if not number else "", server) for number, server in enumerate(servers))
        spare = canvas.height - len(lines) - 1
        gap = 1 if spare >= len(SHELVES) else 0
        rows = canvas.height - 1 - (1 if spare > gap * len(SHELVES) else 0)
        slim = canvas.width < SLIM and spare > 2 * len(SHELVES)
        y = 0
        for shelf, server in lines[self._first_line(lines, rows) :]:
            if shelf and y and gap:
                y += 1
            if y >= rows:
                break
            if slim and shelf:
                canvas.put(1, y, shelf, "quiet bold")
                y += 1
            self._paint_line(canvas, y, "" if slim else shelf, server, 1 if slim else 14)
            y += 1
        bar = min(y + gap, canvas.height - 1)
        paint_bar(canvas, bar, self.desk, edges=False)
        if bar + 1 < canvas.height:
            canvas.put(1, bar + 1, "devices", "quiet bold")
            names = "timer   keyboard, screen   " + (f"disk: {self.desk.machine.disk_label}")
            canvas.put(10 if slim else 16, bar + 1, names, "device")

    def _first_line(self, lines: list[tuple[str, ServerView]], rows: int) -> int:
        """Scroll so far that the selected server can be seen."""
        selected = next((number for number, (_, server) in enumerate(lines) if server.name == self.desk.selected), 0)
        self._top = min(max(self._top, selected - rows + 1, 0), selected) if len(lines) > rows else 0
        return self._top

    def _paint_line(self, canvas: Canvas, y: int, shelf: str, server: ServerView, left: int) -> None:
        look = self._look(server)
        canvas.put(1, y, shelf, "quiet bold", 14)
        canvas.put(left, y, "▸" if look.selected else " ", "lit bold")
        ink = ink_of(server)
        canvas.put(left + 2, y, server.status.glyph, f"{ink} bold")
        canvas.put(left + 4, y, server.name, "lit bold" if look.lit else "title", 12)
        end = canvas.width - 1
        x = canvas.put_right(end, y, rate_word(server.rate), "text" if server.rate >= 1 else "quiet")
        if server.life > 1:
            x = canvas.put_right(min(x - 1, end - 7), y, f"life {server.life}", "quiet")
        if look.losing:
            canvas.put(left + 16, y, f"loses {look.losing}", "faulted strike", x - left - 17)
        else:
            canvas.put(left + 16, y, state_sentence(server), ink, x - left - 17)
        if look.dimmed:
            canvas.tint(0, y, canvas.width, "dim")

    def _paint_tiny(self, canvas: Canvas, shelves: dict[str, list[ServerView]]) -> None:
        for y, (shelf, servers) in enumerate(shelves.items()):
            canvas.put(1, y, shelf, "quiet bold", 13)
            x, words = 15, _words(servers, canvas.width - 16)
            for server in servers:
                look, begin = self._look(server), x
                x = canvas.put(x, y, server.status.glyph + " ", f"{ink_of(server)} bold")
                x = canvas.put(x, y, server.name, "lit bold" if look.lit or look.selected else "text")
                x = canvas.put(x, y, words[server.name], ink_of(server)) + 2
                if look.dimmed:
                    canvas.tint(begin, y, x - begin, "dim")
        if canvas.height > len(shelves):
            paint_bar(canvas, len(shelves), self.desk, edges=False)

    def take_key(self, event: events.Key) -> bool:
        """Arrows choose a server; enter shows it."""
        if event.key == "enter":
            self.tell(self.Chosen())
        elif event.key in ("left", "right", "up", "down"):
            self.move(event.key)
        else:
            return False
        return True

    def move(self, direction: str) -> None:
        """Select the neighbour in a direction; at an edge nothing happens."""
        rows = [[server.name for server in servers] for servers in by_shelf(self.desk).values() if servers]
        for number, row in enumerate(rows):
            if self.desk.selected not in row:
                continue
            column = row.index(self.desk.selected)
            if direction in ("left", "right"):
                column = min(max(column + (1 if direction == "right" else -1), 0), len(row) - 1)
            else:
                number = min(max(number + (1 if direction == "down" else -1), 0), len(rows) - 1)
            chosen = rows[number][min(column, len(rows[number]) - 1)]
            self.desk.change(selected=chosen, capability=None)
            return
        if rows:
            self.desk.change(selected=rows[0][0], capability=None)

    def on_click(self, event: events.Click) -> None:
        """A click chooses the server whose name is nearest above; the mouse is never needed."""
        servers = by_shelf(self.desk)
        card = _card_width(servers, self.size.width)
        height = _card_height(self.size.height)
        shelf, column = event.y // (height + 1), (event.x - 1) // (card + 1)
        names = list(servers.values())
        if (
            card >= NARROWEST
            and self.size.height >= CARDS_FROM
            and shelf < len(names)
            and 0 <= column < len(names[shelf])
        ):
            self.desk.change(selected=names[shelf][column].name, capability=None)


def _card_width(shelves: dict[str, list[ServerView]], width: int) -> int:
    """Columns of a card, so that the fullest shelf fits beside each other."""
    most = max(map(len, shelves.values()), default=0)
    return (width - 2) // max(most, FEWEST_CARDS) - 1


def _card_height(height: int) -> int:
    return FULL_HEIGHT if height >= FULL_CARDS_FROM else FULL_HEIGHT - 1


def _words(servers: list[ServerView], width: int) -> dict[str, str]:
    """What is said of each server of a shelf that has one row: as much as all of them have room for."""
    ways: tuple[Callable[[ServerView], str], ...] = (
        lambda server: f" {state_sentence(server) if width > WORDY else state_word(server)}",
        lambda server: f" {state_word(server)}",
        lambda server: "" if server.status.key == "idle" else f" {state_word(server)}",
    )
    for way in ways:
        words = {server.name: way(server) for server in servers}
        if sum(len(server.name) + len(words[server.name]) + 4 for server in servers) - 2 <= width:
            return words
    return dict.fromkeys((server.name for server in servers), "")
