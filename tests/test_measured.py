"""Pictures of a folder test: they measure what was learned, once and in the end, and decide nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import surgery
from PIL import Image
from test_folder import SHAPE, fill, refusal, tiny
from test_listing import TWO, parted

import sheetnet
from sheetnet import modelfile
from sheetnet.case.card import learned
from sheetnet.errors import TrainingError
from sheetnet.training import folder as folders
from sheetnet.training import tell
from sheetnet.training.calibration import calibrate
from sheetnet.training.fit import Trained
from sheetnet.training.quick import quick

CROSSED = {"cats": TWO["dogs"], "dogs": TWO["cats"]}  # whatever is learned from train is wrong about them


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose test shows the opposite of what there is to learn, with one more picture of a class."""
    root = parted(tmp_path_factory.mktemp("measured") / "split", "train", "val")
    fill(root / "test", CROSSED, 3, seed=7)
    Image.new("RGB", (9, 9), TWO["cats"]).save(root / "test" / "cats" / "right.png")
    return root


def train(root: Path, out: Path) -> Trained:
    return sheetnet.train(root, out, template=tiny("a", "b"), epochs=40)


@pytest.fixture(scope="module")
def trained(root: Path) -> Trained:
    return train(root, root.parent / "m.safetensors")


def test_a_test_is_measured_with_the_finished_weights(root: Path, trained: Trained) -> None:
    assert trained.held is not None
    assert trained.test is not None
    assert (trained.held.accuracy, trained.test.confusion) == (1, ((1, 3), (3, 0)))
    alone = sheetnet.evaluate(root.parent / "m.safetensors", root / "test").score
    assert alone.confusion == trained.test.confusion
    assert alone.loss == pytest.approx(trained.test.loss, rel=1e-5)


def test_a_test_decides_nothing(root: Path, trained: Trained, tmp_path: Path) -> None:
    without = parted(tmp_path / "split", "train", "val")
    other = train(without, tmp_path / "m.safetensors")
    assert other.test is None
    assert (other.epoch, other.epochs, other.history) == (trained.epoch, trained.epochs, trained.history)
    assert other.parameters.keys() == trained.parameters.keys()
    for name, value in other.parameters.items():
        np.testing.assert_array_equal(trained.parameters[name], value)


def test_the_card_and_the_workbook_tell_of_the_test(root: Path, trained: Trained, tmp_path: Path) -> None:
    card = modelfile.card(root.parent / "m.safetensors")
    assert card["test"]["confusion"] == [[1, 3], [3, 0]]
    assert card["held_out"]["count"] == 4
    assert card["pictures"] == {"cats": 8, "dogs": 8}  # of train and val
    told = learned(card, 2)
    assert told is not None
    assert (told.held, told.right, told.percent, told.mistake) == (7, 1, "14.3", (3, 0, 1))
    assert told.calibration is not None
    assert trained.calibration is not None
    assert (told.calibration.unsure, told.calibration.right) == (
        trained.calibration.unsure,
        trained.calibration.right,
    )
    photo = next((root / "test" / "cats").iterdir())
    for language, says in (
        ("en", "Of 7 pictures that it had never seen it told 1 right"),
        ("zh", "拿 7 张从没见过的图"),
    ):
        path = tmp_path / f"{language}.xlsx"
        model = root.parent / "m.safetensors"
        sheetnet.build(photo, path, model=model, language=language, engine=None)
        content = surgery.parts(path)
        assert says in content[surgery.part_of(content, surgery.titles(content)[0])].decode()


def test_how_unsure_it_is_is_measured_with_the_test(root: Path, trained: Trained) -> None:
    """Weights of 0 give each class the same chance: all answers are doubts, and the first class is told."""
    network = quick(trained.network, "softmax")
    nothing = {name: np.zeros_like(trained.parameters[name]) for name in network.learned}
    measured = calibrate(network, {**trained.parameters, **nothing}, folders.read(root, SHAPE), np.arange(2), 0)
    assert measured is not None
    assert (measured.unsure, measured.right) == (7, 4)


def test_the_command_tells_of_the_test_last(trained: Trained) -> None:
    lines = tell.trained_lines(trained, Path("m.safetensors"))
    at = next(number for number, line in enumerate(lines) if line.startswith("test "))
    assert lines[at - 1].startswith("held out    100.0% of 4 pictures")
    assert lines[at].startswith("test         14.3% of 7 pictures, loss ")
    assert lines[at + 2].split() == ["cats", "1", "3"]
    assert sum("predicted" in line for line in lines) == 1


def test_pictures_of_a_test_that_were_learned_from_are_told(tmp_path: Path) -> None:
    root = parted(tmp_path / "split", "train", "val", "test")
    copied = (root / "train" / "cats" / "0.png").read_bytes()
    plain = [doubt for doubt in train(root, tmp_path / "1.safetensors").doubts if doubt.kind == "twins"]
    (root / "test" / "dogs" / "more.png").write_bytes(copied)
    (twins,) = [doubt for doubt in train(root, tmp_path / "2.safetensors").doubts if doubt.kind == "twins"]
    assert twins.of == 7
    assert twins.count == 1 + sum(doubt.count for doubt in plain)
    assert "of the 7 test pictures" in str(twins)


def test_without_validation_the_test_is_no_reason_to_doubt(tmp_path: Path) -> None:
    alone = parted(tmp_path / "split", "train")
    fill(alone / "test", CROSSED, 3)
    found = sheetnet.train(alone, tmp_path / "m.safetensors", template=tiny("a", "b"), epochs=1, validation=0)
    assert found.held is None
    assert "unheld" not in {doubt.kind for doubt in found.doubts}


def test_a_broken_picture_of_the_test_is_skipped_and_told_once(tmp_path: Path) -> None:
    root = parted(tmp_path / "split", "train", "val", "test")
    (root / "test" / "dogs" / "0.png").write_bytes(b"no picture")
    heard: list[tuple[int, int]] = []
    found = folders.read(root, SHAPE, progress=lambda done, of: heard.append((done, of)))
    assert found.test is not None
    assert (len(found), found.validating, len(found.test), len(found.skipped)) == (16, 4, 5, 1)
    assert heard == [(number, 22) for number in range(1, 23)]
    for name in ("1.png", "2.png"):
        (root / "test" / "dogs" / name).write_bytes(b"no picture")
    assert "none of the files of 'dogs' is a picture" in refusal(lambda: folders.read(root, SHAPE))


def test_training_that_goes_on_has_the_test_in_the_order_of_its_classes(root: Path, tmp_path: Path) -> None:
    network = tiny("dogs", "cats")
    start = tmp_path / "start.safetensors"
    start.write_bytes(modelfile.to_bytes(network, network.fill({}, 0), {}))
    found = sheetnet.train(root, tmp_path / "m.safetensors", start=start, epochs=40)
    assert found.network.classes == ("dogs", "cats")
    assert found.test is not None
    assert found.test.confusion == ((0, 3), (3, 1))


def test_a_test_of_other_classes_or_sizes_is_refused(root: Path) -> None:
    found = replace(folders.read(root, SHAPE), test=None)
    for test in (replace(found, classes=("dogs", "cats")), folders.read(root, (3, 4, 4)), found.unseen(np.arange(0))):
        with pytest.raises(TrainingError, match="must be like the others"):
            replace(found, test=test)
