"""What can be wrong with a recording, as one sentence for the person."""

from __future__ import annotations


class RecordingProblem(Exception):
    """A recording cannot be read or made; the text is one sentence that names the file."""

    is_users_mistake = True


def reason(error: OSError) -> str:
    """Why the host refused, in a few words."""
    return (error.strerror or str(error)).lower()
