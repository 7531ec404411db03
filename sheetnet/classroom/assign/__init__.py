"""An exercise for a class: a workbook of its own for every pupil, in which some cells wait for an answer.

    vary      the numbers of a pupil: filters, pixels or a piece of the photo, from the seed and the pupil's place
    choose    which cells are asked for
    graph     which cell reads which, from the formulas themselves
    keep      which cells may be shown, so that no answer follows from them
    guard     what waits for an answer shows "-" until it is there
    sheets    the pupil's workbook: cells blanked, marked, numbered, all others locked
    key       the answers of everybody
    manifest  what the marking trusts: networks, numbers, answers

Each of them is a pass over a workbook that has been made, and proven, in the ordinary way.
"""
