"""The player on a stage without a machine: what is done when, what passes, what fails and with which words."""

from typing import Any

import pytest

from scenarios.lesson import parse_lesson
from scenarios.player import FREE, LessonSession
from servers.interfaces import BLOCK, FILES
from tests.scenarios.fake_stage import FakeStage, Happening, answer, becomes, message, note, replied
from tests.scenarios.worlds import workshop

READ = FILES.label(FILES.operation("read"))
BLOCK_READ = BLOCK.label(BLOCK.operation("read"))


def session(body: str, stage: FakeStage, *, interactive: bool = False, **more: Any) -> LessonSession:
    head = '+++\ntitle = "A lesson"\nsystem = "workshop"\n+++\n'
    text = body if body.startswith("#") else f"# Beat\n```play\n{body}\n```\n"
    return LessonSession(parse_lesson(head + text, "a.md"), stage, workshop(), interactive=interactive, **more)


def drive(playing: LessonSession, stage: FakeStage) -> None:
    """Play to the end as the headless run does."""
    while playing.next():
        while 0 < (allowed := playing.poll()) < FREE:
            for _ in range(allowed):
                stage.advance()


def play(body: str, *script: tuple[int, Happening | None], stage: FakeStage | None = None) -> list[tuple[str, str]]:
    """The verdict and the detail of every expectation."""
    stage = stage or FakeStage()
    stage.script.extend(script)
    playing = session(body, stage)
    drive(playing, stage)
    return [(outcome.verdict, outcome.detail) for outcome in playing.outcomes]


TICK = (100, None)


def test_a_call_waits_for_its_answer_and_a_reply_is_that_answer() -> None:
    body = 'call fs.read "/etc/motd"\nexpect reply.text contains "welcome"\nexpect reply.data starts with "oh"'
    script = (TICK, (100, answer(1, text='ok data="welcome"', data="welcome")))
    assert play(body, *script) == [("passed", ""), ("failed", 'the reply was ok data="welcome"')]


def test_arguments_are_typed_by_the_interface() -> None:
    stage = FakeStage()
    body = 'call fs.write "/x" data="abc" append=true\ncall fs.read "/x" length=0x10'
    play(body, (1, answer(1)), (1, answer(2)), stage=stage)
    assert stage.done == [
        "call fs.write {'data': b'abc', 'append': True, 'path': '/x'}",
        "call fs.read {'length': 16, 'path': '/x'}",
    ]


def test_a_call_without_an_answer_fails_and_the_lesson_goes_on() -> None:
    outcomes = play('call fs.read "/x" within 150 cycles\nexpect no reply\nexpect reply fails', TICK, TICK, TICK)
    assert outcomes == [
        ("failed", "no answer came within 150 cycles"),
        ("passed", ""),
        ("failed", "there is no reply"),
    ]


def test_send_goes_on_without_the_answer() -> None:
    body = 'send fs.read "/x"\nexpect no reply\nexpect reply succeeds within 500 cycles'
    assert play(body, TICK, (100, answer(1)), TICK) == [("passed", ""), ("passed", "after 200 cycles")]


def test_an_error_is_expected_by_its_name() -> None:
    body = 'call fs.read "/x"\nexpect reply fails with NOT_FOUND\nexpect reply fails with IO_ERROR\n'
    outcomes = play(f"{body}expect reply succeeds", (1, answer(1, ok=False, error="NOT_FOUND", text="error NOT_FOUND")))
    assert outcomes == [
        ("passed", ""),
        ("failed", "the reply was error NOT_FOUND"),
        ("failed", "the reply was error NOT_FOUND"),
    ]


def test_an_event_in_time_passes_and_one_that_is_late_fails() -> None:
    body = "expect event restarted server=disk within 250 cycles"
    assert play(body, TICK, (100, note("restarted", server="disk", life=2)), TICK) == [("passed", "after 200 cycles")]
    late = play(body, TICK, TICK, (100, note("restarted", server="disk", life=2)), TICK)
    assert late == [("failed", "it did not happen within 250 cycles; the last restarted had server=disk")]


def test_an_event_that_does_not_come_fails_with_what_was_last_said_about_the_server() -> None:
    stopped = (100, note("policy", server="disk", text="disk stays stopped: it is temporary"))
    outcomes = play("expect event restarted server=disk within 1_000 cycles", stopped, *[TICK] * 12)
    assert outcomes == [
        ("failed", "it did not happen within 1,000 cycles; last of disk: policy: disk stays stopped: it is temporary")
    ]


def test_an_event_of_the_wrong_kind_is_quoted() -> None:
    died = (100, note("server-died", server="disk", cause="silence", detail="..."))
    outcomes = play("expect event server-died server=disk cause=exception within 300 cycles", died, *[TICK] * 5)
    detail = "it did not happen within 300 cycles; the last server-died had server=disk cause=silence"
    assert outcomes == [("failed", detail)]


def test_each_event_answers_one_expectation() -> None:
    restarted = (100, note("restarted", server="disk", life=2))
    body = "expect event restarted within 150 cycles\nexpect event restarted within 150 cycles"
    assert [verdict for verdict, _ in play(body, restarted, TICK, TICK, TICK)] == ["passed", "failed"]
    assert [verdict for verdict, _ in play(body, restarted, restarted, TICK, TICK)] == ["passed", "passed"]


def test_an_event_of_an_earlier_beat_does_not_count() -> None:
    one = "# One\n```play\nwait 100 cycles\nexpect event restarted\n```\n# Two\n```play\nexpect event restarted\n```\n"
    assert [verdict for verdict, _ in play(one, (100, note("restarted", server="disk")), TICK)] == ["passed", "failed"]


def test_the_first_beat_includes_the_boot() -> None:
    stage = FakeStage()
    note("system-ready")(stage)
    assert play("expect event system-ready", stage=stage) == [("passed", "")]


def test_the_absence_of_an_event_must_last() -> None:
    body = "expect no event restarted within 250 cycles"
    assert play(body, *[TICK] * 5) == [("passed", "")]
    outcomes = play(body, TICK, (100, note("restarted", server="disk")), TICK, TICK)
    assert outcomes == [("failed", "it happened at cycle 200")]


def test_the_order_of_events_is_told_apart() -> None:
    body = (
        "wait 300 cycles\n"
        "expect event message operation=files.read before event message operation=block.read\n"
        "expect event message sender=fs before event message sender=you"
    )
    script = ((100, message("you", "fs", READ)), (100, message("fs", "disk", BLOCK_READ)), TICK)
    assert play(body, *script) == [("passed", ""), ("failed", "it was the other way round")]


def test_a_reply_is_known_by_the_request_it_answers() -> None:
    body = (
        "wait 300 cycles\nexpect event replied operation=files.read replier=fs\n"
        "expect event replied operation=block.read"
    )
    script = ((100, message("you", "fs", READ)), (100, replied("fs", "you")), TICK)
    assert [verdict for verdict, _ in play(body, *script)] == ["passed", "failed"]


def test_events_are_counted() -> None:
    body = "wait 200 cycles\nexpect count event restarted server=disk == 2\nexpect count event restarted > 2"
    script = ((100, note("restarted", server="disk")), (100, note("restarted", server="disk")))
    assert play(body, *script) == [("passed", ""), ("failed", "the count is 2")]


def test_fields_with_a_name_of_their_own_are_compared_by_it() -> None:
    stage = FakeStage()
    stage.emit(16, 3, 6, (0, 0, 0, 0), 9, "")
    outcomes = play("expect event faulted thread=disk fault=VMFault\nexpect event faulted thread=fs", stage=stage)
    assert outcomes == [("passed", ""), ("failed", "it did not happen; the last faulted had thread=disk")]


@pytest.mark.parametrize(
    ("condition", "state", "more", "verdict"),
    [
        ("disk is running", "idle", {}, "passed"),
        ("disk is running", "paused", {}, "failed"),
        ("disk is not running", "faulted", {}, "passed"),
        ("disk is dead", "restarting", {}, "passed"),
        ("disk is idle", "waiting", {}, "failed"),
        ("disk is waiting for fs", "waiting", {"waits_for": "fs"}, "passed"),
        ("disk is waiting for fs", "waiting", {"waits_for": "you"}, "failed"),
        ("disk is handling", "handling", {}, "passed"),
        ("disk is handling block.read", "waiting", {"handles": "block.read", "asked_by": "fs"}, "passed"),
        ("disk is handling block.read from you", "waiting", {"handles": "block.read", "asked_by": "fs"}, "failed"),
        ("disk is handling block.write", "handling", {"handles": "block.read", "asked_by": "fs"}, "failed"),
        ("disk.life == 3", "idle", {"life": 3}, "passed"),
        ("disk.life < 3", "idle", {"life": 3}, "failed"),
    ],
)
def test_states_of_servers(condition: str, state: str, more: dict[str, str | int], verdict: str) -> None:
    stage = FakeStage()
    becomes("disk", state, **more)(stage)
    assert [found for found, _ in play(f"expect {condition}", stage=stage)] == [verdict]


def test_a_failing_state_says_what_is_the_case() -> None:
    stage = FakeStage()
    becomes("disk", "faulted", detail="null pointer")(stage)
    assert play("expect disk is running", stage=stage) == [("failed", "disk is faulted (null pointer)")]


def test_reaching_and_holding() -> None:
    stage = FakeStage(reachable={("fs", "disk")})
    body = (
        "expect fs can reach disk\nexpect you can reach disk\nexpect you cannot reach disk\n"
        "expect disk holds irq\ndelete disk.irq\nexpect disk lacks irq"
    )
    assert play(body, (1, answer(1)), stage=stage) == [
        ("passed", ""), ("failed", "you cannot reach disk"), ("passed", ""), ("passed", ""), ("passed", ""),
    ]  # fmt: skip


def test_a_refused_action_fails_the_lesson() -> None:
    outcomes = play("restart disk", (1, answer(1, ok=False, error="UNKNOWN_SERVER", text="error UNKNOWN_SERVER")))
    assert outcomes == [("failed", "`you` was refused: error UNKNOWN_SERVER")]
    stage = FakeStage()
    becomes("disk", "stopped")(stage)
    assert play("crash disk with=exit", stage=stage) == [("failed", "disk is stopped and cannot crash")]


def test_run_stops_at_the_kernel_entry_at_which_the_condition_holds() -> None:
    stage = FakeStage()
    playing = session("run until disk is dead\ncrash disk with=exit", stage)
    stage.script = [TICK, (100, becomes("disk", "faulted")), TICK, TICK]
    drive(playing, stage)
    assert (stage.steps, stage.done) == (2, ["crash disk exit"])


def test_run_until_an_event_looks_for_one_after_the_last_action() -> None:
    stage = FakeStage()
    died = (100, note("server-died", server="disk"))
    body = "run until event server-died\ncrash disk with=exit\nrun until event server-died"
    play(body, died, TICK, died, TICK, stage=stage)
    assert stage.steps == 3


def test_run_alone_stops_when_everybody_waits() -> None:
    stage = FakeStage()

    def rest(stage: FakeStage) -> None:
        stage.idle = True

    play("run\nexpect disk is idle", TICK, (1, rest), TICK, TICK, stage=stage)
    assert stage.steps == 2


def test_what_never_comes_true_fails_with_its_bound() -> None:
    assert play("run until disk is dead within 200 cycles", *[TICK] * 9) == [
        ("failed", "disk is idle within 200 cycles")
    ]
    assert play("run until disk is dead", TICK) == [("failed", "disk is idle and nothing can happen any more")]


def test_steps_are_exact() -> None:
    stage = FakeStage()
    play('step 3\nkey "x"', *[TICK] * 9, stage=stage)
    assert (stage.steps, stage.done) == (3, ["key 'x'"])


def test_a_machine_that_breaks_down_decides_nothing() -> None:
    def broken(stage: FakeStage) -> None:
        stage.failure = "a queue is broken"

    outcomes = play("expect event restarted within 900 cycles", TICK, (100, broken), *[TICK] * 9)
    assert outcomes == [("undecided", "the machine broke down: a queue is broken")]


def test_a_lesson_without_expectations_passes_nothing() -> None:
    stage = FakeStage()
    playing = session("wait 100 cycles", stage)
    stage.script = [TICK, TICK]
    drive(playing, stage)
    assert playing.verdict == "undecided"


TWO_BEATS = (
    '# One\n```play\nkey "a"\nask "What?" "x" if reply fails, "y" otherwise\nkey "b"\n```\n'
    "# Two\n```play\nexpect disk is idle\n```\n"
)


def test_a_person_steps_through_the_beats_and_the_machine_stands_still_between_them() -> None:
    stage = FakeStage()
    playing = session(TWO_BEATS, stage, interactive=True)
    assert (playing.state, playing.poll()) == ("ready", 0)
    assert playing.next()
    assert (playing.poll(), playing.state, stage.done) == (0, "asking", ["key 'a'"])
    assert playing.question is not None
    assert set(playing.question.choices) == {"x", "y"}
    assert not playing.next(), "a question is open"
    playing.answer(1)
    assert (playing.poll(), playing.state, stage.done) == (0, "beat-over", ["key 'a'", "key 'b'"])
    assert playing.leave()
    assert playing.poll() == FREE
    assert not playing.next(), "the script was left"
    assert playing.come_back()
    assert playing.poll() == 0
    assert playing.next()
    assert (playing.poll(), playing.state, playing.verdict) == (FREE, "over", "passed")
    assert [(question.text, choice) for question, choice in playing.answers] == [("What?", 1)]


def test_going_back_undoes_the_beat_and_it_can_be_played_again_differently() -> None:
    stage = FakeStage()
    playing = session(TWO_BEATS.replace("expect", 'key "c"\nexpect'), stage, interactive=True)
    playing.next()
    playing.poll()
    playing.answer(0)
    playing.poll()
    log, outcomes, done = list(playing.log), list(playing.outcomes), list(stage.done)
    playing.next()
    playing.poll()
    assert (playing.state, playing.beat.title) == ("over", "Two")
    assert stage.done != done
    assert playing.back()
    assert (playing.state, playing.beat.title, playing.played) == ("beat-over", "One", 1)
    assert (playing.log, playing.outcomes, stage.done) == (log, outcomes, done)
    assert playing.back()
    assert (playing.state, playing.log, stage.done) == ("ready", [], [])
    assert not playing.back()
    playing.next()
    playing.poll()
    playing.answer(1)
    playing.poll()
    assert stage.done == done
    assert [choice for _, choice in playing.answers] == [1]


def test_going_back_in_the_middle_of_a_question_takes_the_question_back() -> None:
    stage = FakeStage()
    playing = session(TWO_BEATS, stage, interactive=True)
    playing.next()
    playing.poll()
    assert playing.question is not None
    assert playing.back()
    assert playing.question is None
    assert list(playing.predictions) == []
    assert playing.state == "ready"


def test_what_is_done_out_of_the_script_is_undone_and_the_beat_goes_on_where_it_was() -> None:
    stage = FakeStage()
    playing = session("crash disk with=exit\nwait 300 cycles\nexpect disk is idle", stage)
    stage.script.extend([TICK] * 9)
    playing.next()
    assert playing.poll() == 1
    stage.advance()
    assert playing.poll() == 1
    moment = stage.moment()
    assert playing.leave()
    assert not playing.leave()
    assert (playing.poll(), playing.deadline) == (FREE, None)
    stage.key("x")
    stage.advance()
    assert playing.come_back()
    assert not playing.come_back()
    assert stage.moment() == moment
    assert (playing.poll(), playing.state) == (1, "running")
    stage.advance()
    stage.advance()
    assert (playing.poll(), playing.state, playing.verdict) == (FREE, "over", "passed")


def test_the_script_is_not_left_before_it_begins_or_after_its_end() -> None:
    playing = session('key "a"', FakeStage())
    assert not playing.leave()
    playing.next()
    playing.poll()
    assert not playing.leave()


def test_the_log_tells_the_whole_lesson_in_order() -> None:
    stage = FakeStage()
    playing = session('say "Look."\nnote "Wait."\nfocus disk\ncrash disk with=exit\nexpect disk is dead', stage)
    drive(playing, stage)
    assert [(line.kind, line.text) for line in playing.log] == [
        ("beat", "Beat"), ("say", "Look."), ("note", "Wait."), ("do", "focus disk"), ("do", "crash disk with=exit"),
        ("check", "disk is dead"),
    ]  # fmt: skip
    assert playing.log[-1].place == "a.md:11:1"
    assert playing.focus == "disk"
    assert playing.verdict == "failed"
