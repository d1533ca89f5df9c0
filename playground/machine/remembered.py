"""A medium that can still say what was on it at boot, so that a run can be recorded or repeated at any later time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playground.machine.backing import BlockBacking, MemoryBacking, PassedOn
from servers.hardware import SECTOR_BYTES

_EMPTY: Final = bytes(SECTOR_BYTES)


class RememberedMedium(PassedOn):
    """Passes everything on to another medium, and keeps what a sector held before it was first written."""

    def __init__(self, medium: BlockBacking) -> None:
        super().__init__(medium)
        self._before: dict[int, bytes] = {}
        self._kept: MemoryBacking | None = None
        self.path: Path | None = getattr(medium, "path", None)
        """The file of the host, if it is one."""

    def write_sector(self, sector: int, data: bytes) -> None:
        """Replace one sector, and keep what it held at boot."""
        before = None if sector in self._before else self._medium.read_sector(sector)
        self._medium.write_sector(sector, data)
        if before is not None:
            self._before[sector] = before

    def at_boot(self) -> MemoryBacking:
        """A disk of its own with the contents at boot. Raises OSError if the host refuses, also after `close`."""
        if self._kept is None:
            self._kept = MemoryBacking(sector_count=self.sector_count)
            for sector in range(self.sector_count):
                content = self._before.get(sector)
                if content is None:
                    content = self._medium.read_sector(sector)
                if content != _EMPTY:
                    self._kept.write_sector(sector, content)
        return self._kept.copy(read_only=self.read_only)
