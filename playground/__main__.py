"""Where the command `playground` and `python -m playground` begin.

Kept free of imports so that `--help` and `--version` answer before anything large is loaded.
"""

import gc

GARBAGE = (20_000, 5, 100)
"""After how many new objects Python looks for garbage among the youngest, and after how many times that among the older
and the oldest. Its own (700, 10, 10) suits programs that forget. Here every event is kept, and looking finds nothing:
the round trips of `python -m benchmarks.kernel_scale` gain a tenth."""


def main() -> int:
    """Run the command line and give back its exit code."""
    gc.set_threshold(*GARBAGE)
    from playground.command_line import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
