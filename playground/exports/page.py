"""A lesson as one page: a file that needs no network, no script and no program of ours, for reading and printing.

What the audience of the lesson hears, sees and is asked stands in it in the same order: narration, questions whose
answers are folded away, what was done and whether it held, a picture of the screens, and who sent what to whom. Every
picture is there in words as well.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from typing import Final

from playground.exports.chapters import Chapter, Exchange, Picture, Telling, in_words
from playground.exports.page_style import POLICY, STYLE
from playground.exports.prose import html_of
from scenarios.language.syntax import Ask, Command, Compare, Say
from scenarios.lesson import Play, Prose

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What may not stand in HTML."""
_CODE: Final = re.compile("`([^`]+)`")
_VERDICTS: Final[dict[str, str]] = {
    "passed": "✓ holds", "failed": "✗ does not hold", "undecided": "? could not be decided",
}  # fmt: skip


def page(told: Telling, *, dark: bool) -> Iterator[str]:
    """The page in pieces of text. `dark`: the pictures of the screens are."""
    for piece in _page(told, "screen dark" if dark else "screen"):
        yield _FORBIDDEN.sub("·", piece)


def _page(told: Telling, kind: str) -> Iterator[str]:
    title = _text(told.lesson.title)
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    yield '<a class="skip" href="#lesson">To the lesson</a>\n'
    yield f"<header>\n<h1>{title}</h1>\n"
    yield f'<p class="quiet">{_text(_about(told))}</p>\n</header>\n'
    yield '<nav aria-labelledby="contents">\n<h2 id="contents">Contents</h2>\n<ol>\n'
    yield from (f'<li><a href="#beat-{one.number}">{_text(one.beat.title)}</a></li>\n' for one in told.chapters)
    yield '</ol>\n</nav>\n<main id="lesson">\n'
    yield from _list("objectives", "At the end you can", told.lesson.front.objectives)
    for chapter in told.chapters:
        yield from _chapter(told, chapter, kind)
    yield from _list("sources", "Based on", told.lesson.front.sources)
    yield f"</main>\n<footer>\n<p>{_verdict(told)}</p>\n"
    yield f'<p class="quiet">{_text(_made(told))}</p>\n</footer>\n</body>\n</html>\n'


def _about(told: Telling) -> str:
    front = told.lesson.front
    parts = [f"{len(told.chapters)} beats", f"about {front.minutes} minutes" if front.minutes else ""]
    parts += [f"{name} = {value}" for name, value in told.lesson.values.items()]
    return " · ".join(filter(None, parts))


def _made(told: Telling) -> str:
    return (
        f"Everything on this page comes from one run of the system {told.lesson.front.system} with the seed "
        f"{told.seed} on the microkernel playground {told.version}; the same lesson gives the same page. "
        f"To play it yourself: playground play {told.lesson.name}"
    )


def _verdict(told: Telling) -> str:
    counts = told.checks
    total = sum(counts.values())
    if not total:
        return "Nothing was expected in this lesson."
    bad = [f"{counts[name]} {words}" for name, words in (("failed", "failed"), ("undecided", "could not be decided"))
           if counts[name]]  # fmt: skip
    return f"{counts['passed']} of {total} expectations hold{''.join(f', {part}' for part in bad)}."


def _list(name: str, title: str, entries: tuple[str, ...]) -> Iterator[str]:
    if entries:
        rows = "".join(f"<li>{_text(entry)}</li>\n" for entry in entries)
        yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">{title}</h2>\n<ul>\n{rows}</ul>\n</section>\n'


def _chapter(told: Telling, chapter: Chapter, kind: str) -> Iterator[str]:
    name = f"beat-{chapter.number}"
    yield f'<section aria-labelledby="{name}">\n'
    yield f'<h2 id="{name}">{chapter.number}. {_text(chapter.beat.title)}</h2>\n'
    for part in chapter.beat.segments:
        match part:
            case Prose(markdown=markdown):
                yield html_of(markdown, 3)
            case Play(commands=commands):
                rows = [row for command in commands for row in _command(told, command)]
                if rows:
                    yield '<ol class="played">\n' + "".join(rows) + "</ol>\n"
    for picture in chapter.pictures:
        yield from _screen(picture, kind)
    if chapter.messages is not None:
        yield from _messages(chapter.messages, chapter)
    yield "</section>\n"


def _command(told: Telling, command: Command) -> Iterator[str]:
    """What a command did or said; a remark for the presenter alone is not told."""
    match command.action:
        case Say(aside=True):
            return
        case Say(text=text):
            yield f"<li><blockquote><p>{_sentence(text)}</p></blockquote></li>\n"
        case Ask():
            yield f"<li>{''.join(_question(told, command))}</li>\n"
        case Compare():
            words = [line.text for line in told.log.get(command.place, ())]
            yield f"<li><code>{_text(command.text)}</code><br>{_text(' '.join(words))}</li>\n"
        case _:
            yield from _outcome(told, command)


def _outcome(told: Telling, command: Command) -> Iterator[str]:
    lines = told.log.get(command.place, ())
    for line in lines:
        detail = f' <span class="quiet">({_sentence(line.detail)})</span>' if line.detail else ""
        if line.kind == "check":
            verdict = f'<span class="verdict">{_VERDICTS[line.verdict]}</span>'
            yield f'<li class="{line.verdict}">{verdict}: {_sentence(line.text)}{detail}</li>\n'
        else:
            yield f"<li><code>{_text(line.text)}</code>{detail}</li>\n"
    if not lines:
        yield f'<li><code>{_text(command.text)}</code> <span class="quiet">(not reached)</span></li>\n'


def _question(told: Telling, command: Command) -> Iterator[str]:
    """The question with its choices; the answer only if the reader wants it."""
    asked = told.predictions.get(command.place)
    assert isinstance(command.action, Ask)
    yield f'<div class="question">\n<p><strong>What do you think?</strong> {_sentence(command.action.question)}</p>\n'
    if asked is not None and asked.choices:
        yield "<ol>\n" + "".join(f"<li>{_sentence(choice)}</li>\n" for choice in asked.choices) + "</ol>\n"
    answer = "It was not decided."
    if asked is not None and asked.answer:
        why = f": {_sentence(asked.why)}" if asked.why else ""
        answer = f"<strong>{_sentence(asked.answer)}</strong>{why}"
    yield f"<details><summary>The answer</summary><p>{answer}</p></details>\n</div>"


def _screen(picture: Picture, kind: str) -> Iterator[str]:
    alternative = f"The screens of the playground. {picture.title} {picture.words}"
    yield f'<figure>\n<img class="{kind}" alt="{_text(alternative)}" src="{_data(picture.svg)}">\n'
    yield f"<figcaption>{_text(picture.title)} {_text(picture.words)}\n"
    yield f'<details><summary>The screens as text</summary><pre class="screen">{_text(picture.text)}</pre></details>\n'
    yield "</figcaption>\n</figure>\n"


def _messages(sent: Exchange, chapter: Chapter) -> Iterator[str]:
    count = len(sent.steps) + sent.more
    steps = "1 step" if count == 1 else f"{count:,} steps"
    alternative = f"Sequence diagram of beat {chapter.number}: {steps}, which follow in words."
    yield '<figure>\n<div class="wide" role="group" tabindex="0" aria-label="Sequence diagram, scrolls sideways">\n'
    yield f'<img class="messages" alt="{_text(alternative)}" src="{_data(sent.svg)}">\n</div>\n'
    yield f"<figcaption>Who sent what to whom in this beat: {steps}.\n"
    yield "<details><summary>The same in words</summary>\n<ol>\n"
    yield from (f"<li>{_sentence(in_words(step))}</li>\n" for step in sent.steps)
    yield f"</ol>\n{f'<p>And {sent.more:,} more.</p>' if sent.more else ''}</details>\n</figcaption>\n</figure>\n"


def _data(svg: str) -> str:
    """A picture inside the page."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _text(text: str) -> str:
    """Words as they stand in the file."""
    return escape(text, quote=True)


def _sentence(text: str) -> str:
    """Words in which names between backticks are code."""
    return _CODE.sub(r"<code>\1</code>", _text(text))
