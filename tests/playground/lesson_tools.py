"""A lesson that stands at a certain moment, without a machine that plays it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from scenarios.language import world_of
from scenarios.lesson import parse_lesson
from scenarios.logbook import LogLine, Question
from scenarios.player import LessonSession
from scenarios.predictions import Prediction
from tests.playground.scene import Scene

LESSON = """+++
title = "A small lesson"
system = "workshop"
seed = 1
minutes = 5
objectives = ["Say who waits for whom"]
sources = ["none"]
+++

## One
A first beat.

```play
run
```

## Two

You ask the **file server**; it asks the *driver*. Two programs wait in a row:

* `you` for `fs`,
* `fs` for `disk`.

```play
call fs.read path="/etc/motd"
expect reply.data contains "welcome"
```

## Three
The end.

```play
run
```
"""


def lesson_session(scene: Scene, moment: str) -> LessonSession:
    """A session before it begins ("opening"), in its second beat ("beat") or asking ("question")."""
    stage = cast(Any, SimpleNamespace(name_of=scene.view.name_of, events=scene.events))
    lesson = parse_lesson(LESSON, "small.md", "small")
    session = LessonSession(lesson, stage, world_of(scene.manifest), interactive=True)
    if moment == "opening":
        return session
    session.state, session.shown, session.played, session.focus = "beat-over", 1, 2, "fs"
    session.log += [
        LogLine("beat", "a:1", "One"),
        LogLine("beat", "a:9", "Two"),
        LogLine("do", "a:19", 'call fs.read path="/etc/motd"'),
        LogLine("check", "a:20", 'the data contains "welcome"', "passed"),
        LogLine("check", "a:21", "disk is running", "failed", "disk is faulted: null pointer"),
    ]
    if moment == "score":
        commands = list(lesson.commands)
        session._predictor.all = [
            Prediction(0, commands[1], "What will the next read return?", ("the file", "an error"), 0, "the file",
                       "the reply is a success", known=True),
            Prediction(1, commands[2], "Who waits for the disk driver, and for how long at the most?",
                       ("the file server", "you"), 1, "the file server", "it called block.read", known=True),
            Prediction(2, commands[3], "And now?", ("yes", "no"), None, "no", known=True),
        ]  # fmt: skip
        session.state = "over"
    if moment == "question":
        session.state = "asking"
        session.question = Question("What will the next read return?", ("the file", "an error", "it hangs"))
    return session
