"""The page as a file: its markup, its style, its code, and, in base64, the engine and the workbook.

The policy in its head forbids every request: scripts and style are known by their hashes, and nothing may be loaded
but pictures that the page makes itself. Texts reach the page as JSON, and are shown as text, never as markup.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from sheetnet.webpage.bundle import CODE, script
from sheetnet.words import Words

ENGINE = Path(__file__).parent / "engine" / "formulon_capi.wasm.gz"
NOTICES = ("NOTICE", "LICENSE")
SECTION = "page."


def document(workbook: bytes, facts: dict[str, Any], words: Words) -> bytes:
    """The page. ``workbook``: an .xlsx; ``facts``: see ``facts``."""
    said = {key.removeprefix(SECTION): words.text(key) for key in sorted(words.keys()) if key.startswith(SECTION)}
    page, worker = script("main"), script("worker")
    style = (CODE / "style.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src {_hash(page)} 'wasm-unsafe-eval' blob:; worker-src blob:; "
        f"style-src {_hash(style)}; img-src blob: data:; media-src blob:; base-uri 'none'; form-action 'none'"
    )
    lines = [
        "<!doctype html>",
        f'<html lang="{facts["language"]}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<link rel="icon" href="data:,">',
        f"<title>{escape(facts['title'])}</title>",
        f"<style>{style}</style>",
        "</head>",
        "<body>",
        f"<noscript><p>{escape(said['noscript'])}</p></noscript>",
        '<div id="page"></div>',
        _data("facts", "application/json", _json({**facts, "words": said})),
        _data("worker", "text/plain", worker),
        _data("notices", "text/plain", _notices()),
        f"<script>{page}</script>",
        _data("workbook", "text/plain", b64encode(workbook).decode()),
        _data("engine", "text/plain", b64encode(ENGINE.read_bytes()).decode()),
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines).encode()


def _data(name: str, kind: str, text: str) -> str:
    """Data in the page; a browser runs no script of such a type."""
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError(f"{name} would end too early")
    return f'<script type="{kind}" id="{name}">{text}</script>'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _notices() -> str:
    """The licence of the engine, and what must be told with it."""
    return "\n\n".join((ENGINE.parent / name).read_text(encoding="utf-8") for name in NOTICES)
