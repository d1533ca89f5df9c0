"""The formats of `playground export`, one row each: help, the command line and the exporter read them here.

Plain values without imports, so that `playground --help` stays quick.
"""

FORMATS: dict[str, tuple[str, str]] = {
    "cast": (".cast", "a film of the screens for asciinema (asciicast v3): of a recording with a marker at every "
             "turning point, of a lesson with its narration, the keys, and a marker at every beat"),
    "page": (".html", "a lesson as one web page, to read and to print: narration, questions, expectations, pictures of "
             "the screens, sequence diagrams; nothing is loaded from elsewhere"),
    "svg": (".svg", "a picture of the screens at one moment, for slides and pages"),
    "text": (".txt", "the screens at one moment as plain text"),
    "mermaid": (".mmd", "who sent what to whom, as a Mermaid sequence diagram"),
    "diagram": (".svg", "the same sequence diagram as a picture that needs no other program"),
    "perfetto": (".json", "a trace for ui.perfetto.dev or chrome://tracing: threads are tracks, calls slices, messages "
                 "arrows, and 1,000 virtual cycles a microsecond"),
    "jsonl": (".jsonl", "every event as one line of JSON, with names and a sentence; can be read back without loss"),
    "lesson": (".md", "the beginning of a lesson that does again, with expectations, what was done by hand"),
}  # fmt: skip
"""By name: the usual ending of the file, and what it is in half a sentence."""

OF_ONE_MOMENT = ("svg", "text")
"""Formats that show the moment at the end of the range."""
OF_LESSONS = ("cast", "page")
"""Formats that tell a lesson with its words, and not only what its machine did."""
LINE = 78
"""Columns of the help."""
WHOLE = ("lesson",)
"""Formats that need the run from its beginning."""


def help_text() -> str:
    """The formats, one a line, as `playground export --help` shows them."""
    width = max(map(len, FORMATS))
    lines = ["formats:"]
    for name, (_, sentence) in FORMATS.items():
        line = f"  {name:<{width}} "
        for word in sentence.split():
            if len(line) + 1 + len(word) > LINE:
                lines.append(line)
                line = " " * (width + 3)
            line += f" {word}"
        lines.append(line)
    return "\n".join(lines)
