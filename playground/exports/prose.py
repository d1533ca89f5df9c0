"""Markdown as HTML for the page of a lesson: escaped throughout, and with nothing that a browser would have to fetch.

Raw HTML stays the text that it is, a picture becomes its description, a link is kept only if it leads to a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

LINKS: Final = ("https://", "http://", "mailto:", "#")
"""How a link begins that is kept."""
DEEPEST: Final = 6
"""Levels of headings in HTML."""


class _Renderer(RendererHTML):
    """The usual elements, without pictures."""

    def image(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        """What the picture shows, in words."""
        told = escape(self.renderInlineAsText(tokens[place].children or [], options, env))
        return f'<span class="picture">{told}</span>'


def html_of(markdown: str, level: int) -> str:
    """The text as HTML. Its headings begin at `level` and never skip one, so that they fit below that of the page."""
    reader = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    tokens = reader.parse(markdown)
    _fit_headings(tokens, level)
    for token in tokens:
        if token.children:
            token.children = _safe_links(token.children)
        elif token.type == "fence":
            token.info = ""  # it would become the name of a class
    rendered = reader.renderer.render(tokens, reader.options, {})
    assert isinstance(rendered, str)
    return rendered


def _fit_headings(tokens: list[Token], level: int) -> None:
    """A heading goes at most one level deeper than the one before it."""
    before = level - 1
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            before = min(max(int(token.tag[1:]), level), before + 1, DEEPEST)
            token.tag = tokens[place + 2].tag = f"h{before}"


def _safe_links(tokens: Sequence[Token]) -> list[Token]:
    """Links to pages stay; of others, which would lead into a folder that is not there, only the words do."""
    kept: list[Token] = []
    dropped: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            dropped.append(not str(token.attrGet("href") or "").casefold().startswith(LINKS))
            token.attrSet("rel", "noreferrer")
            if dropped[-1]:
                continue
        elif token.type == "link_close" and dropped.pop():
            continue
        kept.append(token)
    return kept
