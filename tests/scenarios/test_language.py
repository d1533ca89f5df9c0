"""The language: what a line means, and what is said about a line that means nothing."""

import pytest

from scenarios.language import (
    STATES,
    VERBS,
    LanguageError,
    check_command,
    complete,
    condition_in_words,
    parse_line,
    syntax as s,
)
from scenarios.language.grammar import GRAMMAR, grammar
from scenarios.language.happenings import event_names
from scenarios.language.syntax import Duration, EventPattern, Literal, Setting, Word
from scenarios.language.verbs import PROPERTIES
from servers.interfaces import FILES
from tests.scenarios.worlds import workshop


def meaning(line: str) -> s.Action:
    command = parse_line(line)
    assert command is not None
    return command.action


def complaint(line: str) -> str:
    """What is said about a line, by the grammar or about its names."""
    try:
        command = parse_line(line)
    except LanguageError as error:
        return str(error)
    assert command is not None
    return "\n".join(str(problem) for problem in check_command(command, workshop(), FILES.operation("read")))


def word(text: str) -> Word:
    return Word(text)


RIGHT = [
    (
        'call fs.read path="/etc/motd"   # as `you`',
        s.Call(word("fs"), word("read"), (Setting(word("path"), Literal("/etc/motd")),)),
    ),
    (
        "call fs.write /a=b data=/etc/motd#said",
        s.Call(
            word("fs"),
            word("write"),
            (Setting(None, Literal("/a=b")), Setting(word("data"), Literal("/etc/motd"))),
        ),
    ),
    (
        'send fs.read "/etc/motd" 0x10',
        s.Call(
            word("fs"), word("read"), (Setting(None, Literal("/etc/motd")), Setting(None, Literal(16))), waits=False
        ),
    ),
    ('key "ls /\\n"', s.Key("ls /\n")),
    ("crash disk with=null-pointer", s.Crash(word("disk"), word("null-pointer"))),
    ("pause fs", s.Pause(word("fs"))),
    ("resume fs", s.Resume(word("fs"))),
    ("revoke supervisor.disk_irq", s.Revoke(word("supervisor"), word("disk_irq"))),
    ("delete disk.irq", s.Delete(word("disk"), word("irq"))),
    ("restart disk", s.Restart(word("disk"))),
    ("restore disk", s.Restart(word("disk"))),
    ("step", s.Step(1)),
    ("step 1_000", s.Step(1000)),
    ("run", s.Run(None, None)),
    (
        "run until disk is handling block.read from fs within 5 ms",
        s.Run(
            s.IsState(word("disk"), word("handling"), False, None, word("block"), word("read"), word("fs")),
            Duration(5_000_000, "5 ms"),
        ),
    ),
    ("wait 2_000_000 cycles", s.Wait(Duration(2_000_000, "2_000_000 cycles"))),
    (
        'expect reply.text contains "welcome"',
        s.Expect(s.ReplyField(word("text"), "contains", Literal("welcome")), None),
    ),
    ("expect reply.data == 12", s.Expect(s.ReplyField(word("data"), "==", Literal(12)), None)),
    ("expect reply succeeds", s.Expect(s.ReplySucceeds(), None)),
    ("expect reply fails", s.Expect(s.ReplyFails(None), None)),
    ("expect reply fails with NOT_FOUND", s.Expect(s.ReplyFails(word("NOT_FOUND")), None)),
    ("expect no reply within 1 s", s.Expect(s.NoReply(), Duration(1_000_000_000, "1 s"))),
    (
        "expect event restarted server=disk within 2_000_000 cycles",
        s.Expect(
            s.Happened(EventPattern(word("restarted"), (Setting(word("server"), Literal("disk", True)),))),
            Duration(2_000_000, "2_000_000 cycles"),
        ),
    ),
    ("expect no event restarted", s.Expect(s.Absent(EventPattern(word("restarted"), ())), None)),
    (
        "expect event faulted before event message operation=block.read",
        s.Expect(
            s.Before(
                EventPattern(word("faulted"), ()),
                EventPattern(word("message"), (Setting(word("operation"), Literal("block.read", True)),)),
            ),
            None,
        ),
    ),
    ("expect count event restarted >= 3", s.Expect(s.Counted(EventPattern(word("restarted"), ()), ">=", 3), None)),
    ("expect fs is running", s.Expect(s.IsState(word("fs"), word("running")), None)),
    ("expect fs is not idle", s.Expect(s.IsState(word("fs"), word("idle"), True), None)),
    (
        "expect fs is waiting for disk",
        s.Expect(s.IsState(word("fs"), word("waiting"), False, word("disk")), None),
    ),
    ("expect you cannot reach disk", s.Expect(s.Reach(word("you"), word("disk"), False), None)),
    ("expect fs can reach disk", s.Expect(s.Reach(word("fs"), word("disk"), True), None)),
    ("expect disk lacks irq", s.Expect(s.Holds(word("disk"), word("irq"), False), None)),
    ("expect disk holds irq", s.Expect(s.Holds(word("disk"), word("irq"), True), None)),
    (
        "expect fs holds disk.block with write and grant-reply",
        s.Expect(s.Holds(word("fs"), word("disk.block"), True, (word("write"), word("grant-reply"))), None),
    ),
    ("expect deadlock within 5 ms", s.Expect(s.Deadlock(), Duration(5_000_000, "5 ms"))),
    ("expect deadlock of fs and disk", s.Expect(s.Deadlock((word("fs"), word("disk"))), None)),
    ("expect no deadlock", s.Expect(s.Deadlock(negated=True), None)),
    ("expect no deadlock of fs and disk", s.Expect(s.Deadlock((word("fs"), word("disk")), negated=True), None)),
    ("expect manifest is accepted", s.Expect(s.Judged((), True), None)),
    (
        "expect manifest with servers.fs.priority=250 without servers.fs.uses.disk is refused at servers.fs.priority",
        s.Expect(
            s.Judged(
                (
                    s.ManifestChange(word("servers.fs.priority"), Literal(250)),
                    s.ManifestChange(word("servers.fs.uses.disk"), None),
                ),
                False,
                word("servers.fs.priority"),
            ),
            None,
        ),
    ),
    ("expect disk.life == 2", s.Expect(s.Property(word("disk"), word("life"), "==", 2), None)),
    (
        'ask "What now?" "this" if reply fails, "that" otherwise',
        s.Ask("What now?", (s.Option("this", s.ReplyFails(None)), s.Option("that", None))),
    ),
    (
        'ask "Which error?" answer=reply.error within 5 ms',
        s.Ask("Which error?", source=s.AnswerReply(word("error")), limit=Duration(5_000_000, "5 ms")),
    ),
    ('ask "Who is next?" answer=next running server', s.Ask("Who is next?", source=s.AnswerNext())),
    (
        'ask "How often?" answer=count event restarted',
        s.Ask("How often?", source=s.AnswerCount(EventPattern(word("restarted"), ()))),
    ),
    (
        'ask "How often?" answer=count event restarted or "7", "9" within 5 ms',
        s.Ask(
            "How often?",
            source=s.AnswerCount(EventPattern(word("restarted"), ())),
            also=("7", "9"),
            limit=Duration(5_000_000, "5 ms"),
        ),
    ),
    (
        'ask "Why?" answer=cause of event server-died',
        s.Ask("Why?", source=s.AnswerField(word("cause"), EventPattern(word("server-died"), ()))),
    ),
    ('ask "Which life?" answer=disk.life', s.Ask("Which life?", source=s.AnswerProperty(word("disk"), word("life")))),
    (
        'ask "Is it?" answer=whether fs is idle',
        s.Ask("Is it?", source=s.AnswerWhether(s.IsState(word("fs"), word("idle")))),
    ),
    (
        "expect time from event faulted to event restarted < 5 ms",
        s.Expect(
            s.Elapsed(
                EventPattern(word("faulted"), ()), EventPattern(word("restarted"), ()), "<", Duration(5_000_000, "5 ms")
            ),
            None,
        ),
    ),
    ('mark "before"', s.MarkMoment("before")),
    ('goto "before"', s.Goto("before")),
    ("goto before", s.Goto("before")),
    ("branch as as after", s.Branch("as", "after")),
    ("inspect memory", s.Show("inspect", word("memory"))),
    ("speed 20", s.Show("speed", word("20"))),
    ("quit", s.Show("quit")),
    ("explore disk.cspace", s.Show("explore", word("disk.cspace"))),
    ("go 120", s.Show("go", word("120"))),
    ("go boot", s.Show("go", word("boot"))),
    ('go "the crash"', s.Show("go", word("the crash"))),
    ("find disk is dead", s.Show("find", None, s.IsState(word("disk"), word("dead")))),
    ("find last disk is dead", s.Show("find", None, s.IsState(word("disk"), word("dead")))),
    ("find next message to fs", s.Show("find", servers=(word("fs"),))),
    ("why not", s.Show("why")),
    ("why not fs", s.Show("why", servers=(word("fs"),))),
    ("why not fs reach disk", s.Show("why", servers=(word("fs"), word("disk")))),
    ('branch "calm" as "with a crash"', s.Branch("calm", "with a crash")),
    ('compare "with a crash"', s.Compare("with a crash")),
    ("focus disk", s.Focus(word("disk"))),
    ('say "Watch # the \\"bar\\"."  # a comment', s.Say('Watch # the "bar".')),
    ('note "Ask the class."', s.Say("Ask the class.", aside=True)),
]


@pytest.mark.parametrize(("line", "action"), RIGHT, ids=[line for line, _ in RIGHT])
def test_a_line_means_what_it_says(line: str, action: s.Action) -> None:
    assert meaning(line) == action
    assert complaint(line) == ""


@pytest.mark.parametrize("line", ["", "   ", "# only a comment", "\t# and another"])
def test_an_empty_line_means_nothing(line: str) -> None:
    assert parse_line(line) is None


@pytest.mark.parametrize(
    "name", ["to", "within", "before", "from", "with", "if", "until", "event", "is", "without", "and", "at"]
)
def test_an_argument_may_have_the_name_of_a_word_of_the_language(name: str) -> None:
    action = meaning(f'call ann.pay sender="ann" {name}=5 within 5 ms')
    assert isinstance(action, s.Call)
    assert action.arguments[1] == Setting(word(name), Literal(5))
    assert action.limit == Duration(5_000_000, "5 ms")
    assert meaning(f"call ann.pay {name}=5") == s.Call(
        word("ann"), word("pay"), (Setting(word(name), Literal(5)),), None
    )


WRONG = [
    ("crsh disk with=null-pointer", 1, "No verb is called `crsh`; did you mean `crash`?"),
    ('"quoted"', 1, 'A line begins with a verb, such as `call` or `expect`, not with `"`'),
    ("crash dsk with=exception", 7, "No server is called `dsk`; did you mean `disk`?"),
    ("crash disk with=null-ponter", 17, "No kind of crash is called `null-ponter`; did you mean `null-pointer`?"),
    ("crash disk", 11, "The line ends where `with` should come; `crash` is written: crash SERVER with=KIND"),
    ("crash disk wiht=exit", 12, "`wiht` does not belong here; did you mean `with`?"),
    ('call fs.raed path="/x"', 9, "`fs` has no operation `raed`; did you mean `read`?"),
    ("call sf.read", 6, "No server that answers calls is called `sf`; did you mean `fs`?"),
    ('call fs.read pth="/x"', 14, "`fs.read` has no argument `pth`; did you mean `path`?"),
    ('call fs.read path="/x" path="/y"', 24, "`path` is given twice"),
    ("expect deadlock of fs and dsk", 27, "No server is called `dsk`; did you mean `disk`?"),
    ("expect fs holds disk.block with wite", 33, "No right is called `wite`; did you mean `write`?"),
    ("expect manifest with calls=1 is accepted", 22, "A key of the manifest is written TABLE.KEY, not `calls`"),
    ("expect manifest with system.calls=1 is refused at servers.f.uses", 51, "The manifest has no `servers.f.uses`"),
    ("expect manifest without servers.fs.user is accepted", 25, "The manifest has no `servers.fs.user`; did you mean"),
    ("expect manifest without servers.fs is accepted", 25, "`servers.fs` of the manifest cannot be taken out"),
    ("call fs.read", 1, "`fs.read` needs `path`: absolute path, such as /etc/motd (text)"),
    ("call fs.read 5", 14, '`path` is text, written "5" in double quotes'),
    ('call fs.read "/x" offset="y"', 26, '`offset` is a number, not "y"'),
    ('call fs.write "/x" "data" append=maybe', 34, "`append` is true or false, not maybe"),
    ('call fs.read "/x" 1 2 3', 23, "`fs.read` takes 3 arguments, not 4"),
    ("call fs.sync 1", 14, "`fs.sync` takes 0 arguments, not 1"),
    ("call fs.read path='/x'", 19, 'Text is written in "double quotes", not with \''),
    ('say "never closed', 5, "This text has no closing quote"),
    ('say "a\\q"', 7, "`\\q` means nothing"),
    ("say hello", 5, '`hello` does not belong here; `say` is written: say "TEXT"'),
    ("expect fs si running", 11, "`si` does not belong here; did you mean `is`?"),
    ("expect fs is runing", 14, "No state of a server is called `runing`; did you mean `running`?"),
    ("expect fs is", 13, "The line ends where a name or `not` should come"),
    ("expect fs is idle for disk", 14, "Only `is waiting` can be followed by for SERVER, not `is idle`"),
    ("expect event restartd server=disk", 14, "No event is called `restartd`; did you mean `restarted`?"),
    ("expect event restarted sever=disk", 24, "Event `restarted` has no field `sever`; did you mean `server`?"),
    ("expect event restarted server=dsk", 31, "No server is called `dsk`; did you mean `disk`?"),
    ("expect event server-died cause=exceptoin", 32, "No cause of death is called `exceptoin`; did you mean"),
    ("expect event message operation=block.reda", 32, "No operation of `block` is called `reda`; did you mean `read`?"),
    ("expect reply.dat == 1", 14, "A reply of `read` has no `dat`; did you mean `data`?"),
    ("expect reply fails with NOTFOUND", 25, "No error is called `NOTFOUND`; did you mean `NOT_FOUND`?"),
    ("expect disk.lief == 2", 13, "No number of a server is called `lief`; did you mean `life`?"),
    ("expect disk lacks irqq", 19, "`disk` has no capability `irqq`; did you mean `irq`?"),
    ("revoke disk.irqs", 13, "`disk` has no capability `irqs`; did you mean `irq`?"),
    ("expect you cannot reach dsk", 25, "No server is called `dsk`; did you mean `disk`?"),
    ("wait 5 msec", 8, "No unit of time is called `msec`; did you mean `ms`?"),
    ("wait 5", 7, "A unit of time is missing after 5, such as `cycles`, `us`, `ms` or `s`"),
    ("run until fs is idle within 5_000", 34, "A unit of time is missing after 5_000, such as `cycles`"),
    ("expect time from event faulted to event restarted < 3", 54, "A unit of time is missing after 3, such as"),
    ("wait 5_000_000 s", 6, "A duration is 1 to 1_000_000_000_000 cycles"),
    ("step 0", 6, "A number of steps is 1 to 1_000_000, not 0"),
    ("expect count event restarted contains 3", 30, "Numbers are compared with == != < <= > >="),
    ('ask "What?" "only one" if reply fails', 13, "A question has 2 to 6 different answers"),
    ('ask "What?" "a" if reply fails, "a" otherwise', 33, "A question has 2 to 6 different answers"),
    ('ask "What?" "a" if no reply, "b" otherwise', 13, "Of what does not happen nobody can say when it is so"),
    ('ask " " answer=reply.error', 5, "A question asks something"),
    ("expect reply fails with not_found", 25, "No error is called `not_found`; did you mean `NOT_FOUND`?"),
    ("expect event restarted server=disk server=fs", 36, "`server` is given twice, and an event has one only"),
    ('ask "What?"', 12, "The line ends where a text in"),
    ('ask "What?" answer=reply.eror', 26, "A reply of `read` has no `eror`; did you mean `error`?"),
    ('ask "What?" answer=cuase of event server-died', 20, "Event `server-died` has no field `cuase`; did you mean"),
    ('ask "What?" answer=disk.life or "4", "4"', 33, "After `or` stand one to 5 different answers"),
    (
        'ask "What?" answer=whether fs is idle or "perhaps"',
        42,
        "What is asked with `whether` is answered with yes or no",
    ),
    ('ask "What?" answer=disk.lief', 25, "No number of a server is called `lief`; did you mean `life`?"),
    ('mark " "', 6, "A moment has a name that is not empty"),
    ("inspect capabilites", 9, "No tab of the inspector is called `capabilites`; did you mean `capabilities`?"),
    ("find last dsk is dead", 11, "No server is called `dsk`; did you mean `disk`?"),
    ("find message to dsk", 17, "No server is called `dsk`; did you mean `disk`?"),
    ("find reply fails", 1, "The past is searched for an event, a state, what can be reached or is held"),
    ("why not fs reach dsk", 18, "No server is called `dsk`; did you mean `disk`?"),
    ("record run.mkp", 1, "A lesson writes no files: record it from outside, with `--record FILE`"),
    ("find dsk is dead", 6, "No server is called `dsk`; did you mean `disk`?"),
    ('branch "calm" as ""', 18, "A moment has a name that is not empty"),
    ("speed 0", 7, "A speed is 1 to 1_000_000 events a second, or `max`, not 0"),
    ("focus dis", 7, "No server is called `dis`; did you mean `disk`?"),
    ("expect fs is running ;", 22, "`;` means nothing here"),
]


@pytest.mark.parametrize(("line", "column", "sentence"), WRONG, ids=[line for line, _, _ in WRONG])
def test_a_wrong_line_is_answered_with_what_would_be_right(line: str, column: int, sentence: str) -> None:
    first, shown, caret = complaint(line).splitlines()[:3]
    assert first.startswith(f"command line:1:{column}: {sentence}"), first
    assert shown == f"    {line}"
    assert caret == " " * (4 + column - 1) + "^"


def test_the_names_of_a_line_are_all_checked_at_once() -> None:
    assert complaint("crash dsk with=null-ponter").count("did you mean") == 2


def test_a_line_without_end_is_refused_by_its_length() -> None:
    with pytest.raises(LanguageError, match="at most 2,000 characters, this one has 5,006"):
        parse_line('say "' + "x" * 5000 + '"')


def test_columns_count_from_the_beginning_of_an_indented_line() -> None:
    assert complaint("    crash dsk with=exit").startswith("command line:1:11: ")


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_a_rule_a_usage_and_an_example_that_is_right(name: str) -> None:
    verb = VERBS[name]
    assert any(line.startswith(f"{name}:") for line in GRAMMAR.read_text(encoding="utf-8").splitlines())
    assert verb.usage.startswith(name)
    assert complaint(verb.example) == ""
    for argument in verb.arguments:
        assert argument.name.split()[0].strip('"') in verb.usage


def test_every_rule_of_the_grammar_that_begins_with_a_verb_is_in_the_table() -> None:
    rules = {line.split(":")[0] for line in GRAMMAR.read_text(encoding="utf-8").splitlines() if ': "' in line}
    starts = {rule for rule in rules if f'{rule}: "{rule}"' in GRAMMAR.read_text(encoding="utf-8")}
    assert starts - {"event"} == set(VERBS)
    assert set(grammar().options.start) == set(VERBS)


def test_conditions_are_told_in_words() -> None:
    told = {line: condition_in_words(action.condition) for line, action in RIGHT if isinstance(action, s.Expect)}
    assert told['expect reply.text contains "welcome"'] == 'the reply contains "welcome"'
    assert told["expect fs is waiting for disk"] == "fs is waiting for disk"
    assert told["expect event restarted server=disk within 2_000_000 cycles"] == (
        "event restarted (server disk) happens"
    )
    assert told["expect disk.life == 2"] == "life of disk is 2"
    assert len(set(told.values())) == len(told)


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("cr", ["crash"]),
        ("call f", ["fs.read", "fs.write"]),
        ("call fs.read ", ["path=", "offset="]),
        ("crash ", ["disk", "fs"]),
        ("crash disk w", ["with=null-pointer", "with=silence"]),
        ("revoke disk.i", ["disk.irq"]),
        ("expect ev", ["event"]),
        ("expect event rest", ["restarted", "restarting"]),
        ("expect event restarted ", ["server=", "life="]),
        ("expect fs ", ["is", "can", "holds"]),
        ("expect fs is ", ["running", "not"]),
        ("expect disk.l", ["disk.life"]),
        ("wait 5 ", ["cycles", "ms"]),
        ("expect fs is running within 5 ", ["cycles"]),
        ("focus d", ["disk"]),
        ("run until no ", ["event", "reply"]),
        ('ask "Why?" ', ["answer=reply.error", "answer=next", "answer=whether"]),
        ('ask "Why?" "it died" if event serv', ["server-died"]),
        ('ask "Why?" answer=cause of event ', ["server-died"]),
        ("inspect ", ["capabilities", "why"]),
        ("expect deadlock of ", ["fs", "disk"]),
        ("expect disk holds irq with ", ["read", "grant-reply"]),
        ("expect manifest ", ["with", "without", "is"]),
        ("find ", ["last", "event", "message", "disk"]),
        ("find last disk is ", ["dead"]),
        ("find message to ", ["fs"]),
        ("why not fs reach ", ["disk"]),
    ],
)
def test_completion_offers_what_can_come_next(text: str, some: list[str]) -> None:
    offered = complete(text, workshop())
    assert set(some) <= set(offered), offered


def test_nothing_is_offered_inside_a_text() -> None:
    assert complete('say "cr', workshop()) == []


def test_words_of_the_tables_do_not_collide() -> None:
    assert len(set(event_names())) == len(event_names())
    assert not set(STATES) & {"not"}
    assert not set(PROPERTIES) & {"text", "error"}
