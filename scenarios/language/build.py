"""From the syntax tree of one line to plain data: numbers, escapes, durations and choices get their value here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from lark import Tree
from lark.lexer import Token

from scenarios.language import syntax
from scenarios.language.errors import Trouble, unknown
from scenarios.language.syntax import Action, Condition, Duration, EventPattern, Literal, Setting, Word
from scenarios.language.verbs import MOST_CHOICES, MOST_CYCLES, MOST_STEPS, UNITS, VERBS

Node = Tree[Token] | Token | None

_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}
_LARGEST: Final = (1 << 64) - 1


class Builder:
    """One method for each kind of node; the names are those of the grammar's rules."""

    def action(self, tree: Tree[Token]) -> Action:
        """What the line of a verb means. Raises Trouble."""
        if VERBS[tree.data].group == "show":
            return self.show(str(tree.data), tree)
        method = getattr(self, f"_{tree.data}")
        return cast(Action, method(*tree.children))

    def condition(self, tree: Tree[Token]) -> Condition:
        """What a condition means. Raises Trouble."""
        method = getattr(self, f"_{tree.data}")
        return cast(Condition, method(*tree.children))

    # Actions

    def _call(self, target: Tree[Token], *rest: Node) -> Action:
        server, operation = _target(target)
        return syntax.Call(server, operation, _settings(rest[:-1]), _limit(rest[-1]))

    def _send(self, target: Tree[Token], *rest: Node) -> Action:
        server, operation = _target(target)
        return syntax.Call(server, operation, _settings(rest), None, waits=False)

    def _key(self, text: Token) -> Action:
        return syntax.Key(_string(text))

    def _crash(self, server: Token, kind: Token) -> Action:
        return syntax.Crash(_word(server), _word(kind))

    def _pause(self, server: Token) -> Action:
        return syntax.Pause(_word(server))

    def _resume(self, server: Token) -> Action:
        return syntax.Resume(_word(server))

    def _revoke(self, target: Tree[Token]) -> Action:
        return syntax.Revoke(*_target(target))

    def _delete(self, target: Tree[Token]) -> Action:
        return syntax.Delete(*_target(target))

    def _restart(self, server: Token) -> Action:
        return syntax.Restart(_word(server))

    _restore = _restart

    def _step(self, count: Token | None) -> Action:
        number = 1 if count is None else _number(count)
        if not 1 <= number <= MOST_STEPS:
            raise Trouble(_column(count), f"A number of steps is 1 to {MOST_STEPS:_}, not {number:_}")
        return syntax.Step(number)

    def _run(self, until: Tree[Token] | None, limit: Tree[Token] | None) -> Action:
        return syntax.Run(self.condition(until) if until else None, _limit(limit))

    def _wait(self, duration: Tree[Token]) -> Action:
        return syntax.Wait(_duration(duration))

    def _expect(self, condition: Tree[Token], limit: Tree[Token] | None) -> Action:
        return syntax.Expect(self.condition(condition), _limit(limit))

    def _ask(self, question: Token, answers: Tree[Token], limit: Tree[Token] | None) -> Action:
        if not _string(question).strip():
            raise Trouble(_column(question), 'A question asks something, such as ask "Who answers?" answer=...')
        if answers.data == "computed":
            source, also = cast("list[Tree[Token] | None]", answers.children)
            assert source is not None
            made = cast(syntax.Source, getattr(self, f"_{source.data}")(*source.children))
            return syntax.Ask(_string(question), source=made, also=self._also(made, also), limit=_limit(limit))
        options = tuple(self._option(node) for node in answers.children if isinstance(node, Tree))
        texts = {option.text for option in options}
        if not 2 <= len(options) <= MOST_CHOICES or not all(texts) or len(texts) < len(options):
            sentence = f'A question has 2 to {MOST_CHOICES} different answers: "A" if CONDITION, "B" otherwise'
            raise Trouble(options[-1].column, sentence)
        return syntax.Ask(_string(question), options, limit=_limit(limit))

    def _also(self, source: syntax.Source, also: Tree[Token] | None) -> tuple[str, ...]:
        if also is None:
            return ()
        first = cast(Token, also.children[0])
        texts = tuple(_string(cast(Token, token)) for token in also.children)
        if isinstance(source, syntax.AnswerWhether):
            raise Trouble(_column(first), "What is asked with `whether` is answered with yes or no, and nothing else")
        if len(texts) >= MOST_CHOICES or not all(texts) or len({*texts}) < len(texts):
            most = MOST_CHOICES - 1
            raise Trouble(_column(first), f'After `or` stand one to {most} different answers: or "A", "B"')
        return texts

    def _option(self, tree: Tree[Token]) -> syntax.Option:
        text = cast(Token, tree.children[0])
        condition = cast("Tree[Token]", tree.children[1]) if tree.data == "option" else None
        return syntax.Option(_string(text), self.condition(condition) if condition else None, _column(text))

    def _answer_reply(self, field: Token) -> syntax.Source:
        return syntax.AnswerReply(_word(field))

    def _answer_next(self) -> syntax.Source:
        return syntax.AnswerNext()

    def _answer_count(self, event: Tree[Token]) -> syntax.Source:
        return syntax.AnswerCount(_event(event))

    def _answer_whether(self, condition: Tree[Token]) -> syntax.Source:
        return syntax.AnswerWhether(self.condition(condition))

    def _answer_property(self, server: Token, name: Token) -> syntax.Source:
        return syntax.AnswerProperty(_word(server), _word(name))

    def _answer_field(self, field: Token, event: Tree[Token]) -> syntax.Source:
        return syntax.AnswerField(_word(field), _event(event))

    def _mark(self, name: Token) -> Action:
        return syntax.MarkMoment(_name(name), _column(name))

    def _branch(self, mark: Token, name: Token) -> Action:
        return syntax.Branch(_name(mark), _name(name), _column(mark))

    def _compare(self, name: Token) -> Action:
        return syntax.Compare(_name(name), _column(name))

    def _goto(self, name: Token) -> Action:
        return syntax.Goto(_name(name), _column(name))

    def _focus(self, server: Token) -> Action:
        return syntax.Focus(_word(server))

    def _say(self, text: Token) -> Action:
        return syntax.Say(_string(text))

    def _note(self, text: Token) -> Action:
        return syntax.Say(_string(text), aside=True)

    def show(self, verb: str, tree: Tree[Token]) -> Action:
        """What the screens alone do: they are handed the line itself, it is taken apart only to be checked."""
        child = tree.children[-1] if tree.children else None
        if isinstance(child, Tree) and child.data in ("why_not", "letter"):
            named = [cast("Token | None", part) for part in child.children]
            return syntax.Show(
                verb, servers=tuple(_word(part) for part in named if part is not None and part.type == "NAME")
            )
        if verb == "find":
            return syntax.Show(verb, None, self.condition(cast("Tree[Token]", child)))
        if isinstance(child, Tree):
            return syntax.Show(verb, _dotted(child))
        if verb == "go" and child is not None:
            return syntax.Show(verb, Word(_name(child), _column(child)))
        return syntax.Show(verb, _word(child) if child is not None else None)

    # Conditions

    def _reply_field(self, field: Token, comparison: Tree[Token], value: Tree[Token]) -> Condition:
        return syntax.ReplyField(_word(field), _comparison(comparison), _literal(value))

    def _reply_succeeds(self) -> Condition:
        return syntax.ReplySucceeds()

    def _reply_fails(self, error: Token | None) -> Condition:
        return syntax.ReplyFails(_word(error) if error is not None else None)

    def _no_reply(self) -> Condition:
        return syntax.NoReply()

    def _happened(self, event: Tree[Token]) -> Condition:
        return syntax.Happened(_event(event))

    def _absent(self, event: Tree[Token]) -> Condition:
        return syntax.Absent(_event(event))

    def _before(self, first: Tree[Token], second: Tree[Token]) -> Condition:
        return syntax.Before(_event(first), _event(second))

    def _counted(self, event: Tree[Token], comparison: Tree[Token], number: Token) -> Condition:
        return syntax.Counted(_event(event), _order(comparison), _number(number))

    def _elapsed(
        self, first: Tree[Token], second: Tree[Token], comparison: Tree[Token], duration: Tree[Token]
    ) -> Condition:
        return syntax.Elapsed(_event(first), _event(second), _order(comparison), _duration(duration))

    def _state(self, server: Token, negation: Token | None, state: Token, doing: Tree[Token] | None) -> Condition:
        extra: dict[str, Word] = {}
        if doing is not None and doing.data == "waiting_for":
            extra["waits_for"] = _word(cast(Token, doing.children[0]))
            _only(state, "waiting", "for SERVER")
        elif doing is not None and doing.data == "handling_from":
            extra["asked_by"] = _word(cast(Token, doing.children[0]))
            _only(state, "handling", "from SERVER")
        elif doing is not None:
            target, client = doing.children
            extra["interface"], extra["operation"] = _target(cast("Tree[Token]", target))
            if client is not None:
                extra["asked_by"] = _word(cast(Token, client))
            _only(state, "handling", "INTERFACE.OPERATION")
        return syntax.IsState(_word(server), _word(state), negation is not None, **extra)

    def _can(self, source: Token, destination: Token) -> Condition:
        return syntax.Reach(_word(source), _word(destination), True)

    def _cannot(self, source: Token, destination: Token) -> Condition:
        return syntax.Reach(_word(source), _word(destination), False)

    def _holds(self, server: Token, capability: Tree[Token], rights: Tree[Token] | None) -> Condition:
        return syntax.Holds(_word(server), _dotted(capability), True, _words(rights))

    def _lacks(self, server: Token, capability: Tree[Token], rights: Tree[Token] | None) -> Condition:
        return syntax.Holds(_word(server), _dotted(capability), False, _words(rights))

    def _locked(self, members: Tree[Token] | None) -> Condition:
        return syntax.Deadlock(_words(members))

    def _unlocked(self, members: Tree[Token] | None) -> Condition:
        return syntax.Deadlock(_words(members), negated=True)

    def _accepted(self, *changes: Tree[Token]) -> Condition:
        return syntax.Judged(tuple(_change(change) for change in changes), True)

    def _refused(self, *rest: Node) -> Condition:
        changes = tuple(_change(cast("Tree[Token]", change)) for change in rest[:-1])
        return syntax.Judged(changes, False, _dotted(cast("Tree[Token]", rest[-1])) if rest[-1] is not None else None)

    def _property(self, server: Token, name: Token, comparison: Tree[Token], number: Token) -> Condition:
        return syntax.Property(_word(server), _word(name), _order(comparison), _number(number))


def _column(token: Any) -> int:
    return getattr(token, "column", None) or 1


def _word(token: Token) -> Word:
    return Word(str(token), _column(token))


def _words(tree: Tree[Token] | None) -> tuple[Word, ...]:
    return tuple(_word(cast(Token, child)) for child in tree.children) if tree is not None else ()


def _dotted(tree: Tree[Token]) -> Word:
    parts = [cast(Token, part) for part in tree.children]
    return Word(".".join(parts), _column(parts[0]))


def _change(tree: Tree[Token]) -> syntax.ManifestChange:
    path = _dotted(cast("Tree[Token]", tree.children[0]))
    value = _literal(cast("Tree[Token]", tree.children[1])) if tree.data == "changed" else None
    return syntax.ManifestChange(path, value)


def _target(tree: Tree[Token]) -> tuple[Word, Word]:
    server, name = tree.children
    return _word(cast(Token, server)), _word(cast(Token, name))


def _number(token: Token | None) -> int:
    text = str(token)
    try:
        number = int(text.replace("_", ""), 16 if text[:2].lower() == "0x" else 10)
    except ValueError:
        raise Trouble(_column(token), f"`{text}` is not a number") from None
    if number > _LARGEST:
        raise Trouble(_column(token), f"The largest number is 2^64 - 1, {text} is larger")
    return number


def _string(token: Token) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1] not in _ESCAPES:
            known = ", ".join(f"\\{key}" for key in _ESCAPES)
            raise Trouble(_column(token) + 1 + match.start(), f"`\\{match[1]}` means nothing; there is {known}")
        return _ESCAPES[match[1]]

    return re.sub(r"\\(.)", replace, str(token)[1:-1])


def _name(token: Token) -> str:
    text = _string(token).strip() if token.type == "STRING" else str(token)
    if not text:
        raise Trouble(_column(token), 'A moment has a name that is not empty, such as mark "before the crash"')
    return text


def _literal(tree: Tree[Token]) -> Literal:
    token = cast(Token, tree.children[0])
    if tree.data == "number":
        return Literal(_number(token), column=_column(token))
    if tree.data == "text":
        return Literal(_string(token), column=_column(token))
    if tree.data == "path":
        return Literal(str(token), column=_column(token))
    return Literal(".".join(str(child) for child in tree.children), True, _column(token))


def _settings(nodes: Sequence[Node]) -> tuple[Setting, ...]:
    return tuple(_setting(node) for node in nodes if isinstance(node, Tree))


def _setting(tree: Tree[Token]) -> Setting:
    if len(tree.children) == 1:
        return Setting(None, _literal(cast("Tree[Token]", tree.children[0])))
    name, value = tree.children
    return Setting(_word(cast(Token, name)), _literal(cast("Tree[Token]", value)))


def _event(tree: Tree[Token]) -> EventPattern:
    name, *fields = tree.children
    return EventPattern(_word(cast(Token, name)), _settings(fields))


def _limit(node: Node) -> Duration | None:
    return _duration(cast("Tree[Token]", node.children[0])) if isinstance(node, Tree) else None


def _duration(tree: Tree[Token]) -> Duration:
    number, unit = (cast(Token, child) for child in tree.children)
    if unit not in UNITS:
        raise Trouble(_column(unit), unknown("unit of time", str(unit), list(UNITS)))
    cycles = _number(number) * UNITS[unit]
    if not 1 <= cycles <= MOST_CYCLES:
        raise Trouble(_column(number), f"A duration is 1 to {MOST_CYCLES:_} cycles, not {cycles:_}")
    return Duration(cycles, f"{number} {unit}")


def _comparison(tree: Tree[Token]) -> str:
    return str(tree.children[0]) if tree.data == "sign" else str(tree.data).replace("_", " ")


def _order(tree: Tree[Token]) -> str:
    sign = _comparison(tree)
    if tree.data != "sign":
        raise Trouble(tree.meta.column, f"Numbers are compared with == != < <= > >=, not with `{sign}`")
    return sign


def _only(state: Token, allowed: str, what: str) -> None:
    if state != allowed:
        raise Trouble(_column(state), f"Only `is {allowed}` can be followed by {what}, not `is {state}`")
