"""Which Python code runs as part of the simulated machine's threads, for whoever interrupts it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

import kernel

_TRAPS: Final = str(Path(kernel.__file__).with_name("syscalls.py"))
_NOT_USER_CODE: Final = (str(Path(kernel.__file__).parent), str(Path(__file__).parent))


class Watched(Protocol):
    """The part of the kernel that a watchdog looks at."""

    @property
    def in_thread(self) -> bool:
        """Whether a thread's own code is running now."""

    @property
    def current_thread(self) -> int:
        """Its id."""

    @property
    def now(self) -> int:
        """Cycles; each kernel entry costs some, so with the thread this names one stretch of its code."""


def is_user_file(file: str) -> bool:
    """Whether a file holds code of the machine's threads, and not of the kernel that runs them."""
    return file == _TRAPS or not file.startswith(_NOT_USER_CODE)
