"""The words of a lesson: <language>.toml beside lesson.toml. A key that a language lacks is named with its file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sheetnet.case.tomlfile import read_toml
from sheetnet.errors import NetworkError, shown
from sheetnet.files import is_there
from sheetnet.words import ENGLISH, Words, flat

EVERY = ("title", "summary", "lead", "change", "see", "real", "question", "answer")  # the words that a lesson has
LONGEST = 2_000  # letters of a text


class Prose:
    """The words of a lesson in one language. ``used``: the keys that were asked for."""

    def __init__(self, path: Path, words: Mapping[str, str]) -> None:
        """``path``: the file they are from."""
        self.path, self.used = path, set(EVERY)
        self._words = Words(words)
        for key in EVERY:
            if not self(key).strip():
                raise NetworkError(f"{path}: {key} is blank; write it")

    def __call__(self, key: str) -> str:
        """The text of a key. NetworkError where the file lacks it."""
        return "".join(piece if isinstance(piece, str) else f"{{{piece[0]}}}" for piece in self.pieces(key))

    def pieces(self, key: str) -> list[str | tuple[str]]:
        """The text of a key in pieces: texts, and (name,) for a placeholder."""
        self.used.add(key)
        if key not in self._words:
            raise NetworkError(f'{self.path}: {shown(key)} is missing; write {key.rpartition(".")[2]} = "..."')
        try:
            return self._words.parts(key)
        except ValueError as error:
            raise NetworkError(f"{self.path}: {shown(key)} has a lone brace; write {{{{ and }}}}") from error

    def __contains__(self, key: str) -> bool:
        return key in self._words

    def unused(self) -> list[str]:
        """The keys that nothing asked for."""
        return sorted(self._words.keys() - self.used)


def prose_of(folder: Path, language: str) -> Prose:
    """The words of a lesson; those in English where it has none in that language."""
    path = folder / f"{language}.toml"
    if not is_there(path):
        path = folder / f"{ENGLISH}.toml"
    return Prose(path, _read(path))


def _read(path: Path) -> dict[str, str]:
    if not is_there(path):
        raise NetworkError(f"{path}: is missing; write the words of the lesson into it, beginning with title")
    table: Any = flat(read_toml(path))
    for key, text in table.items():
        if not isinstance(text, str):
            raise NetworkError(f"{path}: {shown(key)} is {shown(text)}; it must be a text")
        if len(text) > LONGEST or any(ord(letter) < ord(" ") and letter != "\n" for letter in text):
            raise NetworkError(f"{path}: {shown(key)} is no text of up to {LONGEST:,} letters; shorten or mend it")
    return dict(table)
