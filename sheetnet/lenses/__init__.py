"""The lenses: what the sheets of a lesson show besides the numbers of the network, one kind each."""

from __future__ import annotations

from sheetnet.lenses.agreement import Agreeing, Deviation, Mismatch
from sheetnet.lenses.arithmetic import Depth, Factors, Power, SquaredDifferences
from sheetnet.lenses.base import Area, Inline, Lens, Look, Source, decimal, element, inline
from sheetnet.lenses.choices import Begins, Chosen, Count, OneHot, Within
from sheetnet.lenses.copies import Copy, Part
from sheetnet.lenses.curves import ExpCurve, Points, ReLUCurve
from sheetnet.lenses.drawings import Painted, Picture
from sheetnet.lenses.fingerprints import Apart, Fingerprint, Seal
from sheetnet.lenses.histograms import AtMost, Bins, Histogram
from sheetnet.lenses.measures import Measure, SumIf, SumProduct
from sheetnet.lenses.products import Beside, Labels, OfLayer, Products, Tick
from sheetnet.lenses.rankings import Alike, Origin, Picked, Ranking
from sheetnet.lenses.sentences import Bar, NameOf, Same, Sentence, When, number_piece
from sheetnet.lenses.windows import OutputSize, Slope, Windows

LENSES: tuple[type[Lens], ...] = (
    Copy,
    Part,
    Chosen,
    OneHot,
    Within,
    Count,
    Begins,
    Measure,
    SumProduct,
    SumIf,
    Factors,
    Power,
    Depth,
    SquaredDifferences,
    Windows,
    OutputSize,
    Slope,
    Sentence,
    When,
    Same,
    NameOf,
    Bar,
    ExpCurve,
    ReLUCurve,
    Points,
    AtMost,
    Bins,
    Histogram,
    Picture,
    Painted,
    Products,
    Tick,
    OfLayer,
    Labels,
    Beside,
    Alike,
    Ranking,
    Picked,
    Origin,
    Fingerprint,
    Seal,
    Apart,
    Deviation,
    Mismatch,
    Agreeing,
)

__all__ = [
    "LENSES",
    "Agreeing",
    "Alike",
    "Apart",
    "Area",
    "AtMost",
    "Bar",
    "Begins",
    "Beside",
    "Bins",
    "Chosen",
    "Copy",
    "Count",
    "Depth",
    "Deviation",
    "ExpCurve",
    "Factors",
    "Fingerprint",
    "Histogram",
    "Inline",
    "Labels",
    "Lens",
    "Look",
    "Measure",
    "Mismatch",
    "NameOf",
    "OfLayer",
    "OneHot",
    "Origin",
    "OutputSize",
    "Painted",
    "Part",
    "Picked",
    "Picture",
    "Points",
    "Power",
    "Products",
    "Ranking",
    "ReLUCurve",
    "Same",
    "Seal",
    "Sentence",
    "Slope",
    "Source",
    "SquaredDifferences",
    "SumIf",
    "SumProduct",
    "Tick",
    "When",
    "Windows",
    "Within",
    "decimal",
    "element",
    "inline",
    "number_piece",
]
