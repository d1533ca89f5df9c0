"""One moment as a picture or as plain text: the real screens, drawn without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from playground.exports.offscreen import Look, offscreen
from playground.exports.run import Run, Span, mark_before


def svg(run: Run, span: Span, look: Look) -> Iterator[str]:
    """The moment at the end of the range as an SVG picture without fonts from elsewhere."""
    yield asyncio.run(_svg(run, span.stop, look)) + "\n"


def text(run: Run, span: Span, look: Look) -> Iterator[str]:
    """The same as lines of text."""
    for line in asyncio.run(_text(run, span.stop, look)):
        yield line + "\n"


async def _svg(run: Run, count: int, look: Look) -> str:
    async with offscreen(run, look) as screens:
        screens.show(count, mark_before(run, count))
        return screens.svg(f"{run.title}, after {count:,} events")


async def _text(run: Run, count: int, look: Look) -> list[str]:
    async with offscreen(run, look) as screens:
        screens.show(count, mark_before(run, count))
        return screens.text()
