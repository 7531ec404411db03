"""Marks for the workbooks that came back from a class.

    submission  one file, in a process of its own: whose it is, what stands in its cells, what that is worth
    chain       what is right, and what is right given the pupil's own earlier numbers
    feedback    a workbook for each pupil
    tables      grades.csv
    summary     the class at a glance
    grade       all of it

Only the manifest is trusted. Whatever a file says of itself is looked at, and nothing of it decides what is right.
"""
