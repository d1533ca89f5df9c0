"""What `playground play` does with its options: on screen, headless, line by line, or with a student."""

import sys
from dataclasses import replace
from pathlib import Path

from playground.command_line import commands
from playground.command_line.parser import Misuse, Wanted, shipped
from playground.settings import Settings
from servers.nearest import closest

FORMATS = ("text", "junit", "tap", "gradescope", "json")
PROJECTOR = "projector"
"""The theme for a class."""
EVENTS = ("talk", "all", "none")


def play(wanted: Wanted) -> int:
    """One lesson on screen or line by line, or any number of them headless."""
    lessons = lessons_of(wanted)
    settings = commands.settings_of(wanted)
    refuse_what_does_not_fit(wanted, settings, lessons)
    if wanted.headless:
        return headless(wanted, settings, lessons)
    if wanted.linear or (wanted.student and not on_a_terminal()):
        if settings.record is not None:
            raise Misuse("line by line nothing is recorded; leave out --record, or record a headless run")
        from playground.linear import play as play_by_line

        return play_by_line(
            lessons[0],
            seed=settings.seed,
            values=settings.values,
            events=wanted.events or "talk",
            student=wanted.student,
            results=None if wanted.results is None else Path(wanted.results),
            digest=bool(wanted.digest),
        )
    results = None if wanted.results is None else Path(wanted.results)
    return commands.on_screen(replace(settings, student=bool(wanted.student), results=results))


def present(wanted: Wanted) -> int:
    """One lesson before a class in light colours, or the notes on a second terminal."""
    settings = commands.settings_of(wanted)
    if wanted.notes:
        if wanted.lessons:
            raise Misuse("the notes follow whatever show runs; leave out the lesson, or leave out --notes")
        from playground.presenter import notes

        if wanted.linear:
            return notes.tell(lambda line: print(line, flush=True))
        commands.know_the_theme(settings.theme)
        commands.need_a_terminal("`playground present --notes --linear` needs none")
        return notes.show(settings)
    if wanted.linear:
        raise Misuse("--linear tells the notes line by line; add --notes, or use `playground play --linear LESSON`")
    if not wanted.lessons:
        raise Misuse("which lesson? `playground list` shows them; `playground present --notes` is for your notes")
    if len(wanted.lessons) > 1:
        raise Misuse(f"one lesson is shown at a time, not {len(wanted.lessons)}")
    return commands.on_screen(replace(settings, presenting=True, theme=settings.theme or PROJECTOR))


def on_a_terminal() -> bool:
    """Whether a person sits before the program, and not a pipe."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def lessons_of(wanted: Wanted) -> list[str]:
    """The names that were given, or all that are shipped."""
    lessons: list[str] = wanted.lessons
    if wanted.all:
        if lessons:
            raise Misuse("--all plays every lesson; leave out --all or the names")
        if not wanted.headless:
            raise Misuse("all lessons at once are played without a screen; add --headless")
        return shipped("lessons", ".md")
    if not lessons:
        raise Misuse("which lesson? `playground list` shows them")
    return lessons


def refuse_what_does_not_fit(wanted: Wanted, settings: Settings, lessons: list[str]) -> None:
    """Options that mean nothing together."""
    by_line = wanted.linear or (wanted.student and not on_a_terminal())
    if wanted.headless and (wanted.linear or wanted.student):
        raise Misuse("--headless plays without a person; leave out --headless, or --linear and --student")
    for name in ("watch", "format", "output"):
        if vars(wanted)[name] and not wanted.headless:
            raise Misuse(f"--{name} belongs to a headless run; add --headless")
    if wanted.events and wanted.events not in EVENTS:
        raise Misuse(f"--events is one of {', '.join(EVENTS)}, not {wanted.events!r}")
    if wanted.events and not by_line:
        raise Misuse("--events says which events are told line by line; add --linear")
    if wanted.results and not wanted.student:
        raise Misuse("--results is the file for a student's predictions; add --student")
    if wanted.digest and not (wanted.headless or by_line):
        raise Misuse("--digest is printed at the end of a headless run; add --headless")
    if wanted.headless or by_line:
        if settings.disk is not None:
            raise Misuse("a headless lesson has a virtual disk of its own, the same everywhere; leave out --disk")
        if settings.record is not None and len(lessons) > 1:
            raise Misuse(f"a recording holds one run, not {len(lessons)}; leave out --record, or play one lesson")
    if not wanted.headless and len(lessons) > 1:
        raise Misuse(f"on screen one lesson is played at a time, not {len(lessons)}; add --headless to play them all")


def headless(wanted: Wanted, settings: Settings, lessons: list[str]) -> int:
    """As tests."""
    form = wanted.format or "text"
    if form not in FORMATS:
        near = closest(form.lower(), FORMATS)
        instead = f"did you mean {near}?" if near else f"there is {', '.join(FORMATS)}"
        raise Misuse(f"no format is called {form!r}; {instead}")
    from playground.headless import play as play_headless

    def once(alone: bool = False) -> int:
        return play_headless(
            lessons,
            seed=settings.seed,
            values=settings.values,
            write=print,
            record=settings.record,
            digest=bool(wanted.digest),
            form=form,
            output=None if wanted.output is None else Path(wanted.output),
            alone=alone,
        )

    if not wanted.watch:
        return once()
    from playground.watching import watch

    return watch(lessons, lambda: once(alone=True), lambda line: print(line, flush=True))
