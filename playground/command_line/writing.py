"""`playground new`: the beginnings of what a person writes."""

import re
from pathlib import Path
from shlex import quote

from playground.command_line.parser import Misuse, Wanted

LESSON = """\
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
"""


SYSTEM = """\
# A system is a list of servers. Each holds exactly what is written here, and nothing else.

[system]
name = "{name}"
title = "{title}"

# The only one that must be there: it builds a server anew when it dies.
[servers.supervisor]
title = "builds servers anew"
shelf = "servers"
priority = 250
memory = "256K"
provides = {{ supervisor = "supervisor" }}
device = {{ timer = {{ from = "timer", writable = false }} }}

# `program` is one that the playground has, or a file beside this one, such as "./{name}.py".
[servers.counter]
title = "counts"
shelf = "applications"
priority = 120
provides = {{ counter = "counter" }}

# The person at the playground is a process like the others: what `uses` lists is what you can call.
[servers.you]
title = "the person at the playground"
shelf = "applications"
priority = 100
own = ["cspace"]
irq = {{ irq = 2 }}
device = {{ registers = "operator" }}
uses = {{ counter = "counter.counter", supervisor = "supervisor.supervisor" }}
"""

SERVER = '''\
"""{title}: what it is for, in one sentence."""

from servers.interfaces import Argument, Interface, Operation
from servers.runtime.env import Env
from servers.runtime.serving import Request

# What others can ask of it, as data: completion, forms, messages in words and the check of lessons come from here.
INTERFACE = Interface(
    name="{name}",
    number=100,             # 100 to 199 are yours; two servers of a system must not have the same
    version=1,
    doc="What one can ask of {name}.",
    operations=(
        Operation(
            "echo", 1, "Say the same again.",
            (Argument("text", "text", "what to say"),),
            (Argument("said", "text", "the same"),),
            idempotent=True,
        ),
    ),
)


class {type}:
    """Answers requests: one method for each operation. What it knows dies with it."""

    async def echo(self, request: Request, text: str) -> str:
        """Say the same again."""
        return text


async def main(env: Env) -> None:
    """The program: it is given its capabilities, and serves for ever."""
    await env.serve(INTERFACE, {type}())
'''


def new_lesson(wanted: Wanted) -> int:
    """A commented lesson that is valid and passes, in a file of its own."""
    path = path_of(wanted, "lesson", ".md")
    write(path, LESSON.format(title=title_of(path)), replace=wanted.force)
    named = quote(str(path))
    print(f"wrote {path}; `playground check {named}` reads it, `playground play {named}` plays it")
    return 0


def new_system(wanted: Wanted) -> int:
    """A commented system with a supervisor, one server and the person."""
    path = path_of(wanted, "system", ".toml")
    name = identifier(path)
    write(path, SYSTEM.format(name=name, title=title_of(path)), replace=wanted.force)
    named = quote(str(path))
    print(f"wrote {path}; `playground check {named}` reads it, `playground --system {named}` boots it")
    return 0


def new_server(wanted: Wanted) -> int:
    """A commented program of a server, to be named in a system beside it."""
    path = path_of(wanted, "server", ".py")
    name = identifier(path)
    kind = "".join(part.title() for part in name.split("_"))
    write(path, SERVER.format(name=name, type=kind, title=title_of(path)), replace=wanted.force)
    print(f'wrote {path}; a system in this folder runs it with `program = "./{path.name}"`')
    return 0


def path_of(wanted: Wanted, what: str, ending: str) -> Path:
    """Where the new file will be. Raises Misuse."""
    path = Path(str(wanted.name).removesuffix(ending) + ending)
    stem = path.name.removesuffix(ending)
    if not stem.strip() or not path.name.isprintable():
        raise Misuse(f"a {what} needs a name, such as `playground new {what} my-{what}`")
    if what == "server" and not re.fullmatch(r"[A-Za-z][\w-]*", stem):
        raise Misuse(f"a server's name is made of letters, digits, _ and -, not {stem!r}")
    return path


def identifier(path: Path) -> str:
    """A name for inside the file."""
    return re.sub(r"\W", "_", path.stem).strip("_").lower() or "mine"


def title_of(path: Path) -> str:
    """A title from the name of a file."""
    title = path.stem.replace("-", " ").replace("_", " ").replace('"', "").replace("\\", "")
    return title[:1].upper() + title[1:] or "Mine"


def write(path: Path, text: str, *, replace: bool) -> None:
    """Write a new file. Raises Misuse."""
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Misuse(f"{path} is there already; choose another name, or replace it with --force") from None
    except OSError as error:
        raise Misuse(f"{path} cannot be written: {(error.strerror or str(error)).lower()}") from None
