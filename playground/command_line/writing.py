"""`playground new`: the beginnings of what a person writes."""

from pathlib import Path

from playground.command_line.parser import Misuse, Wanted

LESSON = '''\
+++
title = "{title}"
system = "workshop"         # or a .toml file beside this one
seed = 1
minutes = 5
objectives = ["Say what the one who has seen this can do now"]
sources = ["Where the facts come from"]

[parameters]                # set with --set victim=clock, used as $victim
victim = {{ default = "disk", choices = ["disk", "clock"], what = "the driver that dies" }}
+++

## Switch it on

What stands between the blocks is told to the audience. Each heading is one *beat*: one press of a key.

```play
# One command a line; `playground check` says what is wrong with them, docs/lesson-language.md what there is.
run until event system-ready within 2 s
run until $victim is idle within 2 s
expect $victim is running
expect you cannot reach disk
```

## Ask, and be wrong

Let the audience predict before it happens. The right answer is not written here, it is read from the run.

```play
ask "What becomes of $victim?" "it is rebuilt" if event restarted server=$victim, "it stays dead" otherwise within 2 s
crash $victim with=exit
expect event server-died server=$victim cause=exit within 1 s
```

## See it come back

```play
focus supervisor
expect event restarted server=$victim within 2 s
expect $victim.life == 2
call fs.read path="/etc/motd"
expect reply.data contains "welcome"
```

Say at the end what made it possible.
'''


def new_lesson(wanted: Wanted) -> int:
    """A commented lesson that is valid and passes, in a file of its own."""
    name: str = wanted.name.removesuffix(".md")
    path = Path(f"{name}.md")
    if not path.name.removesuffix(".md").strip() or not path.name.isprintable():
        raise Misuse("a lesson needs a name, such as `playground new lesson my-lesson`")
    title = path.name.removesuffix(".md").replace("-", " ").replace("_", " ").replace('"', "").replace("\\", "")
    text = LESSON.format(title=title[:1].upper() + title[1:] or "A lesson")
    try:
        with path.open("w" if wanted.force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Misuse(f"{path} is there already; choose another name, or replace it with --force") from None
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None
    print(f"wrote {path}; `playground check {path}` reads it, `playground play {path}` plays it")
    return 0
