"""Where a show and its notes find each other: a folder of the user's own, with one small file for each show.

The file says at which socket the show listens and which token opens it. Folder and files can be read by the user
alone; the token is there because a port on this computer, where there are no sockets with a path, is open to everybody.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

LONGEST_SOCKET_PATH: Final = 100
"""Bytes; systems allow 104 to 108 in the name of a socket."""
TOKEN_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class Meeting:
    """One show, as its file tells of it."""

    token: str
    socket: str
    """Path of its socket, or empty ..."""
    port: int
    """... if it listens at a port of this computer."""
    lesson: str
    started: float
    """Seconds since 1970."""


def folder() -> Path:
    """The folder for shows: in the runtime directory of the session, or else with the user's data."""
    import platformdirs

    if os.environ.get("XDG_RUNTIME_DIR"):
        return platformdirs.user_runtime_path("microkernel-playground", appauthor=False) / "shows"
    return platformdirs.user_data_path("microkernel-playground", appauthor=False) / "shows"


def prepare(place: Path) -> None:
    """Make the folder, for the user alone. Raises OSError."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.chmod(0o700)


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def file_of(place: Path) -> Path:
    """The file of this process's show."""
    return place / f"{os.getpid()}.json"


def socket_of(place: Path) -> Path | None:
    """The socket of this process's show, or None if its name would be too long."""
    path = place / f"{os.getpid()}.sock"
    return path if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH else None


def announce(place: Path, meeting: Meeting) -> Path:
    """Write the file of a show; whoever looks finds all of it or nothing. Raises OSError."""
    path = file_of(place)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(meeting), file)
    draft.replace(path)
    return path


def shows(place: Path) -> list[tuple[Path, Meeting]]:
    """Every show that is announced, the newest first; files that make no sense are passed over."""
    found = []
    for path in place.glob("*.json"):
        meeting = _read(path)
        if meeting is not None:
            found.append((path, meeting))
    return sorted(found, key=lambda one: one[1].started, reverse=True)


def forget(path: Path, meeting: Meeting) -> None:
    """Remove what a show has left that is not there any more."""
    with suppress(OSError):
        if _read(path) == meeting:
            path.unlink(missing_ok=True)
            if meeting.socket:
                Path(meeting.socket).unlink(missing_ok=True)


def _read(path: Path) -> Meeting | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Meeting(
            str(found["token"]), str(found["socket"]), int(found["port"]), str(found["lesson"]), float(found["started"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
