"""An exercise that is a single file for everybody: the pupil types a number, and all else follows from it.

    draws     the formulas by which pixels and filters follow from the number
    measure   what they make of the numbers 1 to 1,000: how many sets of answers, how many that are no good
    choose    which cells are asked for: those whose answers are worth asking for whatever number is typed
    front     the first sheet of the pupils' workbook, with the cell of the number
    make      the workbooks
    recipe    what the manifest knows of it
    write     the files

``case.numbered`` and ``lesson.numbered`` make the solved workbook, in which any number may be typed and is proven.
"""
