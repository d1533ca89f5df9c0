"""How much of a beat's prose is told while its commands are carried out."""

from __future__ import annotations

from scenarios.lesson import parse_lesson

LESSON = """+++
title = "Small"
system = "workshop"
+++
# Beat
First.

```play
run
expect disk is running
```

Second.

```play
step
```

Third.
"""


def test_what_stands_behind_a_block_is_told_when_the_block_is_done() -> None:
    beat = parse_lesson(LESSON, "small.md").beats[0]
    run, expect, step = beat.commands
    assert beat.narration_at(run) == beat.narration_at(expect) == "First."
    assert beat.narration_at(step) == "First.\n\nSecond."
    assert beat.narration_at(None) == beat.narration == "First.\n\nSecond.\n\nThird."
