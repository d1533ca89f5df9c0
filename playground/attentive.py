"""Where keys come in: whoever reads the terminal tells at once that one is there, before anybody has looked at it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final

from textual.events import Key

if TYPE_CHECKING:
    from textual.driver import Driver
    from textual.message import Message

SHORT_TURN: Final = 0.0002
"""Seconds after which a thread of the host that computes lets another one go on, such as the one that reads keys."""


def attentive(driver: type[Driver], on_key: Callable[[], None]) -> type[Driver]:
    """The same driver, which calls `on_key` for every key, in its own thread."""

    class Attentive(driver):  # type: ignore[valid-type,misc]
        def process_message(self, message: Message) -> None:
            if isinstance(message, Key):
                on_key()
            super().process_message(message)

    return Attentive


class ShortTurns:
    """As long as it is entered, threads of the host take short turns."""

    def __init__(self) -> None:
        self._before = 0.0

    def __enter__(self) -> ShortTurns:
        self._before = sys.getswitchinterval()
        sys.setswitchinterval(SHORT_TURN)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        sys.setswitchinterval(self._before)
