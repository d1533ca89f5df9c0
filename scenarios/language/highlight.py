"""The language in colours: a Pygments lexer made from the tables, registered as an entry point under the name `play`.

With it, fenced `play` blocks are coloured wherever Pygments is at work: in the screens, in documentation, in editors.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, Whitespace

from scenarios.language.verbs import STATES, UNITS, VERBS

CONNECTIVES = (
    "until", "within", "with", "event", "no", "count", "before", "time", "from", "to", "is", "not", "for", "can",
    "cannot", "reach", "holds", "lacks", "succeeds", "fails", "contains", "starts", "if", "or", "otherwise", "answer",
    "next", "running", "server", "whether", "of", "reply", "max", "as", "and", "at", "deadlock", "manifest",
    "without", "accepted", "refused", "last", "message",
)  # fmt: skip
"""Words between the names; a test holds them against the grammar."""

_END = r"(?![\w-])"


class PlayLexer(RegexLexer):
    """Lines of a lesson or of the command line."""

    name = "Microkernel Playground lesson"
    aliases: ClassVar[list[str]] = ["play", "playground"]
    filenames: ClassVar[list[str]] = ["*.play"]
    url = ""
    version_added = ""

    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            (r"\n", Whitespace),
            (r"[ \t]+", Whitespace),
            (r"#.*", Comment.Single),
            (words(tuple(VERBS), suffix=_END), Keyword, "line"),
            (r"[^\s#]+", Text, "line"),
        ],
        "line": [
            (r"\n", Whitespace, "#pop"),
            (r"[ \t]+", Whitespace),
            (r"#.*", Comment.Single),
            (r'"(?:\\.|[^"\\\n])*"', String.Double),
            (r'/[^\s"#]*', String.Other),
            (r"\$[A-Za-z_]\w*", Name.Variable),
            (r"(event)([ \t]+)([\w-]+)", bygroups(Keyword.Reserved, Whitespace, Name.Exception)),  # type: ignore[no-untyped-call]
            (r"0[xX][0-9A-Fa-f_]+|\d[\d_]*", Number),
            (words(tuple(UNITS), prefix=r"\b", suffix=_END), Keyword.Type),
            (r"([A-Za-z_][\w-]*)(=)(?!=)", bygroups(Name.Attribute, Operator)),  # type: ignore[no-untyped-call]
            (r"(?<=is )(" + "|".join(sorted(STATES, key=len, reverse=True)) + ")" + _END, Name.Constant),
            (r"(?<=is not )(" + "|".join(sorted(STATES, key=len, reverse=True)) + ")" + _END, Name.Constant),
            (words(CONNECTIVES, prefix=r"\b", suffix=_END), Keyword.Reserved),
            (r"[A-Za-z_][\w-]*", Name),
            (r"==|!=|<=|>=|<|>|=", Operator),
            (r"[.,]", Punctuation),
            (r".", Text),
        ],
    }
