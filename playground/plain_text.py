"""Markdown as lines of plain text: a paragraph is a line, without marks, frames or colours; for screen readers."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token


def plain_lines(markdown: str) -> Iterator[str]:
    """One line for each paragraph, entry of a list, row of a table and line of code; empty lines between blocks."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    numbers: list[int] = []
    """For each list that is open, the number of its next entry; 0 if it has none."""
    mark = ""
    row: list[str] = []
    for token in tokens:
        match token.type:
            case "ordered_list_open":
                numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_open":
                numbers.append(0)
            case "ordered_list_close" | "bullet_list_close":
                numbers.pop()
                if not numbers:
                    yield ""
            case "list_item_open":
                mark = f"{numbers[-1]}. " if numbers[-1] else "- "
                numbers[-1] += numbers[-1] > 0
            case "inline" if token.level and tokens_in_cell(token, row):
                pass
            case "inline":
                yield mark + words(token)
                mark = ""
            case "tr_open":
                row.clear()
            case "tr_close":
                yield "; ".join(row)
                row.clear()
            case "th_open" | "td_open":
                row.append("")
            case "paragraph_close" | "heading_close" | "table_close" if not numbers:
                yield ""
            case "fence" | "code_block":
                yield from token.content.rstrip("\n").split("\n")
                yield ""
            case _:
                pass


def tokens_in_cell(token: Token, row: list[str]) -> bool:
    """Whether the text belongs to the cell of a table that was opened last; then it is put there."""
    if not row or row[-1]:
        return False
    row[-1] = words(token) or " "
    return True


def words(token: Token) -> str:
    """The text of a paragraph without emphasis and links."""
    parts = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.content:
            parts.append(child.content)
    return "".join(parts)
