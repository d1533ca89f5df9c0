"""Capabilities in words: what a slot gives its holder."""

from __future__ import annotations

from typing import Final

from kernel.abi import ObjectType, Rights
from playground.view.model import View
from playground.view.objects import TYPE_WORDS, CapView

_VERBS: Final[dict[int, tuple[tuple[Rights, str], ...]]] = {
    ObjectType.ENDPOINT: (
        (Rights.READ, "receive"),
        (Rights.WRITE, "send"),
        (Rights.GRANT, "pass capabilities on"),
        (Rights.GRANT_REPLY, "be answered"),
    ),
    ObjectType.NOTIFICATION: ((Rights.READ, "wait"), (Rights.WRITE, "signal")),
    ObjectType.FRAME: ((Rights.READ, "read"), (Rights.WRITE, "write")),
    ObjectType.REPLY: ((Rights.GRANT, "pass capabilities on"),),
}
"""What rights mean, for the kinds that have any."""


def rights_words(kind: int, rights: int) -> str:
    """ "send, be answered"; "nothing" for a capability without rights; '' for kinds that have none."""
    verbs = _VERBS.get(kind)
    if verbs is None:
        return ""
    return ", ".join(word for right, word in verbs if rights & right) or "nothing"


def client_of(view: View, object_id: int, badge: int) -> str:
    """The server that a badge stands for, or ''. Only on the endpoints of the manifest a badge is a server's number."""
    if view.manifest is None:
        return ""
    owner, _, name = view.name_of(object_id).partition(".")
    provider, client = view.manifest.servers.get(owner), view.manifest.by_number(badge)
    return client.name if client is not None and provider is not None and name in provider.provides else ""


def is_used(view: View, thread: int, cap: CapView) -> bool:
    """Whether a thread has done anything by a capability so far, as far as that can be seen from outside.

    It called, answered, waited or asked the kernel for something on its object; a Frame is used by being mapped. Two
    capabilities to one object cannot be told apart.
    """
    return (thread, cap.object) in view.uses or bool(cap.kind == ObjectType.FRAME and cap.vspace)


def badge_words(view: View, kind: int, object_id: int, badge: int) -> str:
    """ "badge fs" where the badge is the number of a server, "badge 0x20", or ''."""
    if not badge or kind not in (ObjectType.ENDPOINT, ObjectType.NOTIFICATION):
        return ""
    return f"badge {client_of(view, object_id, badge) or f'{badge:#x}'}"


def capability(view: View, kind: int, object_id: int, rights: int, badge: int) -> str:
    """ "Endpoint disk.block (send, be answered; badge fs)"."""
    name = view.name_of(object_id)
    word = TYPE_WORDS[ObjectType(kind)]
    told = name if name.startswith(word) else f"{word} {name}"
    parts = (rights_words(kind, rights), badge_words(view, kind, object_id, badge), _line(view, kind, object_id, name))
    inside = "; ".join(part for part in parts if part)
    return f"{told} ({inside})" if inside else told


def _line(view: View, kind: int, object_id: int, name: str) -> str:
    """The interrupt line of a handler whose name does not say it."""
    known = view.objects.get(object_id)
    if kind != ObjectType.IRQ_HANDLER or known is None or name == f"irq {known.address}":
        return ""
    return f"irq {known.address}"


def cap_words(view: View, cap: CapView) -> str:
    """The same for a capability in a slot."""
    return capability(view, cap.kind, cap.object, cap.rights, cap.badge)
