"""Marks for a learning platform: its names of files, its table of grades, its way of taking feedback.

    unpack      a zip of submissions, which anybody may have made
    names       whose a file is, by the name that the platform gave it
    table       a CSV file of which single cells are changed, and all other bytes stay
    gradebook   the platform's table of grades: whose row is which, what goes where
    moodle      the grading worksheet of an assignment, in the languages of languages.toml
    canvas      the gradebook of a course
    exchange    what a class has handed in through the platform, and what goes back there

What a platform reads, its own program decides. These rules were read in the code of both: mod/assign of Moodle
(feedback/offline, feedback/file, gradingtable, downloader) and gradebook_importer, gradebook_exporter, content_zipper
of Canvas. Tests read what is written here as that code does.
"""
