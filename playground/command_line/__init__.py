"""The command line: what a person types into a shell, before any screen is there."""


def run() -> int:
    """Carry out the words after `playground` and give back the exit code."""
    return 0
