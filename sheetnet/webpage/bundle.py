"""JavaScript modules -> one script: each module becomes a function that gives what it exports, imports first.

    import { a } from "./other.js";        const { a } = modules.other;
    export const b = a + 1;                const b = a + 1; modules.this = { b };

The page is opened as a file, and a browser loads no modules for a file.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

CODE = Path(__file__).parent / "code"

_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|const|class) (\w+))", re.MULTILINE)


@cache
def script(entry: str) -> str:
    """The script of the module ``entry`` and of all that it imports, each once."""
    modules = "".join(_module(name) for name in _ordered(entry, ()))
    return f'(() => {{\n"use strict";\nconst modules = {{}};\n{modules}}})();\n'


@cache
def _text(name: str) -> str:
    return (CODE / f"{name}.js").read_text(encoding="utf-8")


def _ordered(name: str, before: tuple[str, ...]) -> list[str]:
    """The names of modules, each behind those that it imports. ValueError where they import each other."""
    if name in before:
        raise ValueError(f"modules import each other: {' > '.join([*before, name])}")
    found = [one for _, imported in _IMPORT.findall(_text(name)) for one in _ordered(imported, (*before, name))]
    return list(dict.fromkeys([*found, name]))


def _module(name: str) -> str:
    text = _text(name)
    told = ", ".join(own for _, own in _EXPORT.findall(text))
    text = _EXPORT.sub(r"\1", _IMPORT.sub(r"const \1 = modules.\2;", text))
    return f"(() => {{\n{text}modules.{name} = {{ {told} }};\n}})();\n"
