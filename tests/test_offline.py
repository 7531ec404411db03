"""No request leaves this machine while a workbook is proven or printed, whatever it links to."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import surgery

import sheetnet
from sheetnet.limits import group
from sheetnet.recalc import office
from sheetnet.workbook.links import unlinked

RELATION = (
    '<Relationship Id="rId900" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
    'Target="{address}" TargetMode="External"/>'
)
DRAWING, LIST = "xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine, and what it was asked for."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    caller.settimeout(1)
                    heard.append(caller.recv(200))

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/picture.png", heard
        stop.set()
        thread.join()


def linked(made: dict[str, Path], folder: Path, address: str) -> Path:
    """by-hand with a picture that lies elsewhere."""
    content = surgery.parts(made["by-hand"])
    assert b'r:embed="rId1"' in content[DRAWING]
    content[DRAWING] = content[DRAWING].replace(b'r:embed="rId1"', b'r:link="rId900"')
    relation = RELATION.format(address=address) + "</Relationships>"
    content[LIST] = content[LIST].replace(b"</Relationships>", relation.encode())
    return surgery.save(folder / "linked.xlsx", content)


@pytest.mark.thorough
def test_neither_verify_nor_export_asks_anybody(
    made: dict[str, Path], tmp_path: Path, needs: Callable[[str], None], asked: tuple[str, list[bytes]]
) -> None:
    needs("libreoffice")
    address, heard = asked
    path = linked(made, tmp_path, address)
    assert sheetnet.verify(path, engine="libreoffice").proven
    sheetnet.export(path, tmp_path / "linked.pdf")
    sheetnet.export(path, tmp_path / "all.pdf", everything=True)
    assert heard == []


@pytest.mark.thorough
@pytest.mark.parametrize("wall", ["none", "links", "proxy", "network"])
def test_each_wall_holds_alone_and_without_any_it_asks(
    made: dict[str, Path],
    tmp_path: Path,
    needs: Callable[[str], None],
    asked: tuple[str, list[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    wall: str,
) -> None:
    needs("libreoffice")
    address, heard = asked
    data = linked(made, tmp_path, address).read_bytes()
    settings = dict(office._SETTINGS)
    if wall != "proxy":
        del settings["/org.openoffice.Inet/Settings"]
    monkeypatch.setattr(office, "_SETTINGS", settings)
    if wall != "network":
        monkeypatch.setattr(group, "_offline", lambda: ())
    elif not group._offline():
        pytest.skip("this system lets us make no network of its own")
    office.recalculate("libreoffice", [unlinked(data, "it") if wall == "links" else data], time.monotonic() + 120)
    assert bool(heard) == (wall == "none")


@pytest.mark.skipif(sys.platform != "linux", reason="networks of its own")
def test_a_program_finds_no_network(tmp_path: Path, asked: tuple[str, list[bytes]]) -> None:
    if not group._offline():
        pytest.skip("this system lets us make no network of its own")
    address, heard = asked
    host, _, port = address.removeprefix("http://").partition("/")[0].partition(":")
    code = f"import socket; socket.create_connection(({host!r}, {port}), 5)"
    group.run([sys.executable, "-c", code], tmp_path, time.monotonic() + 60, 500)
    assert heard == []


@pytest.mark.parametrize(
    "target",
    [
        "http://x/y.png",
        "HTTPS://x",
        "file:///etc/passwd",
        "//host/share",
        r"\\host\share",
        "ftp:x",
        "data:text/plain,x",
    ],
)
@pytest.mark.parametrize("mode", [' TargetMode="External"', ""])
def test_links_that_lead_out_are_taken_out_and_no_others(
    made: dict[str, Path], tmp_path: Path, target: str, mode: str
) -> None:
    content = surgery.parts(made["by-hand"])
    before = dict(content)
    relation = f'<Relationship Id="rId900" Type="x/image" Target="{target}"{mode}/></Relationships>'
    content[LIST] = content[LIST].replace(b"</Relationships>", relation.encode())
    cleaned = unlinked(surgery.save(tmp_path / "x.xlsx", content).read_bytes(), "x")
    (tmp_path / "y.xlsx").write_bytes(cleaned)
    after = surgery.parts(tmp_path / "y.xlsx")
    assert {name for name in after if after[name] != before[name]} == {LIST}
    assert target.encode() not in after[LIST]
    assert after[LIST].count(b"<Relationship ") == before[LIST].count(b"<Relationship ")


def test_a_workbook_without_links_is_given_as_it_is(made: dict[str, Path]) -> None:
    data = made["by-hand"].read_bytes()
    assert unlinked(data, "it") is data
