"""Which files show which class: folders in folders, folders parted already, and one name in several forms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from click.testing import CliRunner
from test_folder import SHAPE, fill, refusal, tiny

import sheetnet
from sheetnet import names
from sheetnet.cli import main
from sheetnet.errors import NetworkError, TrainingError
from sheetnet.modelfile import options
from sheetnet.training import folder as folders
from sheetnet.training import listing

TWO = {"cats": (200, 40, 40), "dogs": (40, 60, 210)}
MUESLI = normalize("NFC", "Müsli"), normalize("NFD", "Müsli")


def run(*arguments: object) -> tuple[str, str]:
    told = CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)
    assert told.exit_code == 0, told.stderr
    return told.stdout, told.stderr


def names_of(found: listing.Listing, root: Path) -> list[str]:
    return [str(file.relative_to(root)) for _, file in found.files]


# Folders in folders


def test_all_folders_in_the_folder_of_a_class_are_walked(tmp_path: Path) -> None:
    root = fill(tmp_path / "nested", TWO, 2)
    fill(root / "cats", {"more": (190, 50, 40), "some/deep": (200, 40, 60)}, 3)
    found = folders.read(root, SHAPE)
    assert found.classes == ("cats", "dogs")
    assert found.counts() == [8, 2]
    assert (found.skipped, found.notes) == ((), ())
    assert names_of(listing.of_folder(root), root)[:4] == [
        "cats/0.png",
        "cats/1.png",
        "cats/more/0.png",
        "cats/more/1.png",
    ]


def test_hidden_folders_and_those_of_systems_are_left_out_and_counted(tmp_path: Path) -> None:
    root = fill(tmp_path / "left", TWO, 2)
    for name in ("@eaDir", "__MACOSX", ".thumbnails"):
        fill(root / "cats", {name: (1, 2, 3)}, 1)
        fill(root, {name: (1, 2, 3)}, 1)
    (root / "dogs" / "again").symlink_to(root)
    found = folders.read(root, SHAPE)
    assert found.counts() == [2, 2]
    [note] = found.notes
    assert note.startswith("left out: 7 folders that a system keeps, that are hidden or links (")
    assert "@eaDir" in note


def test_folders_that_are_too_deep_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "DEEPEST", 2)
    root = fill(tmp_path / "deep", TWO, 1)
    fill(root / "cats", {"1": (0, 0, 0), "1/2": (0, 0, 0), "1/2/3": (0, 0, 0)}, 1)
    found = listing.of_folder(root)
    assert [number for number, _ in found.files] == [0, 0, 0, 1]
    assert found.notes == ("left out: 1 folder that a system keeps, that are hidden or links (3)",)


def test_no_folder_that_holds_folders_is_called_empty(tmp_path: Path) -> None:
    root = fill(tmp_path / "x", TWO, 1)
    (root / "zebra" / "more").mkdir(parents=True)
    (root / "zebra" / "@eaDir").mkdir()
    says = refusal(lambda: listing.of_folder(root))
    assert "the folder of 'zebra' has 2 folders in it, and no pictures; put pictures into it, or remove it" in says
    (root / "zebra" / "more").rmdir()
    (root / "zebra" / "@eaDir").rmdir()
    assert "the folder of 'zebra' is empty" in refusal(lambda: listing.of_folder(root))


def test_a_folder_around_the_classes_is_told(tmp_path: Path) -> None:
    fill(tmp_path / "zip" / "pictures", TWO, 1)
    says = refusal(lambda: listing.of_folder(tmp_path / "zip"))
    assert "only one class, 'pictures'" in says
    assert f"if the 2 folders in it are the classes, give {tmp_path / 'zip' / 'pictures'}" in says


# Parted already


def parted(root: Path, *parts: str, counts: tuple[int, ...] = (6, 2, 3)) -> Path:
    for part, count, seed in zip(parts, counts, range(3), strict=False):
        fill(root / part, TWO, count, seed)
    return root


@pytest.mark.parametrize(
    "parts", [("train", "val", "test"), ("Training", "VALIDATION", "Testing"), ("训练集", "验证集", "测试集")]
)
def test_train_and_val_above_the_classes_are_used_as_such(tmp_path: Path, parts: tuple[str, str, str]) -> None:
    root = parted(tmp_path / "split", *parts)
    out = tmp_path / "m.safetensors"
    trained = sheetnet.train(root, out, template=tiny("a", "b"), epochs=2)
    assert trained.network.classes == ("cats", "dogs")
    assert trained.train.count == 12
    assert trained.held is not None
    assert trained.held.count == 4
    assert sheetnet.evaluate(out, root / parts[1]).score.confusion == trained.held.confusion
    assert trained.notes == (
        f"{root}: learned from {parts[0]}, validated with 4 files of {parts[1]}, "
        f"measured at the end with 6 files of {parts[2]}",
    )
    measured = sheetnet.evaluate(out, root)
    assert measured.score.count == 6
    assert trained.test is not None
    assert measured.score.confusion == trained.test.confusion
    assert f"measured on {parts[2]}" in measured.notes[0]
    assert measured.score.confusion == sheetnet.evaluate(out, root / parts[2]).score.confusion


def test_what_validates_is_never_learned_from(tmp_path: Path) -> None:
    root = parted(tmp_path / "split", "train", "val")
    found = folders.read(root, SHAPE)
    trained = sheetnet.train(root, tmp_path / "m.safetensors", template=tiny("a", "b"), epochs=1, validation=0.5)
    assert found.validating == 4
    assert trained.split.held.tolist() == [12, 13, 14, 15]
    for number, file in enumerate(found.files):
        assert (file.relative_to(root).parts[0] == "val") == (number in trained.split.held)


def test_without_val_a_part_of_train_is_held_out(tmp_path: Path) -> None:
    root = parted(tmp_path / "split", "train", "test")
    trained = sheetnet.train(root, tmp_path / "m.safetensors", template=tiny("a", "b"), epochs=1)
    assert trained.held is not None
    assert trained.test is not None
    assert (trained.train.count, trained.held.count, trained.test.count) == (10, 2, 4)


def test_a_broken_picture_of_val_does_not_make_one_of_train_validate(tmp_path: Path) -> None:
    root = parted(tmp_path / "split", "train", "val")
    (root / "val" / "dogs" / "1.png").write_bytes(b"no picture")
    (root / "train" / "cats" / "0.png").write_bytes(b"no picture")
    found = folders.read(root, SHAPE)
    assert (len(found), found.validating, len(found.skipped)) == (14, 3, 2)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda root: fill(root / "val", {"zebra": (1, 2, 3)}, 1), "'zebra' is none of the network's classes"),
        (lambda root: fill(root, {"extra/cats": (1, 2, 3)}, 1), "extra beside them"),
        (lambda root: fill(root / "test", {"zebra": (1, 2, 3)}, 1), "'zebra' is none of the network's classes"),
        (lambda root: (root / "test").mkdir(), "test has no folders of classes in it"),
    ],
)
def test_parts_that_do_not_fit_are_told(tmp_path: Path, make: Callable[[Path], object], says: str) -> None:
    root = parted(tmp_path / "split", "train", "val")
    make(root)
    with pytest.raises(TrainingError, match=says):
        listing.of_folder(root)


def test_without_train_nothing_is_learned_from(tmp_path: Path) -> None:
    root = parted(tmp_path / "split", "val", "test")
    assert "has test and val, but no folder train" in refusal(lambda: listing.of_folder(root))
    assert len(listing.of_folder(root, ("cats", "dogs")).files) == 4


def test_pictures_of_trains_are_a_class(tmp_path: Path) -> None:
    root = fill(tmp_path / "transport", {"train": (1, 2, 3), "car": (3, 2, 1), "train/old": (9, 9, 9)}, 2)
    assert folders.read(root, SHAPE).counts() == [2, 4]


# One name in several forms


def test_two_forms_of_one_name_are_one_class(tmp_path: Path) -> None:
    root = fill(tmp_path / "forms", {MUESLI[0]: (1, 2, 3), MUESLI[1]: (9, 9, 9), "x": (3, 2, 1)}, 2)
    if len(list(root.iterdir())) < 3:
        pytest.skip("this disk takes them for one")
    found = folders.read(root, SHAPE)
    assert found.classes == (MUESLI[0], "x")
    assert found.counts() == [4, 2]
    assert "two folders are one class" in found.notes[0]


def test_upper_and_lower_case_are_one_class(tmp_path: Path) -> None:
    root = fill(tmp_path / "case", {"Cat": (1, 2, 3), "dog": (3, 2, 1)}, 2)
    if (root / "cat").exists():
        pytest.skip("this disk takes them for one")
    fill(root, {"cat": (1, 2, 3)}, 3)
    found = folders.read(root, SHAPE)
    assert (found.classes, found.counts()) == (("Cat", "dog"), [5, 2])
    assert found.notes == (f"{root}: two folders are one class, 'Cat' and 'cat'",)


def test_a_label_and_a_folder_to_measure_with_may_have_another_form(tmp_path: Path) -> None:
    root = fill(tmp_path / "forms", {MUESLI[1]: (1, 2, 3), "x": (3, 2, 1)}, 5)
    out = tmp_path / "m.safetensors"
    sheetnet.train(root, out, template=tiny("a", "b"), epochs=1)
    picture = root / "x" / "0.png"
    for number, label in enumerate((*MUESLI, MUESLI[1].upper())):
        sheetnet.build(picture, tmp_path / f"{number}.xlsx", model=out, label=label, engine=None)
    with pytest.raises(NetworkError, match="is no class"):
        sheetnet.build(picture, tmp_path / "no.xlsx", model=out, label="Musli", engine=None)
    for form in (MUESLI[0], MUESLI[1].upper()):
        others = fill(tmp_path / f"others-{form}", {form: (1, 2, 3)}, 2)
        assert sheetnet.evaluate(out, others).score.count == 2


def test_two_forms_of_one_name_in_a_file_of_classes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_text("\n".join(MUESLI), encoding="utf-8")
    assert "is there twice" in refusal(lambda: options.labels(path))
    path.write_text(f"{MUESLI[1]}\ncat", encoding="utf-8")
    assert options.labels(path) == [MUESLI[0], "cat"]


def test_what_two_forms_have_in_common() -> None:
    assert names.key("STRASSE") == names.key("straße")
    assert names.key(" two\t words ") == names.key("Two words")
    assert len({names.key(name) for name in ("cat", "cât", "ca t")}) == 3


# What the commands say


def test_the_commands_say_what_was_left_out_and_how_it_is_parted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root = parted(Path("split"), "train", "val", "test")
    (root / "@eaDir").mkdir()
    monkeypatch.setattr("sheetnet.training.train._network", lambda request: (tiny("a", "b"), {}))
    _, told = run("train", "split", "--epochs", 1)
    assert (
        "split: learned from train, validated with 4 files of val, measured at the end with 6 files of test\n" in told
    )
    assert "left out: 1 folder " in told
    assert "left out" not in run("train", "split", "--epochs", 1, "-q", "-f")[1]
    out, told = run("evaluate", "split.safetensors", "split")
    assert "of 6 pictures" in out
    assert "measured on test" in told
