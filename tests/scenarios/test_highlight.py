"""Any tool that uses Pygments colours the language, from the same tables as the parser."""

import re

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Keyword, Name, Number, String, Token

from scenarios.language import VERBS, parse_line
from scenarios.language.grammar import GRAMMAR
from scenarios.language.highlight import CONNECTIVES, PlayLexer
from scenarios.library import lesson_names, read_lesson

LINE = 'expect event restarted server=disk within 2_000 ms  # "why"\n'


def test_pygments_finds_the_lexer_by_the_word_of_the_fence() -> None:
    assert isinstance(get_lexer_by_name("play"), PlayLexer)


def test_verbs_events_fields_numbers_and_comments_have_colours_of_their_own() -> None:
    kinds = {text: kind for kind, text in lex(LINE, PlayLexer())}
    assert kinds["expect"] is Keyword
    assert kinds["restarted"] is Name.Exception
    assert kinds["server"] is Name.Attribute
    assert kinds["2_000"] is Number
    assert kinds["ms"] is Keyword.Type
    assert kinds['# "why"'] is Comment.Single
    assert {text: kind for kind, text in lex('say "Look # here"\n', PlayLexer())}['"Look # here"'] is String.Double


def test_every_verb_is_a_keyword_and_what_is_none_is_not() -> None:
    for verb in VERBS.values():
        assert next(iter(lex(verb.example, PlayLexer()))) == (Keyword, verb.name)
    assert next(iter(lex("crsh disk", PlayLexer())))[0] is Token.Text


def test_every_keyword_of_the_grammar_is_coloured() -> None:
    rules = re.sub(r"//.*", "", GRAMMAR.read_text(encoding="utf-8"))
    keywords = set(re.findall(r'"([a-z]+)"', rules))
    assert keywords - set(VERBS) <= set(CONNECTIVES), keywords - set(VERBS) - set(CONNECTIVES)


def test_every_line_of_every_lesson_is_coloured_whole_and_without_errors() -> None:
    for name in lesson_names():
        for command in read_lesson(name).commands:
            assert parse_line(command.source) is not None
            tokens = list(lex(command.source, PlayLexer(stripnl=False)))
            assert "".join(text for _, text in tokens).rstrip("\n") == command.source
            assert all(kind is not Error for kind, _ in tokens), command.source
