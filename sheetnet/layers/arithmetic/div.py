"""Div: every number of x is shared out by one of y.

out = x / y
dx  = dout / y,  dy = -dout * x / y^2,  each summed over the places where it was repeated

Where x was repeated, the cells show dout / y, the ``quotient``, before it is summed. A division by 0 is an error in a
sheet, and infinite in NumPy: neither is a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sheetnet.grid import Blocks
from sheetnet.layers.back.stretched import gathered_back, products_back
from sheetnet.layers.base import Array, Rules, Shapes, Values
from sheetnet.layers.binary import Binary
from sheetnet.layers.broadcast import gathered
from sheetnet.layers.pointwise import Pointwise


@dataclass(frozen=True, slots=True)
class Div(Binary):
    """x / y, element by element, for any shapes that suit each other."""

    kind = "div"
    signs = "kept"
    gives_back = ("x", "y")
    serves: ClassVar = {"quotient": ("x",)}

    def number(self, x: Array, y: Array) -> Array:
        """One quotient."""
        return x / y

    def back(self, x: Array, y: Array, dout: Array) -> tuple[Array, Array]:
        """To each by the other."""
        return dout / y, -dout * x / y**2

    def cell(self, x: str, y: str) -> str:
        """x/y."""
        return f"{x}/{y}"

    # Backwards

    def on_the_way(self, of: Shapes) -> Shapes:
        """Quotient: what comes back to x from each place, where several are summed."""
        out = self.tensors(of)["out"]
        return {} if of["x"] == out else {"quotient": out}

    def shown_backward(self, v: Values, d: Values) -> None:
        """What came back, by y, where that is shown."""
        if v["x"].shape != d["out"].shape:
            v["quotient"] = d["out"] / v["y"]

    def backward(self, v: Values, d: Values) -> None:
        """To each its part; to x from the quotient, where it is shown."""
        Binary.backward(self, v, d)
        if "quotient" in v:
            d["x"] = gathered(v["quotient"], v["x"].shape)

    def backward_cells(self, at: Blocks) -> Rules:
        """dout/y, or the SUM of these over the places; -dout*x/y^2, or -SUMPRODUCT(dout,x)/y^2."""
        x, y, dout = at["x"], at["y"], at["dout"]
        quotient = Pointwise("{}/{}".format, dout, y)
        found: Rules = {"dx": quotient} if x.shape == dout.shape else {}
        if "quotient" in at:
            found = {"quotient": quotient, "dx": gathered_back("Div", at["quotient"], x.shape)}
        if y.shape == dout.shape:
            return found | {"dy": Pointwise("-{0}*{1}/{2}^2".format, dout, x, y)}
        products = products_back("Div", dout, x, y.shape)
        return found | {"dy": lambda *index: f"-({products(*index)})/{y[index]}^2"}
