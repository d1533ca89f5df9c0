"""Before something is revoked: the tree that would die, struck through, and what that means for whom."""

from __future__ import annotations

from collections.abc import Hashable

from playground.requests import revoke_request
from playground.screens.canvas import Canvas
from playground.screens.desk import Desk
from playground.screens.sheet import Sheet, wrap
from playground.screens.sheet_revoked import WATCHING_KEYS, Dying, Grave
from playground.screens.tab_capabilities import branches, rights_of, what_of
from playground.view import derivation
from playground.view.model import CapView
from playground.view.objects import TYPE_WORDS
from playground.view.preview import Branch, Preview, revoke_preview
from playground.view.servers import holder_of, slot_names

MOST_SENTENCES = 12
"""Consequences said in words; the rest is counted."""


class RevokeSheet(Sheet):
    """Enter does what the sheet shows."""

    def __init__(self, desk: Desk, slot: tuple[int, int]) -> None:
        super().__init__(desk)
        self.slot = slot
        self.lead = ""
        cap = desk.view.slots[slot]
        parent = derivation.parent(desk.view, cap)
        if not derivation.has_children(desk.view, cap) and parent is not None:
            mine, theirs = (holder_of(desk.view, each.cnode) or "somebody" for each in (cap, parent))
            self.lead = f"Nothing was made from {mine}'s own copy. It is taken away where it came from, at {theirs}:"
            self.slot = (parent.cnode, parent.index)
        self._revoked = ""
        self._tree: list[tuple[str, str, Grave]] = []
        self._falls: list[bool] = []
        """Title, tree and what falls of it as they were when enter was pressed."""
        self.preview: Preview = revoke_preview(desk.view, *self.slot)
        self._foreseen = desk.look
        """The moment of the machine for which that is so."""
        self.top = 0
        self._dying: Dying | None = None
        """What dies, as soon as enter has been pressed."""
        self._show_losses()

    def _show_losses(self) -> None:
        """Light the servers that would lose something."""
        losing = {
            loss.server: "everything" if loss.everything else _short(loss.capabilities) for loss in self.preview.losses
        }
        holder = holder_of(self.desk.view, self.slot[0])
        self.desk.change(losing=losing, spotlight=frozenset({*losing, holder, "you"}))

    def poll(self) -> None:
        """While the machine runs, what would die may become more or less."""
        if self._dying is None and self._foreseen != self.desk.look:
            self._foreseen = self.desk.look
            before, self.preview = self.preview, revoke_preview(self.desk.view, *self.slot)
            if before.sentences != self.preview.sentences or len(before.tree) != len(self.preview.tree):
                self._show_losses()
        super().poll()

    @property
    def harmless(self) -> bool:
        """Nothing would die."""
        return not self.preview.dying

    def stamp(self) -> Hashable:
        """While the tree dies, the machine's moment too."""
        return super().stamp(), self.desk.look if self._dying else None

    def title(self) -> str:
        """Which capability."""
        if self._dying is not None:
            return f"Revoked {self._revoked}"
        cap = self.desk.view.slots.get(self.slot)
        if cap is None:
            return "Revoke an empty slot"
        holder = holder_of(self.desk.view, cap.cnode)
        return f"Revoke {holder + ': ' if holder else ''}{self._naming(cap)}"

    def _naming(self, cap: CapView) -> str:
        return what_of(self.desk, cap) or f"{TYPE_WORDS[cap.kind]} {cap.object}"

    def keys(self) -> tuple[tuple[str, str], ...]:
        """Nothing to do where nothing would die; afterwards, the moments of what died."""
        if self._dying is not None:
            return WATCHING_KEYS
        if self.harmless:
            return (("←", "its parent"), ("esc", "close"))
        return (("enter", "revoke"), ("←", "its parent"), ("esc", "leave it alone"))

    def lines(self, width: int) -> list[tuple[str, str, str]]:
        """Everything the sheet says, as (branch, text, ink)."""
        if self._dying is not None:
            return self._lines_of_death(self._dying, width)
        lines = [("", text, "quiet italic") for text in wrap(self.lead, width)] if self.lead else []
        tree = self.preview.tree
        drawn = ["", *branches([branch.depth for branch in tree[1:]])]
        for branch, stem in zip(tree, drawn, strict=False):
            lines.append((stem, self._branch(branch), "faulted strike" if branch.dies else "title"))
        if self.preview.also:
            lines += [("", "", "text"), ("", "and what was inside of them", "quiet")]
            lines += [("  ", self._branch(branch), "faulted strike") for branch in self.preview.also]
        lines.append(("", "", "text"))
        sentences = list(self.preview.sentences)
        for sentence in sentences[:MOST_SENTENCES]:
            for number, text in enumerate(wrap(sentence, width - 2)):
                lines.append(("· " if not number else "  ", text, "text"))
        if len(sentences) > MOST_SENTENCES:
            lines.append(("  ", f"and {len(sentences) - MOST_SENTENCES} more consequences", "quiet"))
        typed = self._typed()
        if typed:
            lines += [("", "", "text"), ("", "the same as typing", "quiet"), ("", f": {typed}", "you")]
        return lines

    def _lines_of_death(self, dying: Dying, width: int) -> list[tuple[str, str, str]]:
        """The tree as it is at the moment on screen."""
        lines = []
        for (stem, text, grave), falls in zip(self._tree, self._falls, strict=True):
            gone = dying.is_gone(grave)
            lines.append((stem, text, "faulted strike" if gone else "title" if not falls else "handling bold"))
        return [*lines, ("", "", "text"), *(("", text, "text") for text in wrap(dying.told(), width))]

    def _called(self) -> str:
        """What the holder calls the capability, if the manifest has a name for it."""
        holder = holder_of(self.desk.view, self.slot[0])
        server = self.desk.view.servers.get(holder)
        if server is None or server.cspace != self.slot[0]:
            return ""
        return slot_names(self.desk.machine.manifest, holder).get(self.slot[1], "")

    def _typed(self) -> str:
        """The command that does the same."""
        name = self._called()
        return "" if self.harmless or not name else f"revoke {holder_of(self.desk.view, self.slot[0])}.{name}"

    def _branch(self, branch: Branch) -> str:
        cap = branch.cap
        who = branch.holder or self.desk.view.name_of(cap.cnode)
        rights = rights_of(cap)
        kind = TYPE_WORDS[cap.kind]
        name = self._naming(cap)
        return f"{who}  {kind + ' ' if not name.startswith(kind) else ''}{name}{'  ' + rights if rights else ''}"

    def paint_body(self, canvas: Canvas) -> None:
        """The tree, then the consequences in words."""
        width = canvas.width - 4
        lines = self.lines(width)
        rows = canvas.height - 3
        self.top = min(self.top, max(len(lines) - rows, 0))
        for y, (stem, text, ink) in enumerate(lines[self.top : self.top + rows], 2):
            x = canvas.put(2, y, stem, "quiet", width)
            canvas.put(x, y, text, ink, width - len(stem))
        if len(lines) > self.top + rows:
            canvas.put_right(canvas.width - 2, canvas.height - 1, f" ↓ {len(lines) - self.top - rows} more ", "quiet")

    def press(self, key: str, character: str | None) -> bool:
        """Enter does it, left goes to the parent, up and down scroll."""
        if self._dying is not None and key in ("left", "right"):
            self._dying.go(-1 if key == "left" else 1)
        elif key == "enter":
            if self._dying is not None:
                self.close(done=True)
            elif not self.harmless:
                self._revoke()
        elif key == "left":
            self._to_parent()
        elif key in ("up", "down", "pageup", "pagedown"):
            self.top = max(self.top + {"up": -1, "down": 1, "pageup": -10, "pagedown": 10}[key], 0)
        else:
            return False
        return True

    def _to_parent(self) -> None:
        cap = self.desk.view.slots.get(self.slot)
        parent = derivation.parent(self.desk.view, cap) if cap else None
        if parent is None:
            self.lead = "It came from nobody: the kernel made it at boot, or its parent is gone."
            return
        self.lead, self.slot, self.top = "", (parent.cnode, parent.index), 0
        self.preview = revoke_preview(self.desk.view, *self.slot)
        self._show_losses()

    def _revoke(self) -> None:
        holder = holder_of(self.desk.view, self.slot[0])
        request = revoke_request(holder, self.slot[1])
        if name := self._called():
            request["capability"] = name  # what is said about it; the slot decides
        self.desk.machine.request(request)
        still = "" if self.desk.machine.running else "; the machine stands: space steps, p runs"
        self._revoked = self.title().removeprefix("Revoke ")
        drawn = ["", *branches([branch.depth for branch in self.preview.tree[1:]])]
        rows = [*zip(drawn, self.preview.tree, strict=True), *(("  ", branch) for branch in self.preview.also)]
        self._tree = [
            (stem, self._branch(row), Grave(row.cap.cnode, row.cap.index, row.cap.object)) for stem, row in rows
        ]
        self._falls = [row.dies for _, row in rows]
        self._dying, self.top = Dying(self.desk, self.preview), 0
        self.desk.change(remark=f"you revoke {self._revoked}{still}", losing={}, spotlight=frozenset())

    def close(self, *, done: bool) -> None:
        """Whoever looked at the moments before is brought back to now."""
        if self._dying is not None:
            self.desk.change(moment=-1)
        super().close(done=done or self._dying is not None)


def _short(capabilities: tuple[str, ...]) -> str:
    """What is lost in a word or two, for a card."""
    if len(capabilities) != 1:
        return f"{len(capabilities)} caps"
    return capabilities[0].partition(" (")[0].rpartition(" ")[2] if "irq" not in capabilities[0] else "irq"
