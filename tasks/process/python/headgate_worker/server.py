"""Takes calls and works them off on the main thread."""

import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

from headgate_worker.call import Call
from headgate_worker.channel import Channel, plain
from headgate_worker.surroundings import remove_temporary_files, surroundings, temporary_files

Method = Callable[[Call], dict[str, Any]]

METHODS = {
    "dbt.invoke": "headgate_worker.dbt_invocation:invoke",
    "gx.validate": "headgate_worker.expectations:validate",
    "warm": "headgate_worker.upkeep:warm",
    "ping": "headgate_worker.upkeep:ping",
    "sleep": "headgate_worker.upkeep:sleep",
}
IDLE_METHODS = {"warm"}


class Server:
    """The loop of the worker. Imports what a method needs when it is first called."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ready = threading.Condition()
        self._calls: deque[Call] = deque()
        self._idle_calls: deque[Call] = deque()
        self._current: Call | None = None
        self._interruptible = False
        self._felt = False

    def serve(self) -> None:
        """Serves for ever; the reading thread ends the process."""
        signal.signal(signal.SIGINT, self._interrupt)
        threading.Thread(target=self._read, name="requests", daemon=True).start()
        while True:
            call = self._next()
            try:
                answer = self._answer(call)
            except KeyboardInterrupt:
                answer = {"cancelled": True}
            finally:
                self._interruptible = False
                with self._ready:
                    self._current = None
            self._channel.send({"id": call.id, **answer})

    def _next(self) -> Call:
        with self._ready:
            while not self._calls and not self._idle_calls:
                self._ready.wait()
            call = (self._calls or self._idle_calls).popleft()
            self._felt = False
            self._current = call
            return call

    def _answer(self, call: Call) -> dict[str, Any]:
        try:
            self._interruptible = True
            if call.cancelled.is_set():
                return {"cancelled": True}
            with surroundings(call.environment), temporary_files():
                result = call.masked(plain(_method(call.method)(call)))
            return {"cancelled": True} if call.cancelled.is_set() else {"result": result}
        except KeyboardInterrupt:
            return {"cancelled": True}
        except BaseException as raised:
            if call.cancelled.is_set():
                return {"cancelled": True}
            error = {
                "type": type(raised).__name__,
                "message": str(raised),
                "traceback": traceback.format_exc(),
            }
            return {"error": call.masked(error)}

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._interruptible and not self._felt:
            self._felt = True
            raise KeyboardInterrupt

    def _read(self) -> None:
        try:
            for message in self._channel.lines():
                if "cancel" in message:
                    self._cancel(message["cancel"])
                else:
                    self._take(message)
        except BaseException:
            traceback.print_exc()
        finally:
            end()

    def _take(self, message: dict[str, Any]) -> None:
        number = int(message["id"])

        def emit(event: dict[str, Any]) -> None:
            self._channel.send({"id": number, "event": call.masked(plain(event))})

        call = Call(
            number,
            message["method"],
            message.get("request") or {},
            message.get("environment") or {},
            emit,
        )
        with self._ready:
            (self._idle_calls if call.method in IDLE_METHODS else self._calls).append(call)
            self._ready.notify()

    def _cancel(self, number: int) -> None:
        with self._ready:
            for call in (*self._calls, *self._idle_calls):
                if call.id == number:
                    call.cancelled.set()
            current = self._current
            if current is not None and current.id == number and not current.cancelled.is_set():
                current.cancelled.set()
                threading.Thread(target=self._press, args=[current], daemon=True).start()

    def _press(self, call: Call) -> None:
        """Interrupts until it is felt: a signal just before a system call does not wake it."""
        while self._current is call and not self._felt:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            time.sleep(0.2)


def _method(name: str) -> Method:
    place = METHODS.get(name)
    if place is None:
        raise LookupError(f"no method {name}; there are {', '.join(METHODS)}")
    module, function = place.split(":")
    method: Method = getattr(import_module(module), function)
    return method


def end() -> None:
    """Ends this process and what it started, without waiting for anything."""
    sys.stderr.flush()
    remove_temporary_files()
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
