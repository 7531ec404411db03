"""From a tensor's index to a cell's address."""

from __future__ import annotations

from itertools import product

import formualizer
import numpy as np
import pytest

from sheetnet.grid import MAX_COLUMNS, MAX_ROWS, Anchor, Block, a1, column_number, letters, sheet_prefix

DOWN, ACROSS = (1, 0), (0, 1)


def planes(channels: int = 2, height: int = 3, width: int = 4, seen_from: str = "Conv") -> Block:
    """Channels below each other, the first at C5."""
    anchors = tuple(Anchor("Conv", 5 + c * (height + 2), 3) for c in range(channels))
    return Block((channels, height, width), anchors, (DOWN, ACROSS), seen_from)


def rows(channels: int = 2, height: int = 3, width: int = 4, seen_from: str = "Conv") -> Block:
    """Channels of a pixel row on consecutive rows, the first at C5."""
    return Block((channels, height, width), (Anchor("Conv", 5, 3),), (DOWN, (channels, 0), ACROSS), seen_from)


# Letters


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")],
)
def test_columns_are_called_by_letters(number, text):
    assert letters(number) == text
    assert column_number(text) == number


def test_all_columns_have_different_letters_and_lead_back():
    texts = [letters(n) for n in range(1, MAX_COLUMNS + 1)]
    assert len(set(texts)) == MAX_COLUMNS
    assert [column_number(t) for t in texts] == list(range(1, MAX_COLUMNS + 1))
    assert (letters(MAX_COLUMNS), MAX_ROWS) == ("XFD", 2**20)


def test_an_address_is_column_then_row():
    assert a1(5, 2) == "B5"
    assert a1(MAX_ROWS, MAX_COLUMNS) == "XFD1048576"


# Titles


@pytest.mark.parametrize(
    "title", ["Red", "Conv1", "Photo", "ReLU", "Dense12", "_x", "Softmax", "Rc1x", "ABCD1", "Truely"]
)
def test_a_plain_title_stands_without_quotes(title):
    assert sheet_prefix(title) == f"{title}!"


READS_AS_R1C1 = ("R", "C", "r", "c", "RC", "rc", "R1", "C2", "R1C1", "r2c3", "RC5", "R7C")
READS_AS_CELL = ("Add1", "A1", "XFD1048576", "abc99", "True", "FALSE")
NOT_PLAIN = ("Conv 1", "1st", "Ein-Blatt", "50%", "a,b", "(x)", "Größe", "照片", "a!b", "[1]", "")


@pytest.mark.parametrize("title", READS_AS_R1C1 + READS_AS_CELL + NOT_PLAIN)
def test_a_title_that_reads_as_something_else_is_quoted(title):
    assert sheet_prefix(title) == f"'{title}'!"


def test_a_quote_in_a_title_is_doubled():
    assert sheet_prefix("it's") == "'it''s'!"
    assert sheet_prefix("'") == "''''!"


@pytest.mark.parametrize(
    "title", ["R", "C", "RC", "R1C1", "Add1", "True", "it's a 'cat'", "50 %", "照片", "Conv1", "C4"]
)
def test_a_spreadsheet_reads_the_title_as_the_title(title):
    book = formualizer.Workbook()
    book.add_sheet(title)
    book.add_sheet("Home")
    book.set_value(title, 3, 2, 42.0)
    block = Block((1,), (Anchor(title, 3, 2),), (DOWN,), "Home")
    book.set_formula("Home", 1, 1, f"={block[0]}+SUM({block[:]})")
    book.evaluate_all()
    assert book.get_value("Home", 1, 1) == 84


# Blocks


def test_planes_put_channels_below_each_other():
    block = planes()
    assert (block[0, 0, 0], block[0, 2, 3], block[1, 0, 0], block[1, 1, 2]) == ("C5", "F7", "C10", "E11")


def test_rows_put_the_channels_of_a_pixel_row_on_consecutive_rows():
    block = rows()
    assert [block[c, y, 0] for y in range(3) for c in range(2)] == ["C5", "C6", "C7", "C8", "C9", "C10"]
    assert block[1, 2, 3] == "F10"


def test_another_sheet_is_named_and_the_own_is_not():
    block = planes(seen_from="Pool")
    assert block[1, 0, 0] == "Conv!C10"
    assert block.viewed("Conv")[1, 0, 0] == "C10"
    assert block[0, 0:2, 0:2] == "Conv!C5:D6"


def test_a_parameter_stays_put():
    assert planes().viewed("Conv", absolute=True)[0, 0, 0] == "$C$5"
    assert planes().viewed("Pool", absolute=True)[0, :, :] == "Conv!$C$5:$F$7"


def test_a_single_number_has_an_address():
    block = Block((), (Anchor("Loss", 9, 3),), (), "Loss")
    assert block[()] == "C9"
    assert block.viewed("Start", absolute=True)[()] == "Loss!$C$9"
    assert block.rectangles() == [(Anchor("Loss", 9, 3), Anchor("Loss", 9, 3))]


def test_padding_lies_outside_the_shape():
    block = planes()
    assert (block[0, -1, -2], block[0, 3, 4], block[1, -1, 0]) == ("A4", "G8", "C9")
    assert rows()[0, -1, 0] == "C3"
    assert block[0, -1:2, -1:2] == "B4:D6"


def test_left_out_axes_are_taken_whole():
    assert planes()[1] == planes()[1, :, :] == "C10:F12"
    assert planes()[1, 2] == "C12:F12"
    assert rows()[:] == "C5:F10"
    column = Block((4,), (Anchor("Flat", 8, 2),), (DOWN,), "Flat")
    assert column[:] == "B8:B11"
    assert column[1:3] == "B9:B10"


def test_a_matrix_may_lie_on_its_side():
    weight = Block((3, 5), (Anchor("Dense", 12, 4),), (ACROSS, DOWN), "Dense")
    assert weight[2, 0] == "F12"
    assert weight[2, :] == "F12:F16"
    assert weight[:, 4] == "D16:F16"


def test_what_is_no_rectangle_is_refused():
    with pytest.raises(ValueError, match="no rectangle"):
        planes()[:]
    with pytest.raises(ValueError, match="no rectangle"):
        rows()[0, :, :]
    apart = Block((2, 1, 1), (Anchor("Red", 1, 1), Anchor("Green", 1, 1)), (DOWN, ACROSS))
    with pytest.raises(ValueError, match="no rectangle"):
        apart[:, 0, 0]


@pytest.mark.parametrize(
    ("shape", "anchors", "steps"),
    [((2, 3, 4), 1, 2), ((2, 3, 4), 3, 2), ((4,), 1, 2), ((), 0, 0), ((2, 2), 1, 1)],
)
def test_anchors_and_steps_must_suit_the_shape(shape, anchors, steps):
    with pytest.raises(ValueError, match="does not suit"):
        Block(shape, (Anchor("Conv", 1, 1),) * anchors, (DOWN,) * steps)


def test_a_block_cannot_be_changed():
    with pytest.raises(AttributeError):
        planes().shape = ()
    with pytest.raises(AttributeError):
        Anchor("Red", 1, 1).row = 2


def test_blocks_of_the_same_cells_are_equal():
    assert planes() == planes()
    assert planes() != rows()


# Ranges of a window or a filter


def test_a_filter_is_a_matrix_per_channel_in_planes_and_one_matrix_in_rows():
    apart = Block((1, 2, 2, 2), (Anchor("Conv", 1, 1), Anchor("Conv", 1, 4)), (DOWN, ACROSS), "Conv", True)
    in_one = Block((1, 2, 2, 2), (Anchor("Conv", 1, 1),), (DOWN, (2, 0), ACROSS), "Conv", True)
    assert apart.pieces(0) == ["$A$1:$B$2", "$D$1:$E$2"]
    assert in_one.pieces(0) == ["$A$1:$B$4"]
    assert apart.pieces(0, 1) == ["$D$1:$E$2"]


def test_a_window_is_a_strip_per_channel_in_planes():
    block = planes(seen_from="Pool")
    assert block.strips(0, 2, ("C", "E")) == ["Conv!C5:E6", "Conv!C10:E11"]
    assert block.strips(1, 3, ("C", "E"), 1) == ["Conv!C11:E12"]
    assert block.strips(-1, 1, ("C", "E"), 0) == ["Conv!C4:E5"]


def test_a_window_is_one_strip_in_rows_and_one_channel_of_it_a_strip_per_pixel_row():
    assert rows().strips(0, 2, ("C", "E")) == ["C5:E8"]
    assert rows().strips(1, 3, ("C", "E"), 1) == ["C8:E8", "C10:E10"]
    assert rows().strips(-1, 1, ("C", "E")) == ["C3:E6"]


def test_the_columns_of_a_window_are_the_same_for_all_channels():
    assert planes().columns(0, 3) == rows().columns(0, 3) == ("C", "E")
    assert planes().columns(-2, 1) == ("A", "C")


@pytest.mark.parametrize("make", [planes, rows])
def test_strips_and_pieces_go_together_cell_by_cell(make):
    """The window of x and the filter hold the same elements in the same order, range by range."""
    channels, height, width = 3, 2, 2
    x = make(channels, 5, 6)
    if make is planes:
        anchors = tuple(Anchor("Conv", 50, 1 + c * 3) for c in range(channels))
        weight = Block((1, channels, height, width), anchors, (DOWN, ACROSS), "Conv")
    else:
        weight = Block((1, channels, height, width), (Anchor("Conv", 50, 1),), (DOWN, (channels, 0), ACROSS), "Conv")
    where = {x[c, y, k]: (c, y, k) for c, y, k in product(range(channels), range(5), range(6))}
    numbers = {weight[0, c, i, j]: (c, i, j) for c, i, j in product(range(channels), range(height), range(width))}

    def cells(span: str) -> list[str]:
        first, last = span.split(":")
        (c1, r1), (c2, r2) = (
            (column_number(t.rstrip("0123456789")), int(t.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
            for t in (first, last)
        )
        return [a1(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]

    for y, k in product(range(4), range(5)):
        spans = x.strips(y, y + height, x.columns(k, k + width))
        pairs = [
            p for a, b in zip(spans, weight.pieces(0), strict=True) for p in zip(cells(a), cells(b), strict=True)
        ]
        found = {(where[a], numbers[b]) for a, b in pairs}
        assert found == {((c, y + i, k + j), (c, i, j)) for c, i, j in product(range(channels), range(2), range(2))}
        assert len(pairs) == channels * height * width


# Walking


@pytest.mark.parametrize("block", [planes(), rows(), planes(1, 1, 1)])
def test_lines_and_rectangles_cover_each_cell_once(block):
    cells = [block.cell(*index) for index in np.ndindex(*block.shape)]
    assert len(set(cells)) == len(cells)
    from_lines = [Anchor(at.sheet, at.row, at.column + i) for _, at in block.lines() for i in range(block.shape[-1])]
    assert sorted(from_lines, key=repr) == sorted(cells, key=repr)
    inside = [
        Anchor(a.sheet, r, c)
        for a, b in block.rectangles()
        for r in range(a.row, b.row + 1)
        for c in range(a.column, b.column + 1)
    ]
    assert sorted(inside, key=repr) == sorted(cells, key=repr)


def test_rectangles_come_in_the_order_of_their_anchors():
    assert [a.row for a, _ in planes(3).rectangles()] == [5, 10, 15]
    assert rows().rectangles() == [(Anchor("Conv", 5, 3), Anchor("Conv", 10, 6))]


def test_a_step_is_the_way_to_the_next_element_if_it_is_always_the_same():
    down, across = (1, 0), (0, 1)
    evenly = Block((2, 3, 4), tuple(Anchor("S", 2 + 5 * k, 2) for k in range(2)), (down, across))
    assert [evenly.step(axis) for axis in range(3)] == [(5, 0), down, across]
    assert evenly.step(-1) == across
    ends = [Anchor("S", 2, 2), Anchor("S", 7, 2), Anchor("S", 12, 3)]
    assert Block((3, 4), tuple(ends), (across,)).step(0) is None
    assert Block((2, 4), (Anchor("S", 2, 2), Anchor("T", 3, 2)), (across,)).step(0) is None
    assert Block((1, 4), (Anchor("S", 2, 2),), (across,)).step(0) == (0, 0)
    filters = [Anchor("S", 2 + 9 * o, 2 + 4 * c) for o in range(2) for c in range(3)]
    stack = Block((2, 3, 2, 2), tuple(filters), (down, across))
    assert (stack.step(0), stack.step(1)) == (None, (0, 4))


def test_a_place_is_what_an_address_is_made_of():
    block = Block((2, 3), (Anchor("Conv 1", 5, 2),), ((1, 0), (0, 1)), "Here")
    assert block.place(1, 2) == ("'Conv 1'!", 6, 4)
    assert block[1, 2] == "'Conv 1'!D6"
    assert block.written(block.cell(1, 2)) == "'Conv 1'!D6"
    assert block.viewed("Conv 1", absolute=True).between(*block.corners(slice(0, 2), 1)) == "$C$5:$C$6"
