"""How long devices take, in cycles of virtual time: the table that goes with `kernel/costs.py`.

A device answers after the time that stands here, however long the host took. The figures are round numbers of the
order of a small solid-state disk (about 80 us for a random read, less for a write that ends in the disk's own
cache, the longest for a flush). They are chosen once so that a run is the same everywhere, and claim nothing about
a product.
"""

from __future__ import annotations

from typing import Final

from kernel.costs import CYCLES_PER_MICROSECOND

DISK_READ: Final = 80 * CYCLES_PER_MICROSECOND
DISK_WRITE: Final = 30 * CYCLES_PER_MICROSECOND
DISK_SECTOR: Final = 1 * CYCLES_PER_MICROSECOND
"""Each sector of a read or write, on top."""
DISK_FLUSH: Final = 500 * CYCLES_PER_MICROSECOND
DISK_REFUSAL: Final = 2 * CYCLES_PER_MICROSECOND
"""From a command that cannot be carried out to its interrupt."""

VIRTUAL_WALL_START: Final = 1_767_258_000_000_000
"""What the wall clock shows at boot when it is virtual: 2026-01-01 09:00:00 UTC, in microseconds."""
