"""What training is made of: losses, optimizers, pictures held out, augmentation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from sorts import CLASSES, pictures

from sheetnet.errors import TrainingError
from sheetnet.network import Network
from sheetnet.training import augment, losses, optimizers, split
from sheetnet.training.pictures import Pictures

TORCH = Path(__file__).parent / "torch_cases"


# Losses


@pytest.mark.parametrize("name", sorted(losses.LOSSES))
def test_the_gradient_of_a_loss_agrees_with_finite_differences(name):
    rng = np.random.RandomState(4)
    values = {"s.log": rng.standard_normal((4, 3)), "s.out": rng.standard_normal((4, 3))}
    truth = np.eye(3)[[0, 2, 1, 1]]
    each, start = losses.LOSSES[name]("s", values, truth)
    assert each.shape == (4,)
    ((tensor, gradient),) = start.items()
    for index in np.ndindex(4, 3):
        step = np.zeros((4, 3))
        step[index] = 1e-6
        ends = [
            losses.LOSSES[name]("s", values | {tensor: values[tensor] + s}, truth)[0].mean() for s in (step, -step)
        ]
        assert gradient[index] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-8)


def test_half_the_squared_error_is_half_the_squared_error():
    each, start = losses.squared("s", {"s.out": np.array([[0.0, 3.0], [1.0, 0.0]])}, np.array([[1.0, 0], [1, 0]]))
    assert each.tolist() == [5, 0]
    assert start["s.out"].tolist() == [[-0.5, 1.5], [0, 0]]


def test_a_network_without_softmax_can_learn_by_squares_only():
    layers = [zoo.layer("flatten"), zoo.layer("dense", units=3)]
    network = Network.from_spec({"name": "n", "classes": [*CLASSES], "input": {"shape": [1, 2, 2]}, "layers": layers})
    assert losses.head_of(network, "squared") == "dense"
    with pytest.raises(TrainingError, match="has no softmax"):
        losses.head_of(network, "crossentropy")


# Optimizers


@pytest.mark.parametrize("name", sorted(optimizers.OPTIMIZERS))
def test_an_optimizer_goes_where_pytorch_goes(name):
    with np.load(TORCH / "optimizers.npz", allow_pickle=False) as file:
        weights, gradients, expected = file["start"].copy(), file["gradients"], file[name]
    optimizer = optimizers.OPTIMIZERS[name](weights, 0.05)
    for gradient, after in zip(gradients, expected, strict=True):
        optimizer.step(gradient)
        np.testing.assert_allclose(weights, after, rtol=1e-13, atol=1e-15)


# Pictures held out


def parts_of(made: Pictures, share: float = 0.2, seed: int = 0) -> split.Split:
    return split.split(made, share, np.random.RandomState(seed))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.9])
def test_every_class_is_held_out_in_proportion(share):
    made = pictures((40, 20, 10))
    parts = parts_of(made, share)
    assert made.counts(parts.held) == [round(share * n) for n in (40, 20, 10)]
    assert sorted([*parts.train, *parts.held]) == list(range(70))
    assert not set(parts.train) & set(parts.held)


def test_of_a_small_class_at_least_one_is_held_out_and_one_is_not():
    made = pictures((1, 2, 3))
    assert made.counts(parts_of(made, 0.05).held) == [0, 1, 1]
    assert made.counts(parts_of(made, 0.95).held) == [0, 1, 2]
    assert len(parts_of(made, 0).held) == 0


def test_the_seed_chooses_who_is_held_out():
    made = pictures()
    assert parts_of(made, seed=1).held.tolist() == parts_of(made, seed=1).held.tolist()
    assert parts_of(made, seed=1).held.tolist() != parts_of(made, seed=2).held.tolist()


def test_enough_different_pictures_raise_no_doubt():
    made = pictures()
    assert split.doubts(made, parts_of(made)) == []


def test_a_class_of_four_pictures_raises_a_doubt_by_name():
    made = pictures((20, 4, 20))
    (line,) = split.doubts(made, parts_of(made))
    assert "fewer than 5 pictures of a class ('b' 4)" in line.text
    assert (line.kind, line.count, line.of) == ("few", 1, 3)
    assert split.doubts(pictures((20, 5, 20)), parts_of(pictures((20, 5, 20)))) == []


@pytest.mark.parametrize("change", [0, 1, 2])
def test_a_near_copy_on_both_sides_raises_a_doubt(change):
    made = pictures(side=24)
    parts = parts_of(made)
    noise = np.random.RandomState(3).randint(-change, change + 1, made.x[0].shape)
    made.x[parts.held[1]] = np.clip(made.x[parts.train[0]].astype(int) + noise, 0, 255)
    (line,) = split.doubts(made, parts)
    assert (line.kind, line.count, line.of) == ("twins", 1, len(parts.held))
    assert line.text.startswith(f"1 of the {len(parts.held)} held-out pictures is nearly identical")


def test_without_held_out_pictures_there_is_a_doubt():
    made = pictures()
    assert "memorised" in split.doubts(made, parts_of(made, 0))[0].text


# Augmentation


def still(**changes: Any) -> augment.Augment:
    return replace(augment.Augment(shift=0, crop=0, rotation=0, brightness=0, contrast=0, flip=False), **changes)


def test_an_augmentation_of_nothing_changes_nothing():
    x = np.random.RandomState(0).randint(0, 256, (3, 3, 5, 7)).astype(np.uint8)
    np.testing.assert_array_equal(still()(x, np.random.RandomState(1)), x)


def test_a_flip_mirrors_about_half_of_the_photos():
    x = np.random.RandomState(0).randint(0, 256, (200, 1, 4, 5)).astype(np.uint8)
    changed = still(flip=True)(x, np.random.RandomState(1))
    mirrored = [np.array_equal(a, b[..., ::-1]) for a, b in zip(changed, x, strict=True)]
    kept = [np.array_equal(a, b) for a, b in zip(changed, x, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert 70 < sum(mirrored) < 130


def test_brightness_scales_a_whole_photo():
    x = np.full((50, 3, 4, 4), 100, dtype=np.uint8)
    changed = still(brightness=0.2)(x, np.random.RandomState(1))
    assert all(len(set(photo.ravel())) == 1 for photo in changed)
    assert 80 <= changed.min() < 88
    assert 112 < changed.max() <= 120
    assert still(brightness=0.2)(np.full((50, 1, 4, 4), 250, dtype=np.uint8), np.random.RandomState(1)).max() == 255


def test_contrast_spreads_a_photo_around_its_own_mean():
    x = np.tile(np.array([80, 120], dtype=np.uint8), (50, 1, 4, 2))
    changed = still(contrast=0.5)(x, np.random.RandomState(1)).astype(int)
    assert (abs(changed.mean((1, 2, 3)) - 100) <= 0.5).all()
    spread = np.ptp(changed, axis=(1, 2, 3))
    assert 20 <= spread.min() < 28 < 52 < spread.max() <= 60


def test_a_shift_moves_and_the_edge_goes_on():
    x = np.broadcast_to(np.arange(0, 200, 20, dtype=np.uint8), (40, 1, 10, 10)).copy()
    changed = still(shift=0.2)(x, np.random.RandomState(1)).astype(int)
    moved = changed[:, 0, 0, 5] - 100
    assert moved.min() < -20 < 20 < moved.max()
    assert np.abs(moved).max() <= 40
    assert changed.min() == 0
    assert changed.max() == 180


def test_a_quarter_turn_is_a_quarter_turn_mirrored_or_not():
    class Quarter(
        np.random.RandomState
    ):  # the largest of every number; from 0 to 1, where flips come from, the least
        def uniform(self, low=0.0, high=1.0, size=None):
            return np.full(size, low if (low, high) == (0, 1) else high)

    x = np.random.RandomState(0).randint(0, 256, (2, 3, 6, 6)).astype(np.uint8)
    changed = still(rotation=90)(x, Quarter(1))
    np.testing.assert_array_equal(changed, np.rot90(x, -1, axes=(2, 3)))
    mirrored = still(rotation=90, flip=True)(x, Quarter(1))
    np.testing.assert_array_equal(mirrored, np.rot90(x, -1, axes=(2, 3))[..., ::-1])


def test_a_crop_shows_less_of_the_photo_larger():
    x = np.zeros((30, 1, 20, 20), dtype=np.uint8)
    x[:, :, 7:13, 7:13] = 255
    changed = still(crop=0.5)(x, np.random.RandomState(1))
    sizes = (changed > 127).sum((1, 2, 3))
    assert sizes.min() >= 36
    assert sizes.max() > 100
