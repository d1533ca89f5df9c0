"""The medium of a machine that is run again: it refuses where the first one did, and in the same words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kernel.events import Event
from playground.machine.backing import MemoryBacking, PassedOn


class TroubledMedium(PassedOn):
    """A disk in memory with the troubles of another, by the number of the event that tells of them."""

    def __init__(self, medium: MemoryBacking, troubles: Mapping[int, str]) -> None:
        super().__init__(medium)
        self._troubles = troubles
        self._events: Sequence[Event] = ()

    def follow(self, events: Sequence[Event]) -> None:
        """The events of the machine that has this medium."""
        self._events = events

    def read_sector(self, sector: int) -> bytes:
        """The contents of one sector. Raises OSError where the first medium did."""
        self._refuse()
        return super().read_sector(sector)

    def write_sector(self, sector: int, data: bytes) -> None:
        """Replace one sector. Raises OSError where the first medium did."""
        self._refuse()
        super().write_sector(sector, data)

    def flush(self) -> None:
        """Nothing to do. Raises OSError where the first medium did."""
        self._refuse()

    def close(self) -> None:
        """Nothing to give back."""

    def _refuse(self) -> None:
        if self._troubles and len(self._events) in self._troubles:
            raise OSError(self._troubles[len(self._events)])
