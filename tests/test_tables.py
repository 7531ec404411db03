"""Tables that somebody else wrote: read as they are meant, or refused before they take memory."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sheetnet.tables import MOST_DEEP, from_json, from_toml

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(
    [*ROOT.glob("templates/*/*.toml"), *ROOT.glob("sheetnet/words/*.toml"), *ROOT.glob("tests/lens_cases/*")]
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_table_that_comes_with_sheetnet_is_read_as_the_standard_library_reads_it(path):
    assert repr(from_toml(path.read_bytes())) == repr(tomllib.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        f'a = "{"[" * 99}{"." * 99}"',
        f"a = '{'[' * 99}'",
        f'a = """\n{"[.{" * 99}""""',
        f"a = '''{'[.' * 99}'''''",
        f"# {'[' * 99}\na = 1",
        f'a = "\\"{"[" * 99}"',
        f"a = [{'[1.5, 2.5], ' * 99}]",
        f"{'.'.join('abcdefghijkl')} = 1",
        "a = 1.5\n" + "".join(f"b{k} = 1.5\n" for k in range(99)),
        'a = "x" # "\nb = [1, # ]\n2]',
    ],
)
def test_brackets_and_dots_in_texts_and_numbers_are_no_depth(text):
    assert from_toml(text.encode()) == tomllib.loads(text)


@pytest.mark.parametrize("one", ["[", "{a = ", "[{a = ["])
def test_a_depth_that_no_network_needs_is_refused(one):
    with pytest.raises(ValueError, match="nested more than"):
        from_toml(f"a = {one * (MOST_DEEP + 1)}".encode())
    with pytest.raises(ValueError, match="nested more than"):
        from_json(one.replace("a = ", '"a": ') * (MOST_DEEP + 1))


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"b": [{"a": 1, "a": 2}]}', "NaN", "[-Infinity]", "[1e999]"])
def test_a_text_of_two_meanings_is_refused(text):
    with pytest.raises(ValueError, match=r"twice|no number|too large"):
        from_json(text)


def test_a_sound_text_is_read():
    assert from_json('{"a": "[[[[[[[[[[[[[[[", "b": [1, 2.5, -1e300, "\\"{"]}') == {
        "a": "[" * 15,
        "b": [1, 2.5, -1e300, '"{'],
    }
