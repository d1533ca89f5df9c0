"""The client's side of an interface: a method for each operation, made from the table.

A server that dies before it answers is the one failure that is worth another try, and only for an operation that
may be done twice. The stub tries a bounded number of times; meanwhile its Call simply queues on the endpoint, which
outlives the server behind it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from kernel.abi import ERROR_NAMES, FIRST_USER_LABEL, Error, Message, ReceiveSlot
from kernel.syscalls import call, yield_
from servers.interfaces.base import Interface, Operation, Value, error_of_label
from servers.interfaces.codec import (
    CodecError,
    capability_name,
    capability_of,
    decode_reply,
    encode_request,
)
from servers.runtime.errors import BAD_REQUEST, SERVER_DIED, UNAVAILABLE, ServerError

if TYPE_CHECKING:
    from servers.runtime.env import Env

MAX_TRIES: Final = 5
"""How often an idempotent request is sent before the client gives up."""


class Client:
    """A stub: `await files.read("/etc/motd", length=20)`; positional arguments in the order of the table.

    A method returns None, the one result, or an object with an attribute for each of several results.
    Raises ServerError if the request was refused, nobody could be reached, or the answer made no sense; and
    CodecError if the arguments do not fit the operation.
    """

    def __init__(self, env: Env, slot: int, name: str, interface: Interface) -> None:
        self._env = env
        self._slot = slot
        self._name = name
        self._interface = interface

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            operation = self._interface.operation(name)
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

        async def method(*positional: Value, **named: Value) -> Any:
            if len(positional) > len(operation.arguments):
                raise CodecError(f"{operation.name} takes {len(operation.arguments)} arguments, not {len(positional)}")
            arguments = {argument.name: value for argument, value in zip(operation.arguments, positional, strict=False)}
            results = await self.request(operation, {**arguments, **named})
            if len(operation.results) > 1:
                return SimpleNamespace(**results)
            return next(iter(results.values()), None)

        return method

    async def request(self, operation: Operation, arguments: dict[str, Value]) -> dict[str, Value]:
        """Send a request and give its results by name; tries again if the server died and the operation allows it."""
        words = encode_request(operation, arguments)
        caps = capability_of(operation.arguments, arguments)
        tries = MAX_TRIES if operation.idempotent else 1
        for attempt in range(1, tries + 1):
            try:
                return await self._once(operation, words, caps)
            except ServerError as error:
                if error.code != SERVER_DIED or attempt == tries:
                    raise
                await self._env.note(
                    "retry",
                    capability=self._name,
                    operation=f"{self._interface.name}.{operation.name}",
                    attempt=attempt + 1,
                    text=f"{self._name} died before it answered; asking again, which {operation.name} allows",
                )
                await yield_()
        raise AssertionError("unreachable")

    async def _once(self, operation: Operation, words: tuple[int, ...], caps: tuple[int, ...]) -> dict[str, Value]:
        wanted = capability_name(operation.results)
        slot = self._env.slots.take() if wanted else 0
        rx = ReceiveSlot(self._env.caps["cspace"], slot) if wanted else None
        message: Message = await call(self._slot, self._interface.label(operation), words, caps, rx)
        if wanted and not (message.label == 0 and message.caps):
            self._env.slots.give_back(slot)
        if message.label:
            raise self._error(operation, message)
        try:
            results = decode_reply(operation, message.words)
        except CodecError as error:
            raise self._refusal(operation, BAD_REQUEST, f"the answer makes no sense: {error}") from None
        if wanted:
            if not message.caps:
                raise self._refusal(operation, BAD_REQUEST, "the answer came without the capability")
            results[wanted] = slot
        return results

    def _error(self, operation: Operation, message: Message) -> ServerError:
        code = error_of_label(message.label)
        if code is not None:
            return self._refusal(operation, code)
        if message.label < FIRST_USER_LABEL and message.label in Error.__members__.values():
            name = ERROR_NAMES[Error(message.label)]
            return self._refusal(
                operation, UNAVAILABLE, f"the capability `{self._name}` leads nowhere any more ({name})"
            )
        return self._refusal(operation, BAD_REQUEST, f"the answer has the unknown label {message.label}")

    def _refusal(self, operation: Operation, code: int, detail: str = "") -> ServerError:
        error = self._interface.error(code)
        name = error.name if error else f"ERROR_{code}"
        return ServerError(self._interface.name, operation.name, code, name, detail or (error.doc if error else ""))
