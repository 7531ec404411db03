"""The training room: quick layers, losses, optimizers, splits, augmentation, and training as a whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from test_backward import fitting

from sheetnet import engine
from sheetnet.errors import TrainingError
from sheetnet.layers.conv2d import Conv2d
from sheetnet.layers.dense import Dense
from sheetnet.network import Network
from sheetnet.training import augment, losses, optimizers, quick, split
from sheetnet.training.fit import Progress, Settings, fit
from sheetnet.training.pictures import Pictures, digits
from sheetnet.training.score import Score, score

TORCH = Path(__file__).parent / "torch_cases"
CLASSES = ("a", "b", "c")


# Quick layers say what the layers say


def all_of(network: Network, how: Network, precision: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    rng = np.random.RandomState(2)
    photos = rng.randint(0, 256, (5, *network.shape)).astype(precision)
    parameters = {name: (value + 0.1).astype(precision) for name, value in network.fill({}, 3).items()}
    values = engine.forward(how, {"photo.out": photos}, {name: parameters[name] for name in how.parameters})
    head = how.nodes[-1].name
    start = {f"{head}.out": rng.standard_normal(values[f"{head}.out"].shape).astype(precision)}
    return values, engine.backward(how, values, start)


def with_heads(network: Network) -> Network:
    """Without the losses, so that every node can be run without a truth."""
    return replace(network, nodes=tuple(node for node in network.nodes if node.layer.kind != "crossentropy"))


NETWORKS = [pytest.param(zoo.network(name), id=name) for name in zoo.ZOO] + fitting(range(12))


@pytest.mark.parametrize("network", NETWORKS)
def test_a_quick_network_gives_the_numbers_of_the_exact_one(network):
    network = with_heads(network)
    head = network.nodes[-1].name
    how = quick.quick(network, head)
    assert not any(type(node.layer) in (Conv2d, Dense) for node in how.nodes)
    exact, exact_gradients = all_of(network, replace(network, nodes=network.nodes), np.float64)
    values, gradients = all_of(network, how, np.float64)
    for name, value in values.items():
        assert value.shape == exact[name].shape
        np.testing.assert_allclose(
            value, exact[name], rtol=1e-12, atol=1e-12 * np.abs(exact[name]).max(), err_msg=name
        )
    learned = list(how.learned)
    assert set(learned) <= set(gradients)
    learning: set[str] = set()  # who learns, or reads one who does: before them no gradient is asked for
    for node in how.nodes:
        if node.layer.learns or not learning.isdisjoint(node.inputs):
            learning.add(node.name)
    asked = {name: value for name, value in gradients.items() if name.partition(".")[0] in learning}
    for name, value in asked.items():
        scale = np.abs(exact_gradients[name]).max()
        np.testing.assert_allclose(value, exact_gradients[name], rtol=1e-12, atol=1e-12 * scale, err_msg=name)
    learners = [node for node in how.nodes if node.layer.learns]
    alone = [node for node in how.nodes if learners[0].inputs[0] in node.inputs] == learners[:1]
    if isinstance(learners[0].layer, Conv2d) and alone:
        assert "photo.out" not in gradients, "nothing asks for the gradient of the photo"


@pytest.mark.parametrize(
    "name", ["ten channels, so rows by itself", "normalized and averaged, in rows", "dilated and in groups, in rows"]
)
def test_a_quick_network_keeps_float32(name):
    network = with_heads(zoo.network(name))
    values, gradients = all_of(network, quick.quick(network, "softmax"), np.float32)
    assert {value.dtype for value in (values | gradients).values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("batch", [(), (2, 3)], ids=str)
@pytest.mark.parametrize("padding", ["valid", "same", [0, 1, 2, 0]], ids=str)
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(("dilation", "groups"), [((1, 1), 1), ((2, 1), 2), ((1, 2), 4)])
def test_a_quick_layer_takes_any_batch(batch, padding, first, dilation, groups):
    rng = np.random.RandomState(1)
    exact = Conv2d(8, size=[2, 3], stride=[2, 1], padding=padding, dilation=dilation, groups=groups)
    layer = quick.QuickConv2d(8, (2, 3), (2, 1), padding, dilation, groups, first)
    known = {
        "x": rng.standard_normal((*batch, 4, 5, 6)),
        "weight": rng.standard_normal((8, 4 // groups, 2, 3)),
        "bias": rng.standard_normal(8),
    }
    v, w = known.copy(), known.copy()
    exact.forward(v)
    layer.forward(w)
    np.testing.assert_allclose(w["out"], v["out"], rtol=1e-12, atol=1e-13)
    back = rng.standard_normal(v["out"].shape)
    d, e = {"out": back}, {"out": back}
    exact.backward(v, d)
    layer.backward(w, e)
    assert set(d) - set(e) == ({"x"} if first else set())
    for name, value in e.items():
        np.testing.assert_allclose(value, d[name], rtol=1e-12, atol=1e-13, err_msg=name)


def test_what_does_not_lead_to_the_head_is_not_run():
    network = zoo.network("branches")
    assert [n.name for n in quick.quick(network, "softmax").nodes] == [
        "conv1",
        "pool1",
        "flatten",
        "dense",
        "softmax",
    ]


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


def pictures(counts: tuple[int, ...] = (20, 20, 20), seed: int = 0, side: int = 8) -> Pictures:
    """Bright pictures of three sorts: upper half, left half, a spot in the middle; each with noise."""
    rng = np.random.RandomState(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    x = rng.randint(0, 90, (len(labels), 1, side, side))
    for k, picture in zip(labels, x, strict=True):
        half = slice(0, side // 2)
        middle = slice(side // 4, side - side // 4)
        picture[0, *[(half, slice(None)), (slice(None), half), (middle, middle)][k]] += 150
    return Pictures("sorts", CLASSES[: len(counts)], x.astype(np.uint8), labels, photos=False)


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
    return replace(augment.Augment(shift=0, crop=0, rotation=0, brightness=0, flip=False), **changes)


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


# Training as a whole


def network_of(side: int = 8, classes: tuple[str, ...] = CLASSES, **rescale: Any) -> Network:
    layers = [zoo.layer("rescale", **rescale), zoo.conv("conv1", 4, 3), zoo.layer("relu"), zoo.pool("pool1", 2)]
    layers += [zoo.layer("flatten"), zoo.layer("dense", units=len(classes))]
    layers += [zoo.layer("softmax"), zoo.layer("crossentropy", name="loss")]
    return Network.from_spec(
        {"name": "sorts", "classes": list(classes), "input": {"shape": [1, side, side]}, "layers": layers}
    )


def test_three_sorts_of_pictures_are_learned():
    trained = fit(network_of(), pictures(), Settings(epochs=30, batch=8))
    assert trained.network.trained
    assert trained.held is not None
    assert (trained.train.accuracy, trained.held.accuracy) == (1, 1)
    assert (trained.train.count, trained.held.count) == (48, 12)
    assert trained.doubts == ()
    assert set(trained.parameters) == set(network_of().parameters)
    assert not trained.network.untaught(trained.parameters)


@pytest.mark.parametrize("optimizer", sorted(optimizers.OPTIMIZERS))
@pytest.mark.parametrize("loss", sorted(losses.LOSSES))
def test_every_optimizer_lowers_every_loss(optimizer, loss):
    trained = fit(network_of(), pictures(), Settings(epochs=8, optimizer=optimizer, loss=loss))
    assert trained.history[-1].loss < 0.7 * trained.history[0].loss


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    def weights(seed: int) -> dict[str, bytes]:
        settings = Settings(epochs=3, seed=seed, augment=True)
        return {name: value.tobytes() for name, value in fit(network_of(), pictures(), settings).parameters.items()}

    assert weights(5) == weights(5)
    assert weights(5)["conv1.weight"] != weights(6)["conv1.weight"]


def test_the_score_is_that_of_the_exact_network_with_the_weights_that_are_given():
    made = pictures(seed=4)
    trained = fit(network_of(), made, Settings(epochs=2))
    exact = trained.network
    inputs = {"photo.out": made.x.astype(float), "truth.out": np.eye(3)[made.labels]}
    values = engine.forward(exact, inputs, trained.parameters)
    for told, which in ((trained.train, trained.split.train), (trained.held, trained.split.held)):
        predicted = values["softmax.out"].argmax(-1)[which]
        assert told.right == (predicted == made.labels[which]).sum()
        assert told.loss == pytest.approx(values["loss.out"][which].mean(), rel=1e-12)
        for true, row in enumerate(told.confusion):
            assert list(row) == [int(((made.labels[which] == true) & (predicted == k)).sum()) for k in range(3)]


def test_weights_are_exact_in_float32_and_the_numbers_of_rescale_stay_as_they_are():
    trained = fit(network_of(mean=0.485, std=0.229), pictures(), Settings(epochs=1))
    for name, value in trained.parameters.items():
        assert value.dtype == np.float64
        if not name.startswith("rescale"):
            np.testing.assert_array_equal(value, value.astype(np.float32))
    assert trained.parameters["rescale.mean"].tolist() == [0.485]
    assert trained.parameters["rescale.std"].tolist() == [0.229]


def test_the_best_weights_are_kept_and_not_the_last():
    trained = fit(network_of(), pictures((12, 12, 12), seed=1), Settings(epochs=60, learning_rate=0.03, patience=5))
    held = [progress.held.loss for progress in trained.history]
    assert trained.epoch == 1 + int(np.argmin(held))
    assert trained.held.loss == pytest.approx(min(held), rel=1e-4)


def test_training_stops_when_it_does_not_help_any_more():
    noise = pictures((20, 20))
    noise.x[:] = np.random.RandomState(5).randint(0, 256, noise.x.shape)
    trained = fit(network_of(classes=CLASSES[:2]), noise, Settings(epochs=200, patience=4, learning_rate=0.02))
    assert trained.epochs < 200
    assert trained.epochs == trained.epoch + 4
    assert trained.train.loss < 1


def test_held_out_pictures_do_not_change_what_is_learned():
    made = pictures()
    settings = Settings(epochs=1)
    first = fit(network_of(), made, settings)
    made.x[first.split.held] = 255 - made.x[first.split.held]
    second = fit(network_of(), made, settings)
    for name, value in first.parameters.items():
        np.testing.assert_array_equal(second.parameters[name], value)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_learning_rate_that_is_too_high_is_named(optimizer):
    with pytest.raises(TrainingError) as refusal:
        fit(network_of(), pictures(), Settings(optimizer=optimizer, learning_rate=1e30))
    told = "the loss is not finite any more in epoch 1, with learning rate 1e+30; use a smaller one, such as"
    assert str(refusal.value) == f"{told} {optimizers.OPTIMIZERS[optimizer].usual:g}"


def test_an_interruption_keeps_the_best_so_far():
    made, seen = pictures(), []

    def told(progress: Progress) -> None:
        seen.append(progress)
        if progress.epoch == 4 and progress.batch == 1:
            raise KeyboardInterrupt

    trained = fit(network_of(), made, Settings(epochs=50), told=told)
    assert trained.interrupted
    assert trained.epochs == 3
    three = fit(network_of(), made, Settings(epochs=3))
    assert not three.interrupted
    for name, value in three.parameters.items():
        np.testing.assert_array_equal(trained.parameters[name], value)
    assert [(p.epoch, p.batch) for p in seen[:3]] == [(1, 1), (1, 2), (2, 1)]
    assert seen[1].held is not None
    assert seen[0].held is None


def test_an_interruption_at_once_gives_a_network_all_the_same():
    def told(progress: Progress) -> None:
        raise KeyboardInterrupt

    trained = fit(network_of(), pictures(), Settings(epochs=50), told=told)
    assert (trained.interrupted, trained.epochs, trained.epoch) == (True, 0, 0)
    assert all(np.isfinite(value).all() for value in trained.parameters.values())


def test_a_network_that_learned_nothing_says_so():
    made = pictures()
    made.x[:] = np.random.RandomState(1).randint(0, 256, made.x.shape)
    made.x[::2] = made.x[0]
    doubts = fit(network_of(), made, Settings(epochs=1, learning_rate=1e-9)).doubts
    (line,) = [doubt for doubt in doubts if doubt.kind == "chance"]
    assert line.text.startswith("no better than always saying")
    assert "another learning rate than 1e-09" in line.text
    assert not any(d.kind == "chance" for d in fit(network_of(), pictures(), Settings(epochs=30, batch=8)).doubts)


def test_of_large_pictures_few_are_scored_at_once(monkeypatch):
    made, network, seen = pictures((9, 9, 9)), network_of(), []
    monkeypatch.setattr("sheetnet.training.score.NUMBERS", 4 * 6 * 6 * 10)
    forward = engine.forward

    def watched(net, inputs, parameters):
        seen.append(len(inputs["photo.out"]))
        return forward(net, inputs, parameters)

    monkeypatch.setattr(engine, "forward", watched)
    score(quick.quick(network, "softmax"), "softmax", network.fill({}, 0), made, np.arange(27), "crossentropy")
    assert seen == [10, 10, 7]


def test_without_held_out_pictures_the_training_loss_decides():
    trained = fit(network_of(), pictures(), Settings(epochs=5, validation=0))
    assert trained.held is None
    assert trained.train.count == 60
    assert len(trained.doubts) == 1


def test_photos_are_varied_and_digits_are_not():
    photos = replace(pictures(), photos=True)
    varied, plain = (fit(network_of(), one, Settings(epochs=1)).parameters for one in (photos, pictures()))
    assert not np.array_equal(varied["conv1.weight"], plain["conv1.weight"])
    unvaried = fit(network_of(), photos, Settings(epochs=1, augment=False)).parameters
    np.testing.assert_array_equal(unvaried["conv1.weight"], plain["conv1.weight"])


@pytest.mark.parametrize(
    ("made", "settings", "says"),
    [
        (lambda: pictures((9, 0, 0)), {}, "fewer than two classes"),
        (lambda: pictures((0, 0, 0)), {}, "fewer than two classes"),
        (lambda: pictures(side=9), {}, "pictures are 1x9x9, the network 'sorts' takes 1x8x8"),
        (lambda: pictures((9, 9)), {}, "its classes are not those of the network"),
        (pictures, {"optimizer": "magic"}, "use one of sgd, momentum, adam"),
        (pictures, {"loss": "magic"}, "use one of crossentropy, squared"),
        (pictures, {"epochs": 0}, "epochs is 0"),
        (pictures, {"batch": 0}, "batch is 0"),
        (pictures, {"seed": -1}, "seed is -1"),
        (pictures, {"validation": 1.0}, "validation is 1.0"),
        (pictures, {"learning_rate": 0.0}, "learning rate is 0.0"),
        (pictures, {"learning_rate": float("nan")}, "learning rate is nan"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_one_line(made, settings, says):
    with pytest.raises(TrainingError) as refusal:
        fit(network_of(), made(), Settings(**settings))
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_pictures_of_another_kind_are_refused():
    with pytest.raises(TrainingError, match="must be bytes"):
        Pictures("p", CLASSES, np.zeros((2, 1, 3, 3)), np.zeros(2, dtype=np.int64))
    with pytest.raises(TrainingError, match="a label is none of the 3 classes"):
        Pictures("p", CLASSES, np.zeros((2, 1, 3, 3), dtype=np.uint8), np.array([0, 3]))


def test_many_pictures_are_scored_in_pieces():
    made = pictures((300, 250, 3))
    network = network_of()
    parameters = network.fill({}, 0)
    whole = score(quick.quick(network, "softmax"), "softmax", parameters, made, np.arange(553), "crossentropy")
    pieces = [
        score(quick.quick(network, "softmax"), "softmax", parameters, made, part, "crossentropy")
        for part in np.array_split(np.arange(553), 5)
    ]
    assert whole.count == 553
    assert np.array_equal(whole.confusion, np.sum([one.confusion for one in pieces], axis=0))
    assert whole.loss == pytest.approx(sum(one.loss * one.count for one in pieces) / 553, rel=1e-12)


def test_an_accuracy_is_the_share_of_the_diagonal():
    told = Score(((3, 1, 0), (0, 2, 0), (1, 1, 0)), 0.5)
    assert (told.count, told.right, told.accuracy) == (8, 5, 5 / 8)
    assert np.isnan(Score(((0,),), 0).accuracy)


# The digits of scikit-learn

DIGITS = [
    zoo.layer("rescale", divisor=16),
    zoo.conv("conv1", 8, 3, padding="same"),
    zoo.layer("relu", name="relu1"),
    zoo.pool("pool1", 2),
    zoo.conv("conv2", 16, 3, padding="same"),
    zoo.layer("relu", name="relu2"),
    zoo.pool("pool2", 2),
    zoo.layer("flatten"),
    zoo.layer("dense", units=10),
    zoo.layer("softmax"),
    zoo.layer("crossentropy", name="loss"),
]


def test_handwritten_digits_are_learned_as_well_as_pytorch_learns_them():
    pytest.importorskip("sklearn")
    made = digits()
    assert (len(made), made.x.shape[1:], int(made.x.max())) == (1797, (1, 8, 8), 16)
    spec = {"name": "digits", "classes": list("0123456789"), "input": {"shape": [1, 8, 8]}, "layers": DIGITS}
    trained = fit(Network.from_spec(spec), made, Settings())
    assert trained.held is not None
    assert trained.held.accuracy >= 0.97
    assert trained.train.accuracy > 0.99
    assert trained.doubts == ()


def test_without_scikit_learn_the_digits_say_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn.datasets", None)
    with pytest.raises(TrainingError, match=r"install sheetnet\[digits\]"):
        digits()
