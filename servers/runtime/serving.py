"""The server's side of an interface: receive, decode, let the handler work, answer, for ever.

One Reply object is enough for a server that answers every request before it takes the next. A handler that cannot
answer yet defers the request, which keeps its Reply object; when all are kept, the loop takes no more requests and
waits for signals only, until an answer sets one free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kernel.abi import UNTOUCHED, Message, ReceiveSlot
from kernel.syscalls import nb_recv, nb_send_recv, recv, reply_recv, send, wait
from servers.interfaces.base import Interface, Operation, Value, error_label
from servers.interfaces.codec import (
    CodecError,
    capability_name,
    capability_of,
    decode_request,
    encode_reply,
)
from servers.runtime.errors import BAD_REQUEST, SERVER_DIED, UNAVAILABLE, Refused, ServerError
from servers.runtime.sabotage import WRONG_ANSWER, Sabotage, twist

if TYPE_CHECKING:
    from servers.runtime.env import Env


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to a caller."""

    label: int
    words: tuple[int, ...] = ()
    caps: tuple[int, ...] = ()


BAD: Final = Answer(error_label(BAD_REQUEST))
DEAD: Final = Answer(error_label(SERVER_DIED))
"""What the supervisor answers in the name of a dead server."""


class PendingReply:
    """A request that is answered later."""

    def __init__(self, serving: Serving, operation: Operation, badge: int, slot: int) -> None:
        self._serving = serving
        self._operation = operation
        self._slot = slot
        self._answered = False
        self.badge = badge
        """The number of the caller."""

    async def reply(self, **results: Value) -> None:
        """Answer with results. Answering twice is refused: the Reply object may hold another caller by then."""
        await self._send(self._serving.answer(self._operation, results))

    async def refuse(self, error: str) -> None:
        """Answer with an error of the interface, by name."""
        await self._send(Answer(error_label(self._serving.interface.error_code(error))))

    async def _send(self, answer: Answer) -> None:
        if self._answered:
            raise RuntimeError(f"{self._operation.name} was already answered")
        self._answered = True
        await send(self._slot, answer.label, answer.words, answer.caps)
        self._serving.replies.append(self._slot)


class Request:
    """A request that is being handled."""

    def __init__(self, serving: Serving, operation: Operation, badge: int) -> None:
        self._serving = serving
        self.operation = operation
        self.badge = badge
        """The number of the caller in the manifest: the badge of the capability it used."""
        self.pending: PendingReply | None = None
        """Set once the request is deferred."""

    def defer(self) -> PendingReply:
        """Keep the caller waiting; what the handler returns is then ignored."""
        if self.pending is None:
            self.pending = PendingReply(self._serving, self.operation, self.badge, self._serving.take_reply())
        return self.pending


class Serving:
    """The state of a serving loop: which Reply objects are free, and which one holds the present caller."""

    def __init__(self, env: Env, interface: Interface, handler: Any) -> None:
        self.env = env
        self.interface = interface
        self.handler = handler
        self.replies = list(env.replies)
        self._present = 0
        self._endpoint = env.cap(_endpoint_name(env, interface))
        self._receive_slot: ReceiveSlot | None = None
        self._ready = env.caps.get("ready", 0)
        """A passive server says with it that it needs no time any more, and in the same system call begins to wait."""
        for operation in interface.operations:
            if not hasattr(handler, operation.name):
                raise TypeError(f"{type(handler).__name__} cannot serve {interface.name}: it has no {operation.name}")

    def take_reply(self) -> int:
        """The Reply object of the present caller, which the loop will not use until it is given back."""
        slot, self._present = self._present, 0
        return slot

    def answer(self, operation: Operation, results: Mapping[str, Value] | Value | None) -> Answer:
        """Results as a message; twisted if the debug probe made this server lie."""
        if results is None:
            results = {}
        elif not isinstance(results, Mapping):
            results = {operation.results[0].name: results}
        words = encode_reply(operation, results)
        if self.env.lying:
            words = twist(operation, words)
        return Answer(0, words, capability_of(operation.results, results))

    async def run(self) -> None:
        """Serve for ever. A request that was already delivered when the probe struck is answered as if by a death."""
        answer: Answer | None = None
        while True:
            try:
                message = await self._receive(answer)
                answer = None
                if message.label == UNTOUCHED:
                    await self._signalled(message.badge)
                else:
                    answer = await self._dispatch(message)
            except Sabotage as sabotage:
                if sabotage.kind != WRONG_ANSWER:
                    raise
                self.env.lying = True
                answer = None
                if self._present:
                    await send(self._present, DEAD.label)

    async def _receive(self, answer: Answer | None) -> Message:
        rx = self._next_receive_slot()
        if answer is not None and self._present:
            caps = answer.caps
            if not self._ready:
                return await reply_recv(self._endpoint, self._present, answer.label, answer.words, caps, rx)
            await send(self._present, answer.label, answer.words, caps)
        if not self._present:
            if not self.replies:
                message = await wait(self.env.cap("signals"))
                return Message(message.badge, UNTOUCHED, ())
            self._present = self.replies.pop(0)
        if self._ready:
            return await self._receive_passive(self._present, rx)
        return await recv(self._endpoint, self._present, rx)

    async def _receive_passive(self, reply: int, rx: ReceiveSlot | None) -> Message:
        """Those who queue already are served on the own time; then it is given up while nobody is being served."""
        message = await nb_recv(self._endpoint, reply, rx)
        if message.badge or message.label != UNTOUCHED:
            return message
        ready, self._ready = self._ready, 0
        return await nb_send_recv(ready, 0, (), (), self._endpoint, reply, rx)

    async def _signalled(self, badge: int) -> None:
        badge = await self.env.answer_heartbeat(badge)
        if badge and hasattr(self.handler, "on_signal"):
            await self.handler.on_signal(badge)

    async def _dispatch(self, message: Message) -> Answer | None:
        """The answer to a request, or None if it was deferred."""
        received = self._received_slot(message)
        operation = self.interface.by_label(message.label)
        if operation is None:
            await self._drop(received)
            return BAD
        try:
            arguments = decode_request(operation, message.words)
        except CodecError:
            await self._drop(received)
            return BAD
        wanted = capability_name(operation.arguments)
        if wanted and not received:
            return BAD
        if wanted:
            arguments[wanted] = received
        else:
            await self._drop(received)
        return await self._handle(operation, message.badge, arguments)

    async def _handle(self, operation: Operation, badge: int, arguments: dict[str, Value]) -> Answer | None:
        request = Request(self, operation, badge)
        try:
            results = await getattr(self.handler, operation.name)(request, **arguments)
        except Refused as refused:
            answer = Answer(error_label(self.interface.error_code(refused.name)))
        except ServerError as error:
            await self.env.note("unavailable", operation=operation.name, text=str(error))
            answer = Answer(error_label(UNAVAILABLE))
        except Sabotage as sabotage:
            if sabotage.kind != WRONG_ANSWER:
                raise
            self.env.lying = True
            answer = Answer(0, twist(operation, ()))
        else:
            if request.pending:
                return None
            return self.answer(operation, results)
        if request.pending:
            raise RuntimeError(f"{operation.name} was deferred and then refused; use PendingReply.refuse")
        return answer

    def _next_receive_slot(self) -> ReceiveSlot | None:
        if self._receive_slot is None and "cspace" in self.env.caps and self.env.slots.left:
            self._receive_slot = ReceiveSlot(self.env.caps["cspace"], self.env.slots.take())
        return self._receive_slot

    def _received_slot(self, message: Message) -> int:
        """The slot of a capability that came with a request, or 0; the next request gets another slot."""
        if not message.caps or message.unwrapped or self._receive_slot is None:
            return 0
        slot, self._receive_slot = self._receive_slot.slot, None
        return slot

    async def _drop(self, slot: int) -> None:
        if slot:
            await self.env.delete(slot)


async def serve(env: Env, interface: Interface, handler: Any) -> None:
    """See Env.serve."""
    await Serving(env, interface, handler).run()


def _endpoint_name(env: Env, interface: Interface) -> str:
    """The capability to receive on: the one named in `provides`."""
    for name, provided in env.provides.items():
        if provided == interface.name:
            return name
    raise KeyError(f"{env.name} provides no endpoint with the interface {interface.name}")
