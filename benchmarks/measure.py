"""How things are compared: every contender in turns within one run, so that a busy machine slows all of them alike.

What is printed are ratios with their targets. The best of the rounds counts, because noise only ever adds time. Within
one process all contenders look for garbage as seldom as the playground does.
"""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playground.__main__ import GARBAGE


@dataclass(frozen=True, slots=True)
class Target:
    """One line of a report: a ratio and what it should be."""

    what: str
    """What is compared with what, in words."""

    ratio: float
    """What was measured."""

    limit: float
    """What it has to reach."""

    at_most: bool = False
    """Whether the limit is an upper one; otherwise it is a lower one."""

    unit: str = "x"
    """What stands behind the numbers."""

    @property
    def met(self) -> bool:
        """Whether the measured ratio reaches the target."""
        return self.ratio <= self.limit if self.at_most else self.ratio >= self.limit


def interleaved(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run every contender once per round, in turns; each gives back the figure it measured itself."""
    gc.set_threshold(*GARBAGE)
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        order = list(contenders) if number % 2 == 0 else list(contenders)[::-1]
        for name in order:
            figures[name].append(contenders[name]())
    return figures


def report(title: str, lines: Mapping[str, str], targets: list[Target]) -> bool:
    """Print the figures and the ratios; whether every target was met."""
    print(f"\n{title}")
    width = max(len(name) for name in [*lines, *(target.what for target in targets)])
    for name, text in lines.items():
        print(f"  {name:<{width}}  {text}")
    for target in targets:
        bound = "at most" if target.at_most else "at least"
        verdict = "met" if target.met else "MISSED"
        print(
            f"  {target.what:<{width}}  {target.ratio:>10.2f}{target.unit}  {verdict}"
            f" (target: {bound} {target.limit:g}{target.unit})"
        )
    return all(target.met for target in targets)
