"""A layer that keeps its halves apart. Read by a test, never run."""

from sheetnet.layers.window import Windowed


class Good(Windowed):
    size: int

    def forward(self, v):
        n = self.output_size(v["x"].shape)
        v["out"] = np.zeros(n) + len(v)

    def forward_cells(self, at: Blocks):
        n = self.output_size(at["x"].shape)
        return {"out": lambda i: f"{at['x'][i]}+{n}{len(at)}"}
