"""Recording from the screens: one key begins and ends it, and says where it goes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from playground.actions import UserMistake

ENDING = ".mkp"


def toggle(machine: Any, file: str) -> str:
    """Begin to record into a file (named after the time if none is given), or end; what to say about it."""
    if not hasattr(machine, "start_recording"):
        raise UserMistake("Only a machine that runs can be recorded")
    recorder = machine.recorder
    if recorder is not None and not recorder.closed:
        machine.stop_recording()
        return f"recorded {recorder.events:,} events into {recorder.path}"
    path = Path(file or time.strftime(f"run-%Y-%m-%d-%H%M%S{ENDING}"))
    machine.start_recording(path)
    return f"recording into {path} from boot on; f9 ends it"
