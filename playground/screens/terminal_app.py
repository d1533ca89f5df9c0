"""What every application of ours is to its terminal, whatever it shows: the show and the presenter's notes are two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from playground.screens.ascii_filter import AsciiFilter
from playground.screens.failure import ShortTraceback
from playground.screens.inks import THEMES
from playground.screens.outlet import lasting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.driver import Driver
    from textual.filter import LineFilter

    from playground.settings import Settings


class TerminalApp(ShortTraceback, App[int]):
    """An application in our colours, in plain ASCII if wanted, that outlives its terminal."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._ascii = AsciiFilter(settings.ascii)
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.theme or THEMES[0].name

    def get_line_filters(self) -> Sequence[LineFilter]:
        """In ASCII mode, the last filter makes everything plain."""
        filters = super().get_line_filters()
        return [*filters, self._ascii] if self._ascii.enabled else filters

    def get_driver_class(self) -> type[Driver]:
        """The terminal's; it outlives its terminal."""
        return lasting(super().get_driver_class())
