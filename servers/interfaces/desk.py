"""The interfaces of the lesson on replies: a desk that answers as one asks it to, visitors, and a clerk."""

from __future__ import annotations

from typing import Final

from servers.interfaces.base import Argument, Interface, Operation

_QUESTION = Argument("question", "text", "what to ask")
_ANSWER = (Argument("answer", "text", "what the desk says"),)

DESK: Final = Interface(
    name="desk",
    number=39,
    version=1,
    doc="Questions, answered in several ways.",
    operations=(
        Operation("ask", 1, "Answer.", (_QUESTION,), _ANSWER),
        Operation("twice", 2, "Answer, and then answer once more.", (_QUESTION,), _ANSWER),
        Operation("forget", 3, "Put the question aside, take the next.", (_QUESTION,), _ANSWER, ("NO_MEMORY",)),
        Operation("remember", 4, "Answer what was put aside first; then this.", (_QUESTION,), _ANSWER),
        Operation("lend", 5, "Give the clerk a copy of the Reply capability of this call; then answer.",
                  (_QUESTION,), _ANSWER),
    ),
)  # fmt: skip

VISITOR: Final = Interface(
    name="visitor",
    number=40,
    version=1,
    doc="Somebody who goes to a desk and waits there.",
    operations=(
        Operation(
            "visit", 1, "Say yes, then go to the desk and wait for the answer.",
            (Argument("how", "text", "the operation of the desk: ask, twice, forget, remember, lend"), _QUESTION),
        ),
    ),
)  # fmt: skip

CLERK: Final = Interface(
    name="clerk",
    number=41,
    version=1,
    doc="Somebody behind the desk.",
    operations=(
        Operation(
            "keep", 1, "Keep the Reply capability that comes with this message.",
            (Argument("capability", "capability", "what to answer with"),),
        ),
        Operation(
            "answer", 2, "Say yes, then answer with it, whoever may be waiting.",
            (Argument("text", "text", "what to answer"),),
        ),
    ),
)  # fmt: skip
