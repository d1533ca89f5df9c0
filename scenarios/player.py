"""Plays a lesson on a stage: a state machine that is asked how far the machine may go before it is asked again.

Whoever drives the machine calls `poll` before every slice: the headless run in a loop, the live machine between its
slices. Since commands are carried out at the same kernel entry in both, the events of a lesson are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from scenarios.bookmarks import Bookmark
from scenarios.conditions import Judge, Scope, quote
from scenarios.distractors import Asked
from scenarios.language import syntax
from scenarios.language.check import World, bind_arguments, operation_of
from scenarios.language.parser import without_comment
from scenarios.language.syntax import Command
from scenarios.language.words import condition_in_words
from scenarios.lesson import Beat, Lesson
from scenarios.logbook import LineKind, LogLine, Outcome, Question, State
from scenarios.predictions import Prediction, Predictor, Rehearsed
from scenarios.stage import Argument, Stage, StageError
from scenarios.tasks import (
    DEFAULT_LIMIT,
    Answering,
    Expecting,
    Result,
    Running,
    Stepping,
    Task,
    Verdict,
    Waiting,
)

FREE: Final = 1 << 30
"""What `poll` says when the machine may run without asking for long."""

_TELLING: Final = syntax.Ask | syntax.Say | syntax.Focus | syntax.Show


class LessonSession:
    """One playing of a lesson.

    `interactive` sessions stop at a question until `answer` is called; others go on.
    """

    def __init__(
        self,
        lesson: Lesson,
        stage: Stage,
        world: World,
        *,
        interactive: bool = False,
        seed: int | None = None,
        rehearsed: Rehearsed = lambda: (),
    ) -> None:
        """`seed`: of the machine, if it is not the lesson's own; `rehearsed`: what to offer for each question."""
        self.lesson = lesson
        self.stage = stage
        self.world = world
        self.interactive = interactive
        self.state: State = "ready"
        self.shown = 0
        """Index of the beat on screen."""
        self.played = 0
        """How many beats were started."""
        self.command: Command | None = None
        """What is being carried out."""
        self.log: list[LogLine] = []
        self.outcomes: list[Outcome] = []
        self.answers: list[tuple[Question, int]] = []
        """Predictions that were made: which choice."""
        self.question: Question | None = None
        self.focus = ""
        """The server that the lesson points at, or ''."""
        self.wake: Callable[[], None] = lambda: None
        """Called when `poll` may say something else than last time, because the person did something."""
        self.earlier: dict[str, Prediction] = {}
        """By place: predictions made and decided before the lesson went back. It asks again, but these count."""
        self.show: Callable[[str, str], None] = lambda verb, word: None
        """Called for what only screens can do: `inspect`, `speed`, ... and the word after it."""
        self._judge = Judge(stage)
        self._asked = Asked(self._judge, world)
        self._predictor = Predictor(self._judge, self._asked, lesson.front.seed if seed is None else seed, rehearsed)
        self._marks: dict[str, tuple[int, int]] = {}
        """The last request and the last call at each marked moment."""
        self._queue: list[Command] = []
        self._task: Task | None = None
        self._request = 0
        self._called = 0
        """The last of them that was a call or a send."""
        self._beat_begin = 0
        self._last_action = 0
        """First event after the last command that did something to the machine."""
        self._used: set[int] = set()
        self._bookmarks: list[Bookmark] = []
        """How everything was before each beat that was started."""
        self._left: object = None
        """The moment of the machine at which the person left the script, or None."""

    @property
    def title(self) -> str:
        """Of the lesson."""
        return self.lesson.title

    @property
    def beats(self) -> Sequence[Beat]:
        """Of the lesson."""
        return self.lesson.beats

    @property
    def beat(self) -> Beat:
        """The beat on screen."""
        return self.lesson.beats[self.shown]

    @property
    def verdict(self) -> Verdict | Literal["pending"]:
        """How the lesson stands: failed as soon as something failed, passed only at its end."""
        verdicts = {outcome.verdict for outcome in self.outcomes}
        if "failed" in verdicts:
            return "failed"
        if "undecided" in verdicts:
            return "undecided"
        if self.state != "over":
            return "pending"
        return "passed" if self.outcomes else "undecided"

    @property
    def predictions(self) -> Sequence[Prediction]:
        """All questions that were asked so far."""
        return self._predictor.all

    @property
    def deadline(self) -> int | None:
        """The cycle at which `poll` must be called again even if everybody waits, or None."""
        if self._task is None or self.free:
            return None
        asked = self._predictor.deadline
        return self._task.deadline if asked is None else min(self._task.deadline, asked)

    @property
    def free(self) -> bool:
        """Whether the person has left the script: the machine runs on, and nothing of the lesson is carried out."""
        return self._left is not None

    def leave(self) -> bool:
        """Leave the script; False before the lesson begins, after its end, or if it was left already."""
        if self.free or self.state in ("ready", "over"):
            return False
        self._left = self.stage.moment()
        self.wake()
        return True

    def come_back(self) -> bool:
        """Go on where the script was left: what happened to the machine since has not happened. False if it was not."""
        if not self.free:
            return False
        self._return_to(self._left)
        self._left = None
        self.wake()
        return True

    def next(self) -> bool:
        """Start the next beat. False if the present one is not over, there is none, or the script was left."""
        if self.free or self.state not in ("ready", "beat-over"):
            return False
        self._bookmarks.append(Bookmark.of(self, self._asked, self._predictor))
        self.shown = self.played
        self.played += 1
        self._beat_begin = len(self.stage.events) if self.played > 1 else 0
        self._last_action = self._beat_begin
        self._queue = list(self.beat.commands)
        self.state = "running"
        self.log.append(LogLine("beat", f"{self.lesson.file}:{self.beat.line}", self.beat.title))
        self.wake()
        return True

    def back(self) -> bool:
        """To the end of the beat before, really: what came after it has not happened, not even to the machine.

        False before the first beat. Raises StageError if the machine cannot go back.
        """
        if not self._bookmarks:
            return False
        self._return_to(self._bookmarks[-1].moment)
        for one in self.predictions:
            if one.known and one.chosen is not None:
                self.earlier.setdefault(one.command.place, one)
        self._bookmarks.pop().put_back(self, self._asked, self._predictor)
        self._queue, self._task, self.command, self.question, self._left = [], None, None, None, None
        self.wake()
        return True

    def _return_to(self, moment: object) -> None:
        if self.stage.moment() != moment:
            self.stage.return_to(moment)
            self._judge.rewind()

    def answer(self, choice: int) -> None:
        """Make the prediction that is asked for. Raises ValueError for a choice that does not exist."""
        if self.question is None or not 0 <= choice < len(self.question.choices):
            raise ValueError(f"there is no question with a choice {choice}")
        self.answers.append((self.question, choice))
        self.predictions[-1].chosen = choice
        self.question = None
        self.state = "running"
        self.wake()

    def skip(self) -> None:
        """Go on without a prediction."""
        if self.question is not None:
            self.question = None
            self.state = "running"
            self.wake()

    def poll(self) -> int:
        """Carry out what can be carried out now; how many kernel entries may pass before the next poll.

        0: the lesson waits for the person, and the machine stands still.
        """
        if self.free:
            return FREE
        while self.state == "running":
            if self._task is not None:
                answer = self._task.poll()
                if isinstance(answer, int):
                    if not self._predictor.is_open:
                        return answer
                    self._settle()
                    return min(answer, 1)
                self._task = None
                self._finish(answer)
            elif self._queue:
                self.command = self._queue.pop(0)
                self._begin(self.command)
            else:
                self.command = None
                self.state = "beat-over" if self.played < len(self.lesson.beats) else "over"
                self._settle(beat_over=True)
        return FREE if self.state == "over" else 0

    def stop(self, reason: str) -> None:
        """Give up: what is being carried out, and with it the lesson, stays undecided."""
        command = self.command or next(self.lesson.commands)
        self._record(command, command.text, Result("undecided", reason))
        self._end()

    def _end(self) -> None:
        self._queue, self._task, self.command, self.question = [], None, None, None
        self.played, self.state = len(self.lesson.beats), "over"
        self._settle()
        self.wake()

    def _settle(self, *, beat_over: bool = False) -> None:
        """Decide the questions that can be decided now."""
        over = self.state == "over"
        self._asked.requests = self._request
        for prediction in self._predictor.settle(self._called, beat_over=beat_over, lesson_over=over):
            command, answer = prediction.command, prediction.answer
            if answer:
                right = prediction.right
                verdict: Verdict | Literal[""] = "" if right is None else "passed" if right else "failed"
                self.log.append(LogLine("answer", command.place, answer, verdict, prediction.why))
            elif self.stage.failure:
                self._record(command, command.text, Result("undecided", "the machine has broken down"))
            else:
                sentence = f"one of the answers to {prediction.question!r} comes true"
                self._record(command, sentence, Result("failed", "none did"))

    def _begin(self, command: Command) -> None:
        """Start a command: it is done at once, or leaves a task behind."""
        action = command.action
        if self.stage.failure and not isinstance(action, _TELLING):
            self._record(command, command.text, Result("undecided", "the machine has broken down"))
            return
        try:
            match action:
                case syntax.Expect():
                    self._task = Expecting(self._judge, action, self._scope(self._beat_begin))
                case syntax.Run():
                    limit = action.limit.cycles if action.limit else DEFAULT_LIMIT
                    self._task = Running(self._judge, action.until, self._scope(self._last_action), limit)
                case syntax.Wait():
                    self._task = Waiting(self.stage, action.duration.cycles)
                case syntax.Step():
                    self._task = Stepping(self.stage, action.count)
                case syntax.Ask() | syntax.Say() | syntax.Focus() | syntax.Show():
                    self._tell(command)
                case syntax.MarkMoment(name=name):
                    self.stage.mark(name)
                    self._marks[name] = (self._request, self._called)
                    self._write("do", command)
                case syntax.Goto(name=name):
                    self._go_back(name)
                    self._write("do", command)
                case syntax.Branch(mark=mark, name=name):
                    self.stage.keep(name)
                    self._go_back(mark)
                    self._write("do", command)
                case syntax.Compare(name=name):
                    self.log.append(LogLine("compare", command.place, self.stage.compare(name)))
                case _:
                    self._last_action = len(self.stage.events)
                    self._act(action)
                    if self._task is None:
                        self._write("do", command)
        except StageError as error:
            self._record(command, command.text, Result("failed", str(error)))

    def _go_back(self, name: str) -> None:
        """What happened after the mark has not happened. Raises StageError."""
        if name not in self._marks:
            raise StageError(f'no moment is called "{name}" yet')
        self.stage.goto(name)
        self._request, self._called = self._marks[name]
        begin = self._last_action = len(self.stage.events)
        self._beat_begin = min(self._beat_begin, begin)
        self._used = {number for number in self._used if number < begin}
        self._judge.rewind()
        self._predictor.rewind()

    def _act(self, action: syntax.Action) -> None:
        """Do something to the machine. Raises StageError."""
        match action:
            case syntax.Call():
                self._asked.interface = self.world.interface(action.server.text)
                self._asked.operation = operation_of(action, self.world)
                self._request = self.stage.call(action.server.text, action.operation.text, self._arguments(action))
                self._called = self._request
                if action.waits:
                    self._await(action.limit)
            case syntax.Revoke():
                self._request = self.stage.revoke(action.server.text, action.capability.text)
                self._await(None)
            case syntax.Delete():
                self._request = self.stage.delete(action.server.text, action.capability.text)
                self._await(None)
            case syntax.Restart():
                self._request = self.stage.restart(action.server.text)
                self._await(None)
            case syntax.Key():
                self.stage.key(action.text)
            case syntax.Crash():
                self.stage.crash(action.server.text, action.kind.text)
            case syntax.Pause():
                self.stage.pause(action.server.text)
            case syntax.Resume():
                self.stage.resume(action.server.text)
            case _:
                raise AssertionError(f"no way to carry out {action}")

    def _await(self, limit: syntax.Duration | None) -> None:
        self._task = Answering(self.stage, self._request, limit.cycles if limit else DEFAULT_LIMIT)

    def _arguments(self, action: syntax.Call) -> dict[str, Argument]:
        operation = operation_of(action, self.world)
        if operation is None:
            raise StageError(f"`{action.server}` has no operation `{action.operation}`")
        typed: dict[str, Argument] = {}
        for name, literal in bind_arguments(operation, action.arguments).items():
            kind = operation.argument(name).type
            if kind == "bool":
                typed[name] = literal.value in (1, "true")
            elif kind == "bytes":
                typed[name] = str(literal.value).encode()
            else:
                typed[name] = literal.value
        return typed

    def _tell(self, command: Command) -> None:
        match command.action:
            case syntax.Focus(server=server):
                self.focus = server.text
                self._write("do", command)
            case syntax.Say(text=text, aside=aside):
                self.log.append(LogLine("note" if aside else "say", command.place, text))
            case syntax.Show(verb=verb):
                self._write("do", command)
                self.show(verb, without_comment(command.text).removeprefix(verb).strip())
                if verb == "quit":
                    self._end()
            case syntax.Ask() as ask:
                asked = self._predictor.ask(command, ask, self._called, offer=self.interactive)
                self.log.append(LogLine("ask", command.place, ask.question, detail=" | ".join(asked.choices)))
                if self.interactive:
                    self.command = None
                    self.question = Question(ask.question, asked.choices)
                    self.state = "asking"

    def _finish(self, result: Result) -> None:
        """Put down how the task of the present command ended."""
        command = self.command
        assert command is not None
        match command.action:
            case syntax.Expect(condition=condition, limit=limit):
                if result.event >= 0:
                    self._used.add(result.event)
                within = f" within {limit.text}" if limit else ""
                self._record(command, f"{condition_in_words(condition)}{within}", result)
                if result.told:
                    self.log.append(LogLine("say", command.place, result.told))
            case syntax.Revoke() | syntax.Delete() | syntax.Restart() if result.verdict == "passed":
                reply = self.stage.reply(self._request)
                if reply is not None and not reply.ok:
                    self._record(command, command.text, Result("failed", f"`you` was refused: {quote(reply)}"))
                else:
                    self._write("do", command, result.detail)
            case _ if result.verdict == "passed":
                self._write("do", command, result.detail)
            case _:
                self._record(command, command.text, result)

    def _record(self, command: Command, sentence: str, result: Result) -> None:
        self.outcomes.append(Outcome(command, sentence, result.verdict, result.detail))
        self.log.append(LogLine("check", command.place, sentence, result.verdict, result.detail))

    def _write(self, kind: LineKind, command: Command, detail: str = "") -> None:
        self.log.append(LogLine(kind, command.place, command.text, detail=detail))

    def _scope(self, begin: int) -> Scope:
        return Scope(begin, self._request, self._used)
