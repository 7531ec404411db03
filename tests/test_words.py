"""What a reader reads: keys, placeholders and languages hold together, and the code asks for nothing else."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from each import each

import sheetnet
from sheetnet import words
from sheetnet.layers import LAYERS
from sheetnet.words import ENGLISH, Words

PACKAGE = Path(sheetnet.__file__).parent
LANGUAGES = sorted(path.stem for path in (PACKAGE / "words").glob("*.toml"))
OTHERS = [language for language in LANGUAGES if language != ENGLISH]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def own_keys(language: str) -> dict[str, str]:
    table = tomllib.loads((PACKAGE / "words" / f"{language}.toml").read_text(encoding="utf-8"))

    def flat(part: dict, before: str) -> dict[str, str]:
        found = {}
        for key, value in part.items():
            found |= flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
        return found

    return flat(table, "")


@cache
def asked() -> list[tuple[str, str, str, set[str] | None]]:
    """All that the code asks for."""
    return list(_asked())


def _asked() -> Iterator[tuple[str, str, str, set[str] | None]]:
    """Calls of words in the source: place, key as a pattern, key as written, names filled in (None: unknown)."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called not in ("words", "vocabulary"):
                continue
            key = node.args[0]
            place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            filled = None if any(k.arg is None for k in node.keywords) else {k.arg or "" for k in node.keywords}
            if isinstance(key, ast.Constant):
                yield place, re.escape(str(key.value)), str(key.value), filled
            elif isinstance(key, ast.JoinedStr):
                parts = [(re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+") for v in key.values]
                yield place, "".join(parts), ast.unparse(key), filled


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_can_be_filled_in(language):
    vocabulary = words.load(language)
    for key in vocabulary.keys():  # noqa: SIM118  not a dict
        text = vocabulary(key, **dict.fromkeys(placeholders_of(vocabulary, key), "7"))
        assert text.strip(), key
        assert "{" not in text, key
        assert "}" not in text, key
        assert "\n" not in text, key


def placeholders_of(vocabulary: Words, key: str) -> set[str]:
    names = placeholders(vocabulary._table[key])
    assert all(name.isidentifier() for name in names), f"{key}: {names}"
    return names


def test_the_source_does_ask_for_words():
    assert len(asked()) > 30


def test_every_key_that_the_code_asks_for_exists():
    vocabulary = words.load(ENGLISH)

    def check(call):
        place, pattern, key, filled = call
        found = [k for k in vocabulary.keys() if re.fullmatch(pattern, k)]  # noqa: SIM118
        assert found, f"{place}: no words for {key}"
        if filled is not None and key in found:
            assert placeholders_of(vocabulary, key) == filled, f"{place}: {key}"

    each(((f"{call[0]} {call[2]}", call) for call in asked()), check)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.kind)
def test_the_formula_of_a_kind_needs_only_what_a_window_gives(layer):
    vocabulary = words.load(ENGLISH)
    for key in ("sheet", "title", "lead"):
        assert placeholders_of(vocabulary, f"kinds.{layer.kind}.{key}") == set()
    allowed = {"height", "width", "down", "padding"} if hasattr(layer, "stride") else set()
    assert placeholders_of(vocabulary, f"kinds.{layer.kind}.formula") <= allowed


def test_sheets_of_different_kinds_have_different_titles_that_fit():
    titles = [words.load(ENGLISH)(f"kinds.{layer.kind}.sheet") for layer in LAYERS]
    titles += [words.load(ENGLISH)(f"sheets.{key}") for key in ("start", "photo", "red", "green", "blue", "grey")]
    assert len({title.casefold() for title in titles}) == len(titles)
    for title in titles:
        assert len(title) <= 27  # with a number of four digits, 31 is the most
        assert not set(title) & set("[]:*?/\\'")
        assert title.casefold() not in ("history", "sheetnet")


@pytest.mark.parametrize("language", OTHERS)
def test_another_language_has_the_keys_and_placeholders_of_english(language):
    english, other = own_keys(ENGLISH), own_keys(language)
    assert not set(other) - set(english), "keys that English does not have"
    for key, text in other.items():
        assert placeholders(text) == placeholders(english[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_texts(language):
    assert all(isinstance(text, str) for text in own_keys(language).values())


def test_a_missing_key_is_a_defect():
    vocabulary = words.load()
    assert "start.verdict" in vocabulary
    assert "start.nothing" not in vocabulary
    with pytest.raises(KeyError):
        vocabulary("start.nothing")


def test_english_stands_in_where_a_language_has_no_words(monkeypatch, tmp_path):
    (tmp_path / "en.toml").write_text('[a]\nb = "two {x}"\nc = "three"', encoding="utf-8")
    (tmp_path / "xx.toml").write_text('[a]\nb = "zwei {x}"', encoding="utf-8")
    monkeypatch.setattr(words, "_FOLDER", tmp_path)
    other = words.load.__wrapped__("xx")
    assert other("a.b", x=1) == "zwei 1"
    assert other("a.c") == "three"
    assert other.keys() == {"a.b", "a.c"}
