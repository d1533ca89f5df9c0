"""What went wrong before a server answered with an error: an error that it was answered itself, or a system call that
the kernel refused it because a capability was gone.

The request is why it answered at all; this is why it answered so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kernel import events as ev
from kernel.events import Event
from playground.view.model import View
from playground.view.servers import cspace_of
from servers.interfaces.base import error_of_label

FARTHEST: Final = 50_000
"""How many events before the answer are looked through."""


def before_answer(view: View, events: Sequence[Event], number: int) -> int:
    """The event that an error in the answer at `number` goes back to, or -1: it was refused for its own sake."""
    _, _, replier, caller, _, label, *_ = events[number]
    if error_of_label(label) is None:
        return -1
    for earlier in range(number - 1, max(number - 1 - FARTHEST, -1), -1):
        event = events[earlier]
        kind = event[0]
        if kind == ev.REPLIED and event[3] == replier and error_of_label(event[5]) is not None:
            return earlier
        if kind == ev.INVOKED and event[2] == replier and event[6]:
            return earlier
        if kind == ev.MESSAGE and event[3] == replier and event[2] == caller:
            break
    return -1


def before_refusal(view: View, events: Sequence[Event], number: int) -> int:
    """The event in which the capability went that an invocation at `number` was refused for, or -1."""
    _, _, thread, cptr, *_, error, _ = events[number]
    cspace = cspace_of(view, thread)
    if not error or not cspace or (cspace, cptr) in view.slots:
        return -1
    for earlier in range(number - 1, max(number - 1 - FARTHEST, -1), -1):
        event = events[earlier]
        if event[0] == ev.CAP_REMOVED and event[2:4] == (cspace, cptr):
            return earlier
    return -1
