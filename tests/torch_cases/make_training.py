"""Make training.npz: what PyTorch, in float64, says of the first steps of the template training, with either loss.

    python tests/torch_cases/make_training.py

It reads the pictures of templates/training/network.toml, and nothing else of sheetnet. The weights at the start are
its own. Keys: "rate", "momentum", "start.<parameter>"; for each loss "<loss>.losses" (the mean loss before each step,
and at the end), "<loss>.held" (that of the picture held out), "<loss>.<step>.<parameter>" after each step.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  as PyTorch's own pages call it

HERE = Path(__file__).parent
STEPS, RATE, MOMENTUM = 3, 0.4, 0.7


def main() -> None:
    spec = tomllib.loads((HERE.parents[1] / "templates" / "training" / "network.toml").read_text(encoding="utf-8"))
    entries = [*spec["training"]["pictures"], spec["training"]["held"]]
    x = torch.tensor([[entry["rows"]] for entry in entries], dtype=torch.float64)
    truth = torch.tensor([[float(name == entry["class"]) for name in spec["classes"]] for entry in entries])
    truth = truth.to(torch.float64)
    rng = np.random.RandomState(3)
    shapes = {"conv.weight": (2, 1, 3, 3), "conv.bias": (2,), "dense.weight": (2, 2), "dense.bias": (2,)}
    start = {name: np.round(rng.standard_normal(shape) / 2, 3) for name, shape in shapes.items()}
    made: dict[str, np.ndarray] = {f"start.{name}": value for name, value in start.items()}
    made |= {"rate": np.array(RATE), "momentum": np.array(MOMENTUM)}
    for loss in ("crossentropy", "halfsquarederror"):
        w = {name: torch.tensor(value, requires_grad=True) for name, value in start.items()}
        optimizer = torch.optim.SGD(w.values(), lr=RATE, momentum=MOMENTUM)
        losses, held = [], []
        for step in range(STEPS + 1):
            maps = F.max_pool2d(F.relu(F.conv2d(x, w["conv.weight"], w["conv.bias"])), 3)
            logits = F.linear(maps.flatten(1), w["dense.weight"], w["dense.bias"])
            if loss == "crossentropy":
                each = F.cross_entropy(logits, truth, reduction="none")
            else:
                each = F.mse_loss(F.softmax(logits, 1), truth, reduction="none").sum(1) / 2
            losses.append(each[:-1].mean().item())
            held.append(each[-1].item())
            if step < STEPS:
                optimizer.zero_grad()
                each[:-1].mean().backward()
                optimizer.step()
                made |= {f"{loss}.{step}.{name}": value.detach().numpy().copy() for name, value in w.items()}
        made |= {f"{loss}.losses": np.array(losses), f"{loss}.held": np.array(held)}
    np.savez_compressed(HERE / "training.npz", allow_pickle=False, **made)


if __name__ == "__main__":
    main()
