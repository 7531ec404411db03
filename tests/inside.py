"""In the place of ``limits.apart.apart``: the function runs in this process, where a test can reach what it uses."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def inside(
    function: str,
    what: str,
    timeout: float,
    memory: float,
    progress: Any = None,
    family: bool = False,
    /,
    **asked: Any,
) -> Any:
    """What the function returns."""
    module, _, name = function.partition(":")
    return getattr(import_module(module), name)(timeout, progress, **asked)
