"""PReLU: a leaky ReLU that learns how much it leaks.

out    = x where x > 0, else slope * x
dx     = dout where x > 0, else slope * dout
dslope = sum over the negative x of  dout * x

Source: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", arXiv 1502.01852.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sheetnet.errors import NetworkError
from sheetnet.grid import Blocks, Shape
from sheetnet.layers.back.edges import is_above_0
from sheetnet.layers.back.stretched import gathered_back
from sheetnet.layers.base import TIED, Array, Layer, Rules, Shapes, Values
from sheetnet.layers.broadcast import gathered, together
from sheetnet.layers.options import as_shape
from sheetnet.layers.pointwise import Pointwise


@dataclass(frozen=True, slots=True)
class PReLU(Layer):
    """x, or slope times x where it is negative, for any shape of x.

    ``shape`` is that of the slope, which is stretched to x: [] is one slope for all, [C, 1, 1] one per channel of a
    (C, H, W). Parameter: slope (*shape).
    """

    kind = "prelu"
    role = "sees"
    in_place = True
    signs = "kept"
    gives_back = ("slope", "x")
    serves: ClassVar = {"leaked": ("slope",)}
    torch_names: ClassVar = {"weight": "slope"}

    shape: Any = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", as_shape(self.shape, "PReLU: shape"))

    def tensors(self, of: Shapes) -> Shapes:
        """The shape of x."""
        if together("PReLU", of["x"], self.shape) != of["x"]:
            shapes = f"the slope has shape {list(self.shape)}, the input only {list(of['x'])}"
            raise NetworkError(f"PReLU: {shapes}; give it a smaller one")
        return {"out": of["x"]}

    def params(self, of: Shapes) -> Shapes:
        """The slope for negative numbers."""
        return {"slope": self.shape}

    def initial(self, name: str, shape: Shape, rng: np.random.RandomState) -> Array:
        """0.25, as the paper begins."""
        return np.full(shape, 0.25)

    def forward(self, v: Values) -> None:
        """Two slopes that meet at 0."""
        v["out"] = np.where(v["x"] > 0, v["x"], v["slope"] * v["x"])

    def backward(self, v: Values, d: Values) -> None:
        """By the slope; at 0 itself, or as good as 0, it is that of the negative numbers."""
        x, dout = v["x"], d["out"]
        d["x"] = np.where(x > TIED, dout, v["slope"] * dout)
        leaked = v["leaked"] if "leaked" in v else np.where(x > TIED, 0, x) * dout
        d["slope"] = gathered(leaked, v["slope"].shape)

    def forward_cells(self, at: Blocks) -> Rules:
        """IF(x<0,slope*x,x)."""
        return {"out": Pointwise(lambda x, slope: f"IF({x}<0,{slope}*{x},{x})", at["x"], at["slope"])}

    # Backwards

    def on_the_way(self, of: Shapes) -> Shapes:
        """Leaked: what each number says about its slope, before that is added up."""
        return {"leaked": of["x"]}

    def shown_backward(self, v: Values, d: Values) -> None:
        """Of the positive numbers it is 0."""
        v["leaked"] = np.where(v["x"] > TIED, 0, v["x"]) * d["out"]

    def backward_cells(self, at: Blocks) -> Rules:
        """IF(x>0,0,x*dout), the SUM of these, and IF(x>0,dout,slope*dout)."""
        x, dout, slope = at["x"], at["dout"], at["slope"]
        found: Rules = {"dx": Pointwise(lambda x, dout, s: f"IF({is_above_0(x)},{dout},{s}*{dout})", x, dout, slope)}
        if "leaked" in at:
            found["leaked"] = Pointwise(lambda x, dout: f"IF({is_above_0(x)},0,{x}*{dout})", x, dout)
            found["dslope"] = gathered_back("PReLU", at["leaked"], slope.shape)
        return found
