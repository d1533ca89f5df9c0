"""Questions: the right answer is what the run shows, and what is offered beside it could have happened."""

import pytest

from kernel import events
from scenarios.distractors import shuffled
from scenarios.player import FREE, LessonSession
from scenarios.predictions import Prediction
from scenarios.student import results, score
from servers.interfaces import FILES
from tests.scenarios.fake_stage import THREADS, FakeStage, Happening, answer, becomes, message, note
from tests.scenarios.test_player import TICK, drive, session

ANSWERED = (100, answer(1, ok=False, error="NOT_FOUND", text="error NOT_FOUND"))


def asked(body: str, *script: tuple[int, Happening | None], stage: FakeStage | None = None) -> LessonSession:
    """A lesson with questions, played to its end."""
    stage = stage or FakeStage()
    stage.script.extend(script)
    playing = session(body, stage)
    drive(playing, stage)
    return playing


def only(body: str, *script: tuple[int, Happening | None]) -> Prediction:
    """The one question of a lesson."""
    (prediction,) = asked(body, *script).predictions
    assert prediction.known
    return prediction


def scheduled(name: str) -> Happening:
    return lambda stage: stage.emit(events.SCHEDULED, THREADS[name], 7)


def test_the_error_of_the_next_call_is_the_answer_among_other_errors_of_the_operation() -> None:
    found = only('ask "Which?" answer=reply.error\ncall fs.read "/x"', ANSWERED, TICK)
    assert (found.answer, found.why) == ("NOT_FOUND", "the reply was error NOT_FOUND")
    own = {*FILES.operation("read").errors, "no error"}
    assert len(set(found.choices)) == 4
    assert set(found.choices) <= own


def test_a_question_asked_while_an_answer_is_on_its_way_is_about_that_answer() -> None:
    body = 'send fs.read "/x"\nask "Which?" answer=reply.error\nwait 100 cycles\ncall fs.read "/y"'
    assert only(body, ANSWERED, (100, answer(2)), TICK).answer == "NOT_FOUND"


def test_an_answer_that_does_not_come_is_an_answer_too() -> None:
    assert only('ask "Which?" answer=reply.error\nsend fs.read "/x"\nwait 100 cycles', TICK).answer == "no answer comes"


def test_who_runs_next_is_the_next_other_thread_on_the_processor() -> None:
    stage = FakeStage()
    scheduled("you")(stage)
    body = 'ask "Who?" answer=next running server\nwait 300 cycles'
    script = ((100, scheduled("you")), (100, scheduled("fs")), (100, scheduled("disk")))
    (found,) = asked(body, *script, stage=stage).predictions
    assert found.answer == "fs"
    assert "disk" in found.choices


def test_a_field_of_the_next_event_is_read_from_it() -> None:
    body = 'ask "Why?" answer=cause of event server-died server=disk\nwait 200 cycles'
    died = (100, note("server-died", server="disk", cause="exit", detail=""))
    found = only(body, (100, note("server-died", server="fs", cause="memory", detail="")), died)
    assert (found.answer, found.event) == ("exit", 1)
    assert "memory" in found.choices, "what happened elsewhere in the run is offered first"


def test_a_count_is_taken_when_the_time_is_over() -> None:
    body = 'ask "How many?" answer=count event message receiver=fs within 250 cycles\nwait 400 cycles'
    label = FILES.label(FILES.operation("read"))
    found = only(body, *[(100, message("you", "fs", label))] * 4)
    assert (found.answer, found.why) == ("2", "event message (receiver fs) happened 2 times")
    assert list(found.choices) == sorted(found.choices, key=int)


def test_what_many_believe_is_offered_and_is_right_only_if_the_run_says_so() -> None:
    label = FILES.label(FILES.operation("read"))
    body = (
        'ask "How many?" answer=count event message receiver=fs or "40", "25", "{}" within 250 cycles\nwait 400 cycles'
    )
    messages = [(100, message("you", "fs", label))] * 4
    for third, offered in (("0", ("0", "2", "25", "40")), ("2", ("2", "25", "40"))):
        found = only(body.format(third), *messages)
        assert (found.answer, found.choices) == ("2", offered)


def test_with_little_that_many_believe_something_from_the_run_is_offered_too() -> None:
    body = 'ask "Which?" answer=reply.error or "the disk is empty"\ncall fs.read "/x"'
    found = only(body, ANSWERED)
    assert {"NOT_FOUND", "the disk is empty"} < {*found.choices}
    assert len(found.choices) == 3


@pytest.mark.parametrize(
    ("source", "right"),
    [("disk.life", "3"), ("disk.state", "stopped"), ("whether disk is dead", "yes"), ("whether no reply", "yes")],
)
def test_what_is_so_at_the_end_of_the_beat_is_the_answer(source: str, right: str) -> None:
    body = f'# One\n```play\nask "What?" answer={source}\nwait 100 cycles\n```\n# Two\n```play\nwait 100 cycles\n```\n'
    found = only(body, (100, becomes("disk", "stopped", life=3)), (100, becomes("disk", "idle", life=4)))
    assert found.answer == right
    assert right in found.choices


OPTIONS = '"it is answered" if reply succeeds, "it dies" if event server-died server=fs, "it hangs" otherwise'


@pytest.mark.parametrize(
    ("happening", "right"),
    [
        (answer(1), "it is answered"),
        (note("server-died", server="fs", cause="exit", detail=""), "it dies"),
        (None, "it hangs"),
    ],
)
def test_of_written_answers_the_first_to_come_true_is_right(happening: Happening | None, right: str) -> None:
    found = only(f'send fs.read "/x"\nask "What?" {OPTIONS}\nwait 300 cycles', TICK, (100, happening), (100, answer(1)))
    assert found.answer == ("it is answered" if happening is None else right)
    found = only(f'send fs.read "/x"\nask "What?" {OPTIONS}\nwait 200 cycles', TICK, (100, happening))
    assert found.answer == right


def test_with_a_duration_a_question_stays_open_across_beats() -> None:
    ask = 'ask "What?" "yes" if event restarted, "no" otherwise'
    body = "# One\n```play\n{}\n```\n# Two\n```play\nwait 200 cycles\n```\n"
    restarted = (100, note("restarted", server="disk"))
    assert only(body.format(ask), TICK, restarted).answer == "no"
    assert only(body.format(f"{ask} within 500 cycles"), TICK, restarted).answer == "yes"


def test_a_question_of_which_no_answer_comes_true_fails_the_lesson() -> None:
    playing = asked('ask "What?" "a" if reply succeeds, "b" if reply fails\nexpect disk is idle\nwait 100 cycles', TICK)
    assert playing.verdict == "failed"
    assert [(one.verdict, one.detail) for one in playing.outcomes] == [("passed", ""), ("failed", "none did")]


def test_the_same_seed_offers_the_same_in_the_same_order_and_another_seed_another() -> None:
    def offered(seed: int) -> tuple[str, ...]:
        stage = FakeStage([ANSWERED, TICK])
        playing = session('ask "Which?" answer=reply.error\ncall fs.read "/x"', stage, seed=seed)
        drive(playing, stage)
        return playing.predictions[0].choices

    assert offered(1) == offered(1)
    assert len({offered(seed) for seed in range(8)}) > 1
    assert all("NOT_FOUND" in offered(seed) for seed in range(8))


def test_the_order_of_answers_does_not_depend_on_the_folder_of_the_lesson() -> None:
    names = [f"answer {number}" for number in range(12)]
    at_home = shuffled(names, 1, "mars.md:7:1")
    assert shuffled(names, 1, "/elsewhere/lessons/mars.md:7:1") == at_home
    assert shuffled(names, 1, r"C:\lessons\mars.md:7:1") == at_home
    assert shuffled(names, 1, "mars.md:8:1") != at_home


def test_a_prediction_is_right_or_wrong_when_the_run_has_decided() -> None:
    rehearsed = [("DAMAGED", "IO_ERROR", "NOT_FOUND")]
    for choice, right in (("NOT_FOUND", True), ("DAMAGED", False)):
        stage = FakeStage([ANSWERED, TICK])
        body = 'ask "Which?" answer=reply.error\ncall fs.read "/x"'
        playing = session(body, stage, interactive=True, rehearsed=lambda: rehearsed)
        playing.next()
        playing.poll()
        assert playing.question is not None
        assert playing.question.choices == rehearsed[0]
        playing.answer(playing.question.choices.index(choice))
        while playing.poll() == 1:
            stage.advance()
        (found,) = playing.predictions
        assert found.right is right
        told = [line for line in playing.log if line.kind == "answer"]
        assert [(line.text, line.verdict) for line in told] == [("NOT_FOUND", "passed" if right else "failed")]


def test_going_back_to_a_mark_undoes_what_came_after_it() -> None:
    stage = FakeStage()
    body = (
        'wait 100 cycles\nmark "calm"\nwait 100 cycles\nexpect event restarted\ngoto "calm"\n'
        "expect no event restarted\nwait 100 cycles\nexpect event stopped"
    )
    script = (TICK, (100, note("restarted", server="disk")), (100, note("stopped", server="disk")))
    playing = asked(body, *script, stage=stage)
    assert [outcome.verdict for outcome in playing.outcomes] == ["passed", "passed", "passed"]
    assert stage.done == ["mark calm", "goto calm"]


def test_quit_ends_the_lesson_there() -> None:
    stage = FakeStage([TICK, TICK])
    playing = asked("expect disk is idle\nquit\nexpect disk is dead", stage=stage)
    assert (playing.state, playing.verdict, len(playing.outcomes)) == ("over", "passed", 1)


def test_what_only_screens_do_is_handed_to_them() -> None:
    shown: list[tuple[str, str]] = []
    stage = FakeStage()
    playing = session("inspect memory\nwhy disk\nconsole\nspeed max", stage)
    playing.show = lambda verb, word: shown.append((verb, word))
    drive(playing, stage)
    assert shown == [("inspect", "memory"), ("why", "disk"), ("console", ""), ("speed", "max")]


ACROSS = (
    '# One\n```play\nask "What?" "yes" if event restarted, "no" otherwise within 500 cycles\n```\n'
    "# Two\n```play\nwait 200 cycles\n```\n# Three\n```play\nwait 500 cycles\n```\n"
)


def finish_beat(playing: LessonSession, stage: FakeStage) -> None:
    """Let the machine run until the lesson waits."""
    while 0 < playing.poll() < FREE:
        stage.advance()


def test_a_question_that_was_open_before_a_beat_is_open_again_after_going_back() -> None:
    stage = FakeStage([TICK, (100, note("restarted", server="disk"))])
    playing = session(ACROSS, stage, interactive=True)
    playing.next()
    playing.poll()
    playing.answer(0)
    playing.poll()
    playing.next()
    finish_beat(playing, stage)
    assert playing.predictions[0].answer == "yes"
    playing.back()
    assert [(one.known, one.chosen) for one in playing.predictions] == [(False, 0)]
    stage.script = [TICK] * 9
    playing.next()
    finish_beat(playing, stage)
    playing.next()
    finish_beat(playing, stage)
    assert playing.predictions[0].answer == "no", "this time it went another way"


def test_who_goes_back_and_predicts_again_is_scored_by_the_first_prediction() -> None:
    stage = FakeStage([ANSWERED])
    body = '# One\n```play\nask "What?" "it fails" if reply fails, "it works" otherwise\ncall fs.read "/x"\n```\n'
    playing = session(body, stage, interactive=True)
    for text in ("it works", "it fails"):
        stage.script = [ANSWERED]
        playing.next()
        playing.poll()
        assert playing.question is not None
        playing.answer(playing.question.choices.index(text))
        finish_beat(playing, stage)
        assert playing.predictions[0].right is (text == "it fails")
        reached = score(playing)
        assert (reached.right, reached.asked) == (0, 1)
        assert [one["predicted"] for one in results(playing, 1)["predictions"]] == ["it works"]
        playing.back()
        stage.replies.clear()
        stage.requests = 0
    assert (score(playing).right, score(playing).asked) == (0, 1), "also while it is not asked again"
