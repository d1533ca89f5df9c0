"""The crash menu: how a server shall fail, one sentence for each way. It is the debug probe that does it, not you."""

from __future__ import annotations

from playground.screens.canvas import Canvas
from playground.screens.desk import Desk, Machine
from playground.screens.sheet import Choice, Sheet, wrap
from playground.view import outlook
from scenarios.language.verbs import CRASH_KINDS


class CrashSheet(Sheet):
    """Choose how the selected server dies."""

    KEYS = (("↑ ↓", "choose"), ("enter", "crash it"), ("esc", "leave it alone"))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.kinds = tuple(CRASH_KINDS.items())
        self.choice = Choice(len(self.kinds))

    def title(self) -> str:
        """Whose death it is."""
        return f"Crash {self.desk.selected}"

    def paint_body(self, canvas: Canvas) -> None:
        """The kinds, each with its sentence, and what the probe is."""
        width = canvas.width - 6
        roomy = canvas.height >= 3 * len(self.kinds) + 6
        y = 2
        for number, (kind, sentence) in enumerate(self.kinds):
            chosen = number == self.choice.at
            self.places[y] = number
            canvas.put(2, y, "▸" if chosen else " ", "lit bold")
            canvas.put(4, y, kind, "faulted bold" if chosen else "title", width)
            if roomy:
                for line in wrap(_sentence(sentence), width):
                    y += 1
                    canvas.put(4, y, line, "text" if chosen else "quiet", width)
                y += 1
            y += 1
        y += not roomy
        if not roomy:
            for line in wrap(_sentence(self.kinds[self.choice.at][1]), width):
                canvas.put(4, y, line, "text bold", width)
                y += 1
        manifest, kind = self.desk.machine.manifest, self.kinds[self.choice.at][0]
        grave = outlook.is_grave(manifest, self.desk.selected, kind)
        for line in wrap(outlook.of_crash(manifest, self.desk.selected, kind), width):
            canvas.put(4, y, line, "handling" if grave else "text", width)
            y += 1
        y += 1
        about = "This is the debug probe: a wire into the machine, not a system call. The trace marks what it did."
        for line in wrap(about, width):
            canvas.put(4, y, line, "quiet italic", width)
            y += 1

    def pick(self, number: int) -> bool:
        """Choose by the mouse."""
        return self.choice.pick(number)

    def press(self, key: str, character: str | None) -> bool:
        """Choose; enter does it."""
        if key == "enter":
            self.desk.change(remark=crash(self.desk.machine, self.desk.selected, self.kinds[self.choice.at][0]))
            self.close(done=True)
            return True
        return self.choice.key(key)


def crash(machine: Machine, server: str, kind: str) -> str:
    """Let the probe do it. Gives what to say about it."""
    machine.crash(server, kind)
    still = "" if machine.running else "; the machine stands: space steps, p runs"
    grave = outlook.is_grave(machine.manifest, server, kind)
    told = f". {outlook.of_crash(machine.manifest, server, kind)}" if grave else ""
    return f"the debug probe crashes {server} ({kind}){still}{told}"


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}."
