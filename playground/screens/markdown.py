"""Markdown as lines for a canvas: what lessons use of it, wrapped between words, with inks for emphasis and code."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from playground.screens.canvas import Row

if TYPE_CHECKING:
    from markdown_it.token import Token

TAB_WIDTH: Final = 4
_OPEN: Final = {"strong_open": "bold", "em_open": "italic", "s_open": "strike"}
_CLOSE: Final = {"strong_close": "bold", "em_close": "italic", "s_close": "strike"}


@lru_cache(64)
def lines(text: str, width: int) -> tuple[Row, ...]:
    """The text as rows of at most `width` cells."""
    from markdown_it import MarkdownIt

    rows: list[Row] = []
    indent: list[str] = []
    bullet = ""
    ink = "text"
    for token in MarkdownIt("commonmark").parse(text):
        match token.type:
            case "heading_open":
                ink = "title"
            case "heading_close":
                ink = "text"
            case "bullet_list_open":
                indent.append("• ")
            case "ordered_list_open":
                indent.append("1. ")
            case "bullet_list_close" | "ordered_list_close":
                indent.pop()
                rows.append(())
            case "list_item_open":
                bullet = f"{token.info}. " if token.info else "• "
            case "blockquote_open":
                indent.append("▏ ")
            case "blockquote_close":
                indent.pop()
            case "inline":
                lead = "  " * max(len(indent) - 1, 0) + (bullet or ("  " if indent else ""))
                rows += _wrap(_runs(token, ink), width, lead)
                bullet = ""
                if not indent:
                    rows.append(())
            case "fence" | "code_block":
                code = token.content.expandtabs(TAB_WIDTH).rstrip("\n").split("\n")
                rows += [((f"  {line}", "you"),) for line in code]
                rows.append(())
            case "hr":
                rows += [(("─" * width, "line"),), ()]
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _runs(token: Token, ink: str) -> list[tuple[str, str]]:
    """The pieces of an inline token with their inks."""
    pieces: list[tuple[str, str]] = []
    attributes: list[str] = []
    for child in token.children or ():
        if child.type in _OPEN:
            attributes.append(_OPEN[child.type])
        elif child.type in _CLOSE:
            attributes.remove(_CLOSE[child.type])
        elif child.type == "code_inline":
            pieces.append((child.content, "you bold" if "bold" in attributes else "you"))
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append((" ", ink))
        elif child.content:
            pieces.append((child.content, " ".join([ink, *attributes])))
    return pieces


def _wrap(pieces: list[tuple[str, str]], width: int, lead: str) -> list[Row]:
    """Break between words; later lines are indented as far as the text of the first."""
    rows: list[Row] = []
    row: list[tuple[str, str]] = [(lead, "lit bold")] if lead else []
    used, empty = len(lead), True
    gap: tuple[str, str] | None = None
    for word in _words(pieces):
        length = sum(len(text) for text, _ in word)
        if word[0][0] == " ":
            gap = word[0]
            continue
        if not empty and used + length + (gap is not None) > width:
            rows.append(tuple(row))
            row, used, empty, gap = [(" " * len(lead), "text")] if lead else [], len(lead), True, None
        if gap is not None and not empty:
            row.append(gap)
            used += 1
        row += word
        used, empty, gap = used + length, False, None
    if not empty:
        rows.append(tuple(row))
    return rows


def _words(pieces: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Words that stay together, each made of runs, and blanks between them."""
    words: list[list[tuple[str, str]]] = []
    glued = False
    for text, ink in pieces:
        for number, part in enumerate(text.split(" ")):
            if number:
                words.append([(" ", ink)])
                glued = False
            if not part:
                continue
            if glued:
                words[-1].append((part, ink))
            else:
                words.append([(part, ink)])
            glued = True
    return words
