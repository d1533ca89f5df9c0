"""Where the command `playground` and `python -m playground` begin.

Kept free of imports so that `--help` and `--version` answer before anything large is loaded.
"""


def main() -> int:
    """Run the command line and give back its exit code."""
    from playground.command_line import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
