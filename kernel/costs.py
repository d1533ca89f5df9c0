"""What each operation costs, in cycles of virtual time: the one table that budgets and timing are made of.

The two IPC figures are seL4's published averages for a Cortex-A57 (sel4.systems, performance page: call 413, reply
and receive 426 cycles). seL4 publishes no figure for the rest; those are round numbers of the same order, chosen
once so that a run is reproducible, and they claim nothing about a real machine.
"""

from __future__ import annotations

from typing import Final

CYCLES_PER_MICROSECOND: Final = 1000
"""The simulated processor runs at 1 GHz."""

CALL: Final = 413
"""A Call that finds its receiver waiting (source: seL4 performance page, Cortex-A57)."""
REPLY_RECV: Final = 426
"""A ReplyRecv that answers a caller (source: seL4 performance page, Cortex-A57)."""
SEND: Final = 413
RECEIVE: Final = 213
YIELD: Final = 200
INVOCATION: Final = 500
"""Decoding and carrying out one invocation of a kernel object, without the per-item costs below."""
FAULT: Final = 700
INTERRUPT: Final = 600
DEBUG: Final = 10
USER: Final = 100
"""What a thread is charged for running between two traps."""
WORK_UNIT: Final = 60
"""Deleting one capability or creating one object inside a longer operation."""
MESSAGE_WORD: Final = 2
MEMORY_ACCESS: Final = 10
MEMORY_BYTES_PER_CYCLE: Final = 8
CLEAR_CHUNK_BYTES: Final = 256
"""Untyped memory is cleared in chunks of this size (seL4: resetUntypedCap)."""
CLEAR_CHUNK: Final = 32

PREEMPTION_UNITS: Final = 100
"""Work units between two preemption points (seL4: CONFIG_MAX_NUM_WORK_UNITS_PER_PREEMPTION)."""

MIN_BUDGET_MICROSECONDS: Final = 20
MIN_BUDGET: Final = MIN_BUDGET_MICROSECONDS * CYCLES_PER_MICROSECOND
"""Smallest budget, and smallest head of a refill list, in cycles (twice the kernel's worst-case time)."""
MAX_PERIOD_MICROSECONDS: Final = (1 << 62) // CYCLES_PER_MICROSECOND // 8
BOOT_BUDGET: Final = 5000 * CYCLES_PER_MICROSECOND
"""Round-robin slice of the root task (seL4: CONFIG_BOOT_THREAD_TIME_SLICE, 5 ms)."""
