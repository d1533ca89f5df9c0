"""The command palette: every action that has a key, found by its name or by what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette

from playground.actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import SystemCommand
    from textual.screen import Screen


class ActionPalette(CommandPalette):
    """Textual's palette, also for those who type faster than it is laid out."""

    def _action_command_list(self, action: str) -> None:
        """Move in the list, once it has lines: Textual looks for the first of them, even if there is none yet."""
        if self.query_one(CommandList).scrollable_content_region.area:
            super()._action_command_list(action)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go, once: who holds enter down chooses more than once before it is gone."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


class WithPalette(App[int]):
    """An application whose palette is made from the registry of actions."""

    def action_do(self, name: str) -> None:
        """Carry out an action by the name in the registry."""
        raise NotImplementedError

    def action_command_palette(self) -> None:
        """Open it."""
        if not isinstance(self.screen, ActionPalette):
            self.push_screen(ActionPalette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What it offers."""
        from textual.app import SystemCommand

        for action in ACTIONS:
            if action.keys:
                yield SystemCommand(action.name, action.help, lambda name=action.name: self.action_do(name))
