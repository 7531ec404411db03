"""Weights on disk: out and in again, and files that are something else."""

from __future__ import annotations

import json
import random
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from sheetnet import modelfile
from sheetnet.errors import ModelFileError, SheetnetError
from sheetnet.network import Network

SPEC: dict[str, Any] = {
    "name": "small",
    "classes": ["Cat", "Größe 猫", 'a "quoted" one'],
    "input": {"shape": [3, 5, 5]},
    "trained": True,
    "layers": [
        {"name": "scale", "kind": "rescale", "mean": [0.4, 0.5, 0.6], "std": 0.1},
        {"name": "conv", "kind": "conv2d", "filters": 2, "size": 3},
        {"name": "flat", "kind": "flatten"},
        {"name": "jury", "kind": "dense", "units": 3},
        {"name": "softmax", "kind": "softmax"},
    ],
}


def saved(path: Path, seed: int = 0) -> tuple[Network, dict[str, np.ndarray]]:
    network = Network.from_spec(SPEC)
    parameters = network.fill({}, seed)
    modelfile.save(path, network, parameters)
    return network, parameters


def message(path: Path) -> str:
    """Why a file is not read, in one line."""
    with pytest.raises(ModelFileError) as refusal:
        modelfile.load(path)
    text = one_line(refusal.value)
    assert text.startswith(f"{path}: ")
    return text


def one_line(error: Exception) -> str:
    text = str(error)
    assert len(text.splitlines()) == 1, repr(text)
    return text


def by_hand(path: Path, header: Any, data: bytes = b"") -> Path:
    """A .safetensors file made by hand: length of the header, header, numbers."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def with_spec(path: Path, spec: Any) -> Path:
    text = spec if isinstance(spec, str) else json.dumps(spec)
    return by_hand(path, {"__metadata__": {"sheetnet": text}})


# Round trip


def test_a_network_and_its_weights_come_back_bit_by_bit(tmp_path):
    path = tmp_path / "m.safetensors"
    network, parameters = saved(path)
    again, tensors = modelfile.load(path)
    assert again == network
    assert set(tensors) == set(parameters)
    for name, value in parameters.items():
        assert tensors[name].dtype == np.float64
        assert tensors[name].shape == value.shape
        assert tensors[name].tobytes() == value.tobytes(), name
    again.fill(tensors, 9)


def test_the_same_network_gives_the_same_bytes(tmp_path):
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    network, parameters = saved(one)
    modelfile.save(two, network, dict(reversed(parameters.items())))
    assert one.read_bytes() == two.read_bytes()
    saved(two, seed=1)
    assert one.read_bytes() != two.read_bytes()


def test_the_file_holds_no_path_and_no_time(tmp_path):
    path = tmp_path / "a-telling-name.safetensors"
    saved(path)
    data = path.read_bytes()
    assert b"a-telling-name" not in data
    assert str(tmp_path).encode() not in data


def test_weights_that_do_not_lie_in_row_order_are_written_as_they_read(tmp_path):
    path = tmp_path / "m.safetensors"
    network, parameters = saved(path)
    parameters["jury.weight"] = np.asfortranarray(parameters["jury.weight"])
    parameters["jury.bias"] = np.arange(6.0)[::2]
    modelfile.save(path, network, parameters)
    tensors = modelfile.load(path)[1]
    np.testing.assert_array_equal(tensors["jury.weight"], parameters["jury.weight"])
    np.testing.assert_array_equal(tensors["jury.bias"], [0, 2, 4])


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8"])
def test_numbers_of_other_kinds_are_read_as_float64(tmp_path, dtype):
    path = tmp_path / "m.safetensors"
    save_file({"a.weight": np.array([[0, 1, 5]], dtype=dtype), "b": np.array(7, dtype=dtype)}, str(path))
    network, tensors = modelfile.load(path)
    assert network is None  # a file of somebody else brings weights only
    np.testing.assert_array_equal(tensors["a.weight"], [[0, 1, 5]])
    assert tensors["b"].shape == ()
    assert tensors["a.weight"].dtype == tensors["b"].dtype == np.float64


def test_a_file_may_hold_no_tensors(tmp_path):
    path = tmp_path / "m.safetensors"
    with_spec(path, SPEC)
    network, tensors = modelfile.load(path)
    assert network == Network.from_spec(SPEC)
    assert tensors == {}


def test_metadata_of_others_does_not_matter(tmp_path):
    path = by_hand(tmp_path / "m.safetensors", {"__metadata__": {"format": "pt"}})
    assert modelfile.load(path) == (None, {})


# What is no model file


def test_a_file_that_is_not_there(tmp_path):
    assert "no such file" in message(tmp_path / "nothing.safetensors")


def test_a_folder_is_no_file(tmp_path):
    assert "no such file" in message(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"\x00" * 8,
        b"\x00" * 100,
        b"\xff" * 100,
        struct.pack("<Q", 2**63) + b"{}",
        struct.pack("<Q", 2**40) + b"{}",
        struct.pack("<Q", 99_999_999) + b"{" + b" " * 200,
        struct.pack("<Q", 2) + b"[]",
        struct.pack("<Q", 4) + b"null",
        struct.pack("<Q", 6) + b'{"a":}',
        struct.pack("<Q", 4) + b"\xff\xfe\xff\xfe",
        b"PK\x03\x04" + b"\x00" * 60,
        b"\x80\x04\x95" + b"pickle" * 20,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 60,
    ],
    ids=range(15),
)
def test_a_file_of_another_kind_is_refused(tmp_path, data):
    path = tmp_path / "m.safetensors"
    path.write_bytes(data)
    assert "not a readable .safetensors file" in message(path)


@pytest.mark.parametrize(
    "header",
    [
        {"a": {"dtype": "F64", "shape": [2], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F64", "shape": [1], "data_offsets": [8, 16]}},
        {"a": {"dtype": "F64", "shape": [1], "data_offsets": [8, 0]}},
        {"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F64", "shape": [-1], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F64", "shape": [2**62, 4], "data_offsets": [0, 8]}},
        {"a": {"dtype": "F64", "shape": [2**40], "data_offsets": [0, 2**43]}},
        {"a": {"shape": [1], "data_offsets": [0, 8]}},
        {"a": 3},
        {"__metadata__": {"sheetnet": SPEC}},
        {"__metadata__": 5},
    ],
    ids=range(11),
)
def test_a_header_that_lies_is_refused(tmp_path, header):
    assert "not a readable .safetensors file" in message(by_hand(tmp_path / "m.safetensors", header, b"\x00" * 8))


def test_numbers_of_16_bits_for_the_brain_are_refused_with_advice(tmp_path):
    for kind, size in (("BF16", 2), ("BOOL", 1), ("U64", 8), ("U32", 4), ("U16", 2)):
        header = {"a.weight": {"dtype": kind, "shape": [2], "data_offsets": [0, 2 * size]}}
        text = message(by_hand(tmp_path / "m.safetensors", header, b"\x00" * 2 * size))
        assert f"a.weight holds {kind} numbers; save the weights as float32" in text


@pytest.mark.parametrize("kind", ["F8_E4M3", "F8_E5M2"])
def test_numbers_of_8_bits_are_refused(tmp_path, kind):
    header = {"a": {"dtype": kind, "shape": [2], "data_offsets": [0, 2]}}
    message(by_hand(tmp_path / "m.safetensors", header, b"\x00\x00"))


def test_a_file_too_large_for_any_workbook_is_not_read(tmp_path):
    path = tmp_path / "m.safetensors"
    with path.open("wb") as file:
        file.truncate(modelfile.MAX_FILE + 1)  # takes no room on most disks
    assert "larger than 128 MB" in message(path)


def test_a_file_cut_short_is_refused(tmp_path):
    path, cut = tmp_path / "m.safetensors", tmp_path / "cut.safetensors"
    saved(path)
    data = path.read_bytes()
    for length in [*range(0, 200, 7), *range(200, len(data), len(data) // 40), len(data) - 1]:
        cut.write_bytes(data[:length])
        assert "not a readable .safetensors file" in message(cut)
    cut.write_bytes(data + b"\x00")
    message(cut)


def test_a_file_with_flipped_bytes_gives_numbers_or_one_line(tmp_path):
    path, broken = tmp_path / "m.safetensors", tmp_path / "broken.safetensors"
    saved(path)
    data = path.read_bytes()
    generator = random.Random(5)
    outcomes = set()
    for number in range(600):
        copy = bytearray(data)
        for _ in range(1 + number % 3):
            copy[generator.randrange(len(data) if number % 4 == 0 else 1200)] ^= generator.randrange(1, 256)
        broken.write_bytes(copy)
        try:
            modelfile.load(broken)
            outcomes.add("read")
        except ModelFileError as error:
            outcomes.add(one_line(error).removeprefix(str(broken))[:40])
    assert len(outcomes) > 3


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", "its network spec is wrong"),
        ("{", "its network spec is wrong"),
        ("[]", "not a table"),
        ("null", "not a table"),
        ("7", "not a table"),
        ("{}", "name is missing"),
        ("[" * 5000, "its network spec is wrong"),
        ('{"name":' * 5000, "its network spec is wrong"),
        ('{"name": ' + "9" * 5000 + "}", "its network spec is wrong"),
        (SPEC | {"layers": []}, "the network has no layers"),
        (SPEC | {"name": "two\nlines", "layers": []}, "the network has no layers"),
        (SPEC | {"surprise": 1}, "unknown entry 'surprise'"),
        (SPEC | {"input": {"shape": [float("nan"), 5, 5]}}, "NaN is no number"),
        (SPEC | {"classes": ["x" * 10**6]}, "classes must be texts"),
    ],
    ids=range(14),
)
def test_a_spec_that_is_wrong_is_named(tmp_path, spec, says):
    text = message(with_spec(tmp_path / "m.safetensors", spec))
    assert "its network spec is wrong: " in text
    assert says in text
    assert len(text) < len(str(tmp_path)) + 400


def test_a_spec_nested_as_deep_as_json_can_be_read_is_refused(tmp_path):
    for depth in range(sys.getrecursionlimit() - 120, sys.getrecursionlimit(), 3):
        nested = '{"name": ' + "[" * depth + "]" * depth + "}"
        assert "its network spec is wrong" in message(with_spec(tmp_path / "m.safetensors", nested))


# Writing


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    network = Network.from_spec(SPEC)
    (tmp_path / "one.safetensors").mkdir()
    for path in (tmp_path / "no" / "folder.safetensors", tmp_path / "one.safetensors"):
        with pytest.raises(SheetnetError, match=r"does not exist|is a folder") as refusal:
            modelfile.save(path, network, network.fill({}, 0))
        assert str(refusal.value).startswith(f"{path}: ")


def test_a_disk_that_is_full_leaves_the_old_model_as_it_was(tmp_path, monkeypatch):
    network, path = Network.from_spec(SPEC), tmp_path / "m.safetensors"
    path.write_bytes(b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SheetnetError, match="No space left on device"):
        modelfile.save(path, network, network.fill({}, 0))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
