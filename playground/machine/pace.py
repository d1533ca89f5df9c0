"""How fast a live machine goes, for people: standing still, so many events a second, or flat out.

Pace decides only when the next kernel entry is done in the real world. What it does is the same at every pace.
"""

from __future__ import annotations

from typing import Final

FLAT_OUT: Final = 0.0
"""The speed that means: as fast as the host can."""
MAX_BURST: Final = 0.1
"""Seconds of pace that may be caught up at once, after the host was busy with something else."""
SHORTEST_WAIT: Final = 0.01
"""Seconds; a machine that is to do more events than that a second does several at a time."""
MAX_DEBT: Final = 1.0
"""Seconds that are waited at most after a kernel entry with more events than were allowed."""


class Pace:
    """Says how many events may happen by now."""

    def __init__(self, *, running: bool = True, speed: float = FLAT_OUT) -> None:
        self.running = running
        """False while paused."""
        self._speed = speed
        self._steps = 0
        self._messages = 0
        self._allowance = 0.0
        self._looked_at = -1.0

    @property
    def speed(self) -> float:
        """Events a second; FLAT_OUT (0) is no limit."""
        return self._speed

    @speed.setter
    def speed(self, events_per_second: float) -> None:
        if events_per_second < 0:
            raise ValueError(f"a speed is a number of events a second, or 0 for flat out, not {events_per_second}")
        self._speed = events_per_second
        self._allowance = 0.0

    def step(self, count: int = 1) -> None:
        """While paused: let so many events happen (all those of the last kernel entry, so it may be a few more)."""
        if not self.running:
            self._steps += count

    def step_message(self) -> None:
        """While paused: go on to the next message, answer or fault."""
        if not self.running:
            self._messages += 1

    def forget_steps(self) -> None:
        """Steps that were asked for will not be done: nothing can happen, or it runs again anyway."""
        self._steps = self._messages = 0

    @property
    def stepping(self) -> bool:
        """Steps were asked for and have not all been done."""
        return self._steps > 0 or self._messages > 0

    @property
    def flat_out(self) -> bool:
        """Nothing holds the machine back."""
        return self.running and self._speed == FLAT_OUT

    @property
    def standing(self) -> bool:
        """Paused, with no step left to do."""
        return not self.running and not self.stepping

    def allowed(self, now: float) -> int:
        """How many events may happen at this moment (seconds of any clock). Not for a machine that is flat out."""
        if self.stepping:
            return max(1, self._steps)
        if not self.running:
            return 0
        passed = 0.0 if self._looked_at < 0 else now - self._looked_at
        self._looked_at = now
        self._allowance = min(self._allowance + passed * self._speed, max(1.0, MAX_BURST * self._speed))
        return int(self._allowance)

    def wait(self, now: float) -> float:
        """Seconds until the next event is allowed."""
        if self._looked_at < 0:
            self._looked_at = now
        return max(SHORTEST_WAIT, (1.0 - self._allowance) / self._speed - (now - self._looked_at))

    def stood_still(self) -> None:
        """Time has passed that does not count: the machine was paused or had nothing to do."""
        self._looked_at = -1.0

    def happened(self, events: int, messages: int) -> None:
        """So many events, of which so many were messages, have happened."""
        if self.stepping:
            self._steps = max(0, self._steps - events)
            self._messages = max(0, self._messages - messages)
        elif self._speed:
            self._allowance = max(-MAX_DEBT * self._speed, self._allowance - events)
