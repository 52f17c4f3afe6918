"""Code that a user wrote: it has a time limit, and what goes wrong in it is told with its file and line."""

from __future__ import annotations

import ctypes
import linecache
import os
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 30.0
"""How long code of a user may take each time it is called, where no debugger is at it."""
LOOK = 0.1
"""Seconds between two looks at what is running."""
_INSTALLED = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
_NOT_THEIRS = tuple(str(Path(place).resolve()) for place in (str(Path(__file__).parent.parent), *_INSTALLED))


class TakesTooLongError(BaseException):
    """Raised inside code of a user that has run for too long; no `except Exception` of theirs keeps it."""


@contextmanager
def told(what: str, file: str = "") -> Iterator[None]:
    """Whatever goes wrong inside is the user's error: what failed, the kind of error, file, line, and the line itself.

    An error that the code raises gets a note that says so, which `fault_of_user` gives back. `file` is the file whose
    lines count, where it is known. Endless loops are stopped after `SECONDS`.

    Raises:
        ValueError: the code asked Python to end, or took too long.
    """
    try:
        with _time_limit():
            yield
    except (KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:
        _note(error, f"{what}: {_reason(error)}{_place(error, file)}")
        raise
    except BaseException as error:
        text = f"{what}: {_reason(error)}{_place(error, file)}"
        ended = ValueError(text)
        _note(ended, text)
        raise ended from error


def _note(error: Exception, text: str) -> None:
    if fault_of_user(error) is None:
        vars(error).update(fault_of_user=text)
        error.add_note(text)


def fault_of_user(error: BaseException) -> str | None:
    """What failed and where, in a sentence, where the code of a user raised the error; else None.

    >>> try:
    ...     with told("my plan fails"): 1 / 0
    ... except ZeroDivisionError as error: print(str(fault_of_user(error)).partition(" (")[0])
    my plan fails: ZeroDivisionError: division by zero
    """
    return getattr(error, "fault_of_user", None)


def in_words(error: BaseException) -> str:
    """An error in a line: whose fault it is where that is a user's code, else its kind and text.

    >>> in_words(ValueError("too much"))
    'ValueError: too much'
    """
    return fault_of_user(error) or f"{type(error).__name__}: {error}"


def _reason(error: BaseException) -> str:
    if isinstance(error, TakesTooLongError):
        return f"it took longer than {SECONDS:g} s and was stopped"
    kind = type(error).__name__
    if isinstance(error, SystemExit):
        return f"it asks Python to end ({kind})"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{kind}: {text}".rstrip(".: ")


def _place(error: BaseException, file: str) -> str:
    """File, number and text of the last line that is the user's."""
    if isinstance(error, SyntaxError) and error.filename:
        name, number = error.filename, error.lineno or 1
    else:
        steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
        theirs = [step for step in steps if step[0] == file] or [step for step in steps if _is_theirs(step[0])]
        if not theirs:
            return ""
        name, number = theirs[-1]
    line = linecache.getline(name, number).strip()
    return f" ({Path(name).name}, line {number}{f': {line}' if line else ''})"


def _is_theirs(name: str) -> bool:
    return not name.startswith("<frozen") and not str(Path(name).resolve()).startswith(_NOT_THEIRS)


class _Watch:
    """Looks, from a thread of its own, at what is running, and stops what runs for too long."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until: dict[int, float] = {}  # thread → when it is stopped
        self.looking: threading.Thread | None = None

    def begin(self) -> bool:
        """Watch this thread from now on; False where it is watched already."""
        me = threading.get_ident()
        with self.lock:
            if me in self.until:
                return False
            self.until[me] = time.monotonic() + SECONDS
            if self.looking is None or not self.looking.is_alive():
                self.looking = threading.Thread(target=self._look, daemon=True, name="time limit")
                with suppress(RuntimeError):  # a Python without threads has no limit
                    self.looking.start()
            return True

    def end(self) -> None:
        """Watch this thread no longer."""
        with self.lock:
            self.until.pop(threading.get_ident(), None)

    def _look(self) -> None:
        idle = 0
        while True:
            time.sleep(LOOK)
            with self.lock:
                idle = 0 if self.until else idle + 1
                if idle > 1 / LOOK:
                    self.looking = None
                    return
                for thread, until in self.until.items():
                    if time.monotonic() > until and not _is_debugged(thread):
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(
                            ctypes.c_ulong(thread), ctypes.py_object(TakesTooLongError))


def _is_debugged(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None and frame.f_trace is None:
        frame = frame.f_back
    return frame is not None


_watch = _Watch()
if hasattr(os, "register_at_fork"):  # the thread that looks does not live on in a child
    os.register_at_fork(after_in_child=_watch.__init__)  # type: ignore[misc]


@contextmanager
def _time_limit() -> Iterator[None]:
    first = _watch.begin()
    try:
        yield
    finally:
        if first:
            _watch.end()
