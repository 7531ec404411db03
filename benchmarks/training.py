"""How long training takes: a child process of ``bench``.

    python training.py data FOLDER               writes digits.npz, and photos/: 200 pictures of three classes
    python training.py sheetnet FILE THREADS     prints {"seconds": [...]}, one for each epoch
    python training.py torch FILE THREADS        the same by PyTorch, with a Python that has it

Both train the same network on the 1,797 digits of scikit-learn with adam and batches of 32; the first epoch warms up.
PyTorch's part imports neither sheetnet nor scikit-learn.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import pairwise
from pathlib import Path
from time import perf_counter

EPOCHS, BATCH, RATE = 8, 32, 0.001
SPEC = {
    "name": "digits",
    "classes": list("0123456789"),
    "input": {"shape": [1, 8, 8]},
    "layers": [
        {"name": "rescale", "kind": "rescale", "divisor": 16},
        {"name": "conv1", "kind": "conv2d", "filters": 8, "size": 3, "padding": "same"},
        {"name": "relu1", "kind": "relu"},
        {"name": "pool1", "kind": "maxpool2d", "size": 2},
        {"name": "conv2", "kind": "conv2d", "filters": 16, "size": 3, "padding": "same"},
        {"name": "relu2", "kind": "relu"},
        {"name": "pool2", "kind": "maxpool2d", "size": 2},
        {"name": "flatten", "kind": "flatten"},
        {"name": "dense", "kind": "dense", "units": 10},
        {"name": "softmax", "kind": "softmax"},
        {"name": "loss", "kind": "crossentropy"},
    ],
}


def by_sheetnet(file: str) -> list[float]:
    import numpy as np

    from sheetnet.network import Network
    from sheetnet.training.fit import fit
    from sheetnet.training.pictures import Pictures
    from sheetnet.training.progress import Progress
    from sheetnet.training.settings import Settings

    with np.load(file) as data:
        pictures = Pictures("digits", tuple("0123456789"), data["x"], data["y"], photos=False)
    ends: list[float] = []

    def noted(now: Progress) -> None:
        if now.batch == now.batches:
            ends.append(perf_counter())

    settings = Settings(epochs=EPOCHS, batch=BATCH, learning_rate=RATE, validation=0)
    fit(Network.from_spec(SPEC), pictures, settings, progress=noted)
    return [after - before for before, after in pairwise(ends)]


def by_torch(file: str, threads: int) -> list[float]:
    import numpy as np
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    with np.load(file) as data:
        x, y = torch.from_numpy(data["x"]).float() / 16, torch.from_numpy(data["y"])
    network = nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64, 10)),
    )
    optimizer, loss = torch.optim.Adam(network.parameters(), lr=RATE), nn.CrossEntropyLoss()
    seconds = []
    for _ in range(EPOCHS):
        started = perf_counter()
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            part = order[start : start + BATCH]
            optimizer.zero_grad()
            loss(network(x[part]), y[part]).backward()
            optimizer.step()
        seconds.append(perf_counter() - started)
    return seconds[1:]


def write_data(folder: Path) -> None:
    import numpy as np
    from PIL import Image

    from sheetnet.training.pictures import digits

    pictures = digits()
    np.savez(folder / "digits.npz", x=pictures.x, y=pictures.labels)
    rng = np.random.RandomState(0)
    for number in range(200):
        inside = folder / "photos" / ("red", "green", "blue")[number % 3]
        inside.mkdir(parents=True, exist_ok=True)
        x = rng.randint(0, 256, (48, 64, 3))
        x[..., number % 3] //= 2
        Image.fromarray(x.astype(np.uint8)).save(inside / f"{number}.png")


if __name__ == "__main__":
    what, where, *more = sys.argv[1:]
    if what == "data":
        write_data(Path(where))
    else:
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # before NumPy is imported
            os.environ[name] = more[0]
        print(json.dumps({"seconds": by_torch(where, int(more[0])) if what == "torch" else by_sheetnet(where)}))
