"""A page is one file that asks for nothing: what is in it, how large it is, and what is refused."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import zipfile
from base64 import b64decode, b64encode
from hashlib import sha256
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLES

import sheetnet
from sheetnet import words
from sheetnet.errors import SheetnetError
from sheetnet.webpage import bundle
from sheetnet.webpage.document import ENGINE, document

MOST_BYTES = 4_000_000
FOLDER = ENGINE.parent


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "page.html"
    made = sheetnet.page(SAMPLES / "astronaut.png", path)
    assert made.report.proven
    assert made.formulas == made.report.formulas
    return made.path.read_text(encoding="utf-8")


def data(page: str, name: str) -> str:
    found = re.search(rf'<script type="[^"]*" id="{name}">([^<]*(?:<(?!/script>)[^<]*)*)</script>', page)
    assert found is not None, name
    return found[1]


def test_the_page_of_the_default_network_is_small(page: str) -> None:
    assert len(page.encode()) <= MOST_BYTES


def test_the_page_names_no_address_from_which_anything_could_be_loaded(page: str) -> None:
    bare = re.sub(r'(<script type="text/plain" id="(?:workbook|engine|notices)">)[^<]*', r"\1", page)
    loading = re.findall(r'(?:src|href|action|poster|data)\s*=\s*"([^"]*)"', bare)
    assert loading == ["data:,"]  # the icon, which a browser would ask for otherwise
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|eval)\(", bare)
    assert "innerHTML" not in bare
    assert "document.write" not in bare


def test_the_policy_allows_the_scripts_and_the_style_of_the_page_and_nothing_else(page: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    policy = dict(part.strip().split(" ", 1) for part in unescape(found[1]).split(";"))
    assert policy["default-src"] == "'none'"
    assert "connect-src" not in policy  # so that of default-src holds
    assert "unsafe-inline" not in found[1]
    hashes = [
        f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for text in re.findall(r"<(?:script|style)>([^<]*(?:<(?!/(?:script|style)>)[^<]*)*)</", page)
    ]
    assert len(hashes) == 2
    assert hashes[0] == policy["style-src"]
    assert policy["script-src"].split() == [hashes[1], "'wasm-unsafe-eval'", "blob:"]


def test_the_workbook_in_the_page_is_proven_and_tells_nothing_that_is_true_of_one_photo_only(
    page: str, tmp_path: Path
) -> None:
    path = tmp_path / "inside.xlsx"
    path.write_bytes(b64decode(data(page, "workbook")))
    report = sheetnet.verify(path, engine="stored")
    assert report.proven
    assert not report.edits
    facts = json.loads(data(page, "facts"))
    assert "Checks" not in facts["sheets"]
    assert not re.search(r"astronaut\b", data(page, "facts").replace("one astronaut", ""))  # the name of the file


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE", "formulon_capi.wasm.gz"])
def test_what_is_not_ours_is_as_its_table_says(name: str) -> None:
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    content = (FOLDER / name).read_bytes()
    [line] = [line for line in table.splitlines() if line.startswith(f"| `{name}`")]
    assert sha256(content).hexdigest() in line
    if name.endswith(".gz"):
        assert sha256(gzip.decompress(content)).hexdigest() in table
        assert "formulon 0.18.0" in (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_the_page_shows_the_licence_of_its_engine(page: str) -> None:
    told = data(page, "notices")
    assert "Apache License" in told
    assert "Copyright 2026 libraz" in told


@pytest.mark.parametrize("language", words.languages())
def test_the_code_says_every_word_of_the_page_and_no_other(language: str) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(bundle.CODE.glob("*.js")))
    asked = {key for call in re.findall(r"say\(([^()]*)", code) for key in re.findall(r'"([a-z_]+)"', call)}
    asked |= {f"refused_{key}" for key in re.findall(r'new Refused\("([a-z]+)"\)', code)}
    asked |= {name for way in re.findall(r'\["(left|up|down|right)", ', code) for name in (way, f"move_{way}")}
    asked |= {"photo", "searched", "noscript"}  # said by document and make
    every = words.load(language).keys()
    known = {key.removeprefix("page.") for key in every if key.startswith("page.")}
    assert known == asked


def test_modules_that_import_each_other_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for one, other in (("one", "other"), ("other", "one")):
        (tmp_path / f"{one}.js").write_text(f'import {{ a }} from "./{other}.js";\nexport const a = 1;\n')
    monkeypatch.setattr(bundle, "CODE", tmp_path)
    with pytest.raises(ValueError, match="import each other: one > other > one"):
        bundle.script("one")


def test_a_text_that_would_end_its_place_too_early_is_refused_or_written_otherwise() -> None:
    told = {"language": "en", "title": "</title><script>alert(1)</script>", "lead": "</script>"}
    page = document(b"PK", told, words.load()).decode()
    assert page.count("<script>") == 1
    assert json.loads(data(page, "facts"))["lead"] == "</script>"


def test_the_code_has_no_fault_of_types_and_nothing_that_is_not_used() -> None:
    found = shutil.which("tsc")
    if found is None:
        message = "tsc is not installed (apt-get install node-typescript)"
        if os.environ.get("SHEETNET_NEED_ENGINES"):
            pytest.fail(message)
        pytest.skip(message)
    done = subprocess.run([found, "-p", bundle.CODE / "jsconfig.json"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"out": "page.xlsx"}, "the name must end in .html"),
        ({"template": "softmax"}, "a page shows a network that sees a photo; softmax is a lesson"),
        ({"template": "course"}, "a page shows a network that sees a photo; course is a lesson"),
        ({"template": "training"}, "a page shows a network that sees a photo; 'training' does not"),
        ({"template": "nothing"}, "nothing: no such template"),
        ({"photo": "nothing.png"}, "nothing.png: there is no such file"),
        ({"language": "xx"}, "--lang: 'xx' is unknown; use one of en, zh"),
    ],
)
def test_what_makes_no_page_is_said_in_a_line(
    options: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SheetnetError, match=re.escape(said)):
        sheetnet.page(**options)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("mine")
    with pytest.raises(SheetnetError, match="--force"):
        sheetnet.page(out=path, template="digits")
    assert path.read_text() == "mine"
    sheetnet.page(out=path, template="digits", force=True)
    assert path.stat().st_size > 1_000_000


@pytest.mark.parametrize("language", words.languages())
def test_a_page_promises_no_search_and_makes_none(language: str, tmp_path: Path) -> None:
    path = tmp_path / "faces.html"
    sheetnet.page(out=path, template="faces", language=language)  # type: ignore[arg-type]
    page, said = path.read_text(encoding="utf-8"), words.load(language)
    assert json.loads(data(page, "facts"))["lead"] == said("page.searched")
    with zipfile.ZipFile(BytesIO(b64decode(data(page, "workbook")))) as package:
        start = package.read("xl/worksheets/sheet1.xml").decode()
    assert said("page.searched") in start
    assert said("start.original_part") not in start  # all of the first picture is seen
    assert said("start.original") in start
