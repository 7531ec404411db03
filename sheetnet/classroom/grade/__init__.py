"""Marks for the workbooks that came back from a class.

    request     what can be asked for
    files       which files of a folder came back
    work        one file, marked by a worker (``classroom.jobs``)
    submission  whose it is, what stands in its cells, what that is worth
    cells       what a cell holds, as a number
    merged      answers under merged cells
    outside     formulas that read another workbook
    number      whose a file is where everybody has the same
    chain       what is right, and what is right given the pupil's own earlier numbers
    feedback    a workbook for each file: the list of its marks
    theirs      and behind it what was handed in, with the marks
    tables      grades.csv
    summary     the class at a glance
    grade       all of it, and what it finds

Only the manifest is trusted. Whatever a file says of itself is looked at, and nothing of it decides what is right.
"""
