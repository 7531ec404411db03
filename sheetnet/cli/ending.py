"""How a command ends: its exit status, and the one line on stderr that says why.

    0    done (verify, build: proven)
    1    verify, build: a cell or a stored value is wrong
    2    nothing could be checked, read or made; wrong usage
    130  interrupted        141  nobody reads the output        143  ended by SIGTERM

No other status is used, and no traceback is shown.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import click

from sheetnet.errors import SheetnetError, place_of

DONE, WRONG, FAILED, INTERRUPTED, PIPE, ENDED = 0, 1, 2, 130, 141, 143
FAULTS = "SHEETNET_TRACEBACK"  # set in the environment, it shows where a fault of sheetnet itself happened


class Ended(BaseException):
    """The process was asked to end. No error, so that nobody takes it for one."""


def run(command: Callable[[], Any]) -> NoReturn:
    """Call a command, and exit with the status that its end has."""
    with _signals():
        try:
            status = _status(command)
        except (KeyboardInterrupt, Ended) as error:  # while something else was being told
            status = _told(error)
        with suppress(ValueError):
            for number in (signal.SIGINT, signal.SIGTERM):  # too late: what is left to do takes no time
                signal.signal(number, signal.SIG_IGN)
    sys.exit(status)


def _status(command: Callable[[], Any]) -> int:
    try:
        command()
        status = DONE
    except BaseException as error:  # each has its status, and its line
        status = _told(error)
    try:
        sys.stdout.flush()
    except OSError as error:
        status = _unwritten(error)
    return status


def _told(error: BaseException) -> int:
    """Say what went wrong in one line; the exit status of it."""
    error = _signal(error) or error
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED if error.code else DONE
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        say("interrupted")
        return INTERRUPTED
    if isinstance(error, Ended):
        return ENDED
    if isinstance(error, OSError) and error.filename is None:  # of a file it would have a name
        return _unwritten(error)
    if isinstance(error, click.UsageError):
        with suppress(OSError):
            error.show()
    elif isinstance(error, click.ClickException):
        say(error.format_message())
    elif isinstance(error, SheetnetError):
        say(str(error))
    elif isinstance(error, OSError):
        say(f"{os.fsdecode(error.filename)}: {error.strerror or type(error).__name__}")
    elif isinstance(error, MemoryError):
        say("not enough memory; use a smaller --size, or a smaller network")
    else:
        _tell_fault(error)
    return FAILED


def _signal(error: BaseException) -> BaseException | None:
    """The signal that led to an error: Python 3.11 wraps what ``__set_name__`` raises, libraries what they call."""
    found, seen = [error], {id(error)}
    while found:
        one = found.pop()
        if isinstance(one, KeyboardInterrupt | Ended):
            return one
        before = [earlier for earlier in (one.__cause__, one.__context__) if earlier and id(earlier) not in seen]
        seen.update(map(id, before))
        found.extend(before)
    return None


def _unwritten(error: OSError) -> int:
    """The status where standard output cannot be written; what is still to be written is forgotten."""
    with suppress(OSError, ValueError):  # Python writes the rest at its end, which must not fail
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    if isinstance(error, BrokenPipeError) or error.errno == errno.EINVAL:  # as Windows calls it
        return PIPE
    say(f"standard output cannot be written ({error.strerror or error})")
    return FAILED


def _tell_fault(error: BaseException) -> None:
    """Say that sheetnet itself is at fault, and where."""
    if os.environ.get(FAULTS):
        import traceback  # seldom needed, and slow to import

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}, {place_of(error)}"
    say(f"a fault of sheetnet itself ({what}); please report it, with what {FAULTS}=1 shows")


def say(message: str) -> None:
    """One line on stderr, if anybody can hear it."""
    with suppress(OSError):
        click.echo(f"sheetnet: {' '.join(message.split())}", err=True)


@contextmanager
def _signals() -> Iterator[None]:
    """A signal becomes an exception, so that whoever is at work cleans up; the handlers of before come back."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def ended(*_: object) -> None:
        raise Ended

    before: dict[signal.Signals, Any] = {}
    with suppress(ValueError):  # not in the main thread: somebody else runs us, and signals are theirs
        for number, handler in ((signal.SIGINT, interrupt), (signal.SIGTERM, ended)):
            before[number] = signal.signal(number, handler)
    hook = sys.unraisablehook
    sys.unraisablehook = _unraisable
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for number, earlier in before.items():
            with suppress(ValueError):
                signal.signal(number, earlier)


def _unraisable(found: Any) -> None:
    """A signal that came while Python was putting objects away is still a signal; nothing else is worth a line."""
    if isinstance(found.exc_value, KeyboardInterrupt | Ended):
        os._exit(INTERRUPTED if isinstance(found.exc_value, KeyboardInterrupt) else ENDED)


def any_console() -> None:
    """Let every text be written on every console: what its encoding lacks is written as \\u and its number."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
