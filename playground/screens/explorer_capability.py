"""A capability: what it allows, where it came from, and everything that was derived from it."""

from __future__ import annotations

from typing import Final

from kernel.abi import SLOT_BITS, ObjectType
from playground.screens.desk import Desk
from playground.screens.explorer_cnode import way_in
from playground.screens.explorer_parts import (
    Topic,
    about,
    cap_item,
    cap_runs,
    fact,
    heading,
    letters,
    mention,
    moment,
    place_words,
)
from playground.screens.inspector_tabs import Entry, Page, Target, entry
from playground.screens.tab_capabilities import WITH_RIGHTS, branches
from playground.screens.words import plural
from playground.view import derivation
from playground.view.capability_words import client_of, rights_words
from playground.view.model import CapView, View

ABOUT: Final = (
    "A capability is the right to do something with one object. It was derived from another one, its parent: whoever "
    "holds the parent can revoke it, and with it everything derived from it."
)
MOST_ANCESTORS: Final = 12
MOST_DESCENDANTS: Final = 300
"""Shown of each; the rest is counted."""


def page(desk: Desk, target: Target, width: int) -> Page:
    """The capability, and the tree around it."""
    view = desk.view
    assert target.slot is not None
    cap = view.slots.get(target.slot)
    if cap is None:
        words = f" Slot {target.slot[1]} of {view.name_of(target.slot[0])} is empty now."
        table = Target(object=target.slot[0])
        return Page([entry((words, "text bold")), fact("table", *mention(view, target.slot[0]), target=table)])
    lines = about(ABOUT, width)
    lines.append(fact("leads to", *mention(view, cap.object), target=Target(object=cap.object, through=target.slot)))
    lines.append(fact("is held in", *mention(view, cap.cnode), (f"  slot {cap.index}", "text"),
                      target=Target(object=cap.cnode)))  # fmt: skip
    if cap.kind in WITH_RIGHTS:
        words = rights_words(cap.kind, cap.rights)
        lines.append(fact("allows", (letters(cap.rights), "key bold"), (f"  {words}", "text")))
    elif cap.kind in (ObjectType.CNODE, ObjectType.UNTYPED):
        lines.append(fact("with", *cap_runs(view, cap)))
    if cap.kind in (ObjectType.ENDPOINT, ObjectType.NOTIFICATION):
        lines.append(fact("badge", _badge(view, cap)))
    if cap.kind == ObjectType.FRAME and cap.vspace:
        lines.append(fact("mapped", (f"{cap.vaddr:#x} in ", "text"), *mention(view, cap.vspace),
                          target=Target(object=cap.vspace)))  # fmt: skip
    lines.append(fact("there since", (moment(cap.born), "text"), target=Target(moment=cap.born)))
    if cap.kind == ObjectType.CNODE and cap.object in view.objects:
        lines += way_in(view, cap, view.objects[cap.object].size_bits - SLOT_BITS, width)
    return Page([*lines, *_tree(view, cap, width)])


def _badge(view: View, cap: CapView) -> tuple[str, str]:
    if not cap.badge:
        return ("none: copies with a badge can be made from it", "quiet")
    client = client_of(view, cap.object, cap.badge)
    who = f": the receiver knows that it is {client}" if client else ": the receiver sees this number"
    return (f"{cap.badge:#x}{who}", "key")


def _tree(view: View, cap: CapView, width: int) -> list[Entry]:
    """From the first ancestor down to the last descendant, this one lit."""
    above = derivation.ancestors(view, cap)[::-1]
    below = derivation.tree(view, cap)[1:]
    skipped = max(len(above) - MOST_ANCESTORS, 0)
    chain = [*above[skipped:], cap]
    title = f"derivation tree: {plural(len(above), 'ancestor')}, {plural(len(below), 'descendant')}"
    lines = [heading(title, width)]
    if skipped:
        lines.append(entry((f" and {skipped} more above", "quiet")))
    depths = [*range(1, len(chain) + 1), *(len(chain) + depth for depth, _ in below[:MOST_DESCENDANTS])]
    shown = [*chain, *(each for _, each in below[:MOST_DESCENDANTS])]
    for each, stem in zip(shown, branches(depths), strict=True):
        lines.append(_node(view, each, stem, cap))
    if len(below) > MOST_DESCENDANTS:
        lines.append(entry((f" and {len(below) - MOST_DESCENDANTS:,} more", "quiet")))
    if not above:
        lines.append(entry((" It has no parent: the kernel made it at boot, or its parent is gone.", "quiet")))
    return lines


def _node(view: View, each: CapView, stem: str, here: CapView) -> Entry:
    lead = (f" {stem}", "quiet")
    if each is here:
        mine = (lead, ("● ", "lit bold"), (place_words(view, each), "lit bold"), ("  this one", "lit"))
        return Entry(mine, Target(object=each.object, through=(each.cnode, each.index)))
    if each.object == here.object:
        return cap_item(view, each, lead)
    runs = (lead, (f"{place_words(view, each)}  ", "text"), *mention(view, each.object))
    return Entry(runs, Target(slot=(each.cnode, each.index)))


TOPIC = Topic(page, ABOUT)
