"""How two processes of ours talk, and how one starts the other.

a message = its length (8 bytes, little-endian), JSON in one line, a newline, bytes that belong to it
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import IO, Any

_LENGTH = struct.Struct("<Q")
Message = tuple[Any, bytes]


def python(module: str) -> list[str]:
    """The command that calls ``main`` of a module of ours, in this Python, with the modules that this process finds.

    The folder where we are is not searched, so no file in it can take the place of a module; a process that
    was started there with "" on its path goes on to find sheetnet itself.
    """
    paths = [*(path for path in sys.path if path), str(Path(__file__).resolve().parents[2])]
    return [sys.executable, "-P", "-c", f"import sys; sys.path[:] = {paths!r}; from {module} import main; main()"]


def send(stream: IO[bytes], what: Any, data: bytes = b"") -> None:
    """Write a message."""
    head = json.dumps(what, separators=(",", ":")).encode() + b"\n"
    stream.write(_LENGTH.pack(len(head) + len(data)))
    stream.write(head)
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """Read a message. EOFError where the other side has ended."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        raise EOFError
    [size] = _LENGTH.unpack(length)
    message = stream.read(size)
    if len(message) < size:
        raise EOFError
    head, _, data = message.partition(b"\n")
    return json.loads(head), data
