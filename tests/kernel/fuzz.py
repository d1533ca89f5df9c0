"""Random system calls for as long as wanted: the long run beside tests/kernel/test_random_calls.py.

    python tests/kernel/fuzz.py --calls 100000 --seed 1

Every kernel entry is followed by a check of every invariant. Prints how many calls were tried and what became of
them; at a failure the last actions and the seed, with which the run can be repeated. Exits with 0 if nothing failed.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from pathlib import Path
from random import Random

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.kernel.random_system import RandomSystem

CALLS_PER_SYSTEM = 5_000
"""A fresh system now and then: what was lost for good would else never be tried again."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Random system calls, every invariant checked after each.")
    parser.add_argument("--calls", type=int, default=20_000, help="system calls to try")
    parser.add_argument("--seed", type=int, default=1, help="first seed; every fresh system takes the next")
    options = parser.parse_args(arguments)
    began, calls, entries, seed = time.perf_counter(), 0, 0, options.seed
    outcomes: dict[str, int] = {}
    while calls < options.calls:
        random, system = Random(seed), RandomSystem()
        try:
            while system.calls < min(CALLS_PER_SYSTEM, options.calls - calls):
                system.act(random)
        except Exception:
            traceback.print_exc()
            print(f"seed {seed}, call {system.calls}; the last actions:", *system.history, sep="\n  ")
            return 1
        calls, entries, seed = calls + system.calls, entries + system.entries, seed + 1
        for outcome, count in system.outcomes.items():
            outcomes[outcome] = outcomes.get(outcome, 0) + count
    seconds = time.perf_counter() - began
    print(f"{calls} calls, {entries} kernel entries, every invariant after each, no failure ({seconds:.0f} s)")
    for outcome, count in sorted(outcomes.items(), key=lambda item: -item[1]):
        print(f"  {count:8} {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
