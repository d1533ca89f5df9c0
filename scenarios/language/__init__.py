"""The language of lessons, which is also that of the command line inside the screens."""

from scenarios.language.check import World, check_command, world_of
from scenarios.language.completion import complete
from scenarios.language.errors import LanguageError, LessonError, Problem
from scenarios.language.parser import parse_line
from scenarios.language.syntax import Command
from scenarios.language.verbs import CRASH_KINDS, STATES, VERBS, Verb
from scenarios.language.words import condition_in_words

__all__ = [
    "CRASH_KINDS", "STATES", "VERBS", "Command", "LanguageError", "LessonError", "Problem", "Verb", "World",
    "check_command", "complete", "condition_in_words", "parse_line", "world_of",
]  # fmt: skip
