"""The reference page of the language, made from its tables: `python -m scenarios.language.reference`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kernel.events import BY_NAME
from scenarios.language.happenings import DECODED, TOPICS
from scenarios.language.verbs import CONDITIONS, CRASH_KINDS, PROPERTIES, RIGHTS, SOURCES, STATES, UNITS, VERBS, Group

_GROUPS: dict[Group, str] = {
    "act": "Things you do as `you`, with the capabilities that the manifest grants",
    "probe": "Things you do with the debug probe, as somebody with a cable at the processor",
    "time": "Letting the machine run",
    "check": "Saying what must hold",
    "tell": "Talking to the audience",
    "show": "What the screens show; without screens these lines do nothing",
}

_INTRODUCTION = """\
# The language of lessons

Made from the tables of `scenarios/language`: change those and run `python -m scenarios.language.reference`.

A lesson is one Markdown file. It begins with TOML between two lines of `+++`: `title` and `system` (the name of a
manifest, or a `.toml` file beside the lesson), and if you like `seed`, `minutes`, `objectives` and `sources`. Headings
of the first two levels are the *beats* that a presenter steps through. Prose is the narration. Commands stand one a
line in fenced blocks marked `play`; `#` begins a comment, text is written in double quotes (a path and the name of
a moment that is one word may go without), numbers may have
underscores.

`playground new lesson NAME` writes a lesson to begin with. `playground check LESSON` says everything that is wrong with
one, each mistake with `file:line:column`.
`playground play --headless LESSON` plays it as a test with a line for every expectation. Its exit code is 0 if all
hold, 1 if one failed, 2 if the file is not a valid lesson, and 3 if something could not be decided. `--format` prints
the same as JUnit, TAP, Gradescope's `results.json` or JSON, `--all` plays every lesson there is, and `--watch` plays
again after every change. `playground play --linear LESSON` tells a lesson line by line, for screen readers and pipes;
`--student` asks for predictions, and `--results FILE` keeps them and the score as JSON.

The same lines work on the command line inside the screens."""

_RULES = """\
* Without `within`, a condition must hold now. With it, the machine runs on until it holds or the time is over.
  `no event` and `no reply` must go on to hold until the time is over.
* `event` looks at what happened since the beginning of the beat, `run until event` at what happened since the last
  command that did something. Each event answers one `expect event` only.
* Fields of an event are compared by name: `thread=disk`, `fault=VMFault`, `operation=block.read`.
* `time from event A to event B` is the virtual time from the first A to the first B after it; without a B it is not
  decided yet.
* `reply` is the answer to the last `call`, `send`, `revoke`, `delete` or `restart`. `reply.text` is all of it in
  words, the other fields are the results of the operation. They are compared with `==`, `!=`, `<`, `<=`, `>`, `>=`,
  `contains` and `starts with`.
* A server *can reach* another if it holds a capability to send to one of its endpoints; going through others does
  not count.
* A server *holds* a capability if the slot that the manifest fills under that name is not empty. With a dot in it the
  name is that of an object, and any capability to it counts, wherever it came from: `mallory holds disk.block with
  write and grant-reply`. It has to have all the rights that are named.
* A *deadlock* is a circle of servers each of which waits for the next: for an answer, for somebody to take its message,
  or for somebody to deal with its fault. `of` names exactly those in the circle, in any order.
* `manifest with PATH=VALUE without PATH is refused at PATH` reads the manifest of the system again with these changes.
  No system is built from it. If it is refused, as expected, the audience is told the error, with its place."""


_QUESTIONS = """\
The right answer of `ask` is never written down: it is read from the run, after the question was asked.

* `ask "Which error?" answer=reply.error` reads it from a source. What else is offered could also have happened: other
  errors of the same interface, other servers, other numbers of this run. The seed of the lesson chooses among them.
* `ask "How often?" answer=count event served or "25", "50"` offers these beside what the run says: what many will
  believe. If one of them turns out to be what the run says, it is right.
* `ask "What now?" "it is answered" if reply succeeds, "it fails" if reply fails, "it hangs" otherwise` offers what is
  written. Right is the answer whose condition is the first to come true after the question; `otherwise` is right if
  none does.
* A question is open until the end of its beat, or with `within` for so much virtual time, also across beats. `reply`
  is the answer that `you` still waits for, or else that of the next `call` or `send`.
* If no answer is right in the end, the lesson fails."""

_PARAMETERS = """\
The front matter can declare parameters, and `--set NAME=VALUE` sets them (`--set seed=7` the seed):

```toml
[parameters]
victim = "disk"
policy = { default = "permanent", choices = ["permanent", "temporary"], sets = "servers.disk.restart" }
```

In narration and commands, `$victim` stands for the value. With `sets`, the value takes the place of that key in the
manifest of the system."""


def reference() -> str:
    """The whole page as Markdown."""
    return "\n".join([*_verbs(), *_conditions(), *_questions(), *_words()]) + "\n"


def _verbs() -> Iterator[str]:
    yield _INTRODUCTION
    yield "\n## Verbs"
    for group, title in _GROUPS.items():
        yield f"\n### {title}\n"
        for verb in VERBS.values():
            if verb.group == group:
                same = f" The same as `{verb.same_as}`." if verb.same_as else ""
                yield f"* `{verb.usage}`\\\n  {verb.summary}{same}\\\n  Example: `{verb.example}`"


def _conditions() -> Iterator[str]:
    yield "\n## Conditions\n"
    yield from (f"* `{condition}`" for condition in CONDITIONS)
    yield f"\n{_RULES}"
    yield "\n### States: `SERVER is STATE`\n"
    yield from _table(("state", "meaning"), ((f"`{word}`", meaning) for word, (_, meaning) in STATES.items()))
    yield "\n### Numbers of a server: `SERVER.PROPERTY == NUMBER`\n"
    yield from _table(("property", "meaning"), ((f"`{name}`", meaning) for name, meaning in PROPERTIES.items()))
    yield "\n### Rights: `SERVER holds CAPABILITY with RIGHT`\n"
    yield from _table(("right", "what it allows"), ((f"`{name}`", meaning) for name, meaning in RIGHTS.items()))


def _questions() -> Iterator[str]:
    yield "\n## Questions\n"
    yield _QUESTIONS
    yield "\n### Where an answer comes from: `answer=SOURCE`\n"
    yield from _table(("source", "what is right"), ((f"`{name}`", meaning) for name, meaning in SOURCES.items()))
    yield "\n## Parameters\n"
    yield _PARAMETERS


def _words() -> Iterator[str]:
    yield "\n## Durations\n"
    units = ", ".join(f"`{unit}` ({cycles:,})" for unit, cycles in UNITS.items() if unit != "cycle")
    yield f"A number and a unit of virtual time, here with its cycles: {units}."
    yield "\n## Kinds of crash\n"
    yield from _table(("kind", "what happens"), ((f"`{kind}`", meaning) for kind, meaning in CRASH_KINDS.items()))
    yield "\n## Events\n"
    yield "What the servers say about themselves:\n"
    yield from _table(("event", "fields"), ((f"`{topic}`", _fields(fields)) for topic, fields in TOPICS.items()))
    yield "\nWhat the kernel says:\n"
    rows = ((f"`{name}`", _fields((*kind.fields, *DECODED.get(name, ())))) for name, kind in BY_NAME.items())
    yield from _table(("event", "fields"), rows)


def _fields(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"| {head[0]} | {head[1]} |"
    yield "| --- | --- |"
    yield from (f"| {left} | {right} |" for left, right in rows)


if __name__ == "__main__":
    print(reference(), end="")
