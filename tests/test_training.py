"""Training as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import zoo
from sorts import CLASSES, pictures

from sheetnet import engine
from sheetnet.errors import TrainingError
from sheetnet.network import Network
from sheetnet.training import losses, optimizers, quick
from sheetnet.training.fit import fit
from sheetnet.training.pictures import Pictures, digits
from sheetnet.training.progress import Progress
from sheetnet.training.score import Score, score
from sheetnet.training.settings import Settings

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

    trained = fit(network_of(), made, Settings(epochs=50), progress=told)
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

    trained = fit(network_of(), pictures(), Settings(epochs=50), progress=told)
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
    trained = fit(network_of(), pictures(), Settings(epochs=15, validation=0))
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
    with pytest.raises(TrainingError, match=r"which is missing; .*install scikit-learn"):
        digits()
