"""`playground replay FILE`: the screens over a recording."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from playground.app import LivePlayground
from playground.timeline.replayed import Replayed

if TYPE_CHECKING:
    from playground.recording.reader import Recording
    from playground.settings import Settings


def show(recording: Recording, settings: Settings) -> int:
    """Show it until the person leaves, and say at the beginning and afterwards what of it is missing.

    Gives the exit code.
    """
    machine = Replayed(recording)
    machine.go_to_ready()
    app = LivePlayground(settings, machine)
    app.desk.remark = recording.remark
    try:
        code = app.run()
    finally:
        machine.past.close()
    if recording.remark:
        print(recording.remark, file=sys.stderr)
    return code or 0
