"""Lessons: a folder with lesson.toml, which says what is computed and what stands where, and its words.

file     finds a lesson and reads it
givens   what the reader may change, and the numbers that nobody changes
sides    the photo, and what follows from how large it is
steps    what is computed: layers and lenses, and what they read
shelves  what stands on the sheets
prose    the words, each by its key
renamed  a lesson as a part of a larger workbook
chapters a network and many lessons in one workbook
script   the lesson that all of these make
"""

from sheetnet.case.lessons.file import is_lesson, is_ours, lesson_names, load_lesson
from sheetnet.case.lessons.request import lesson_of, request_of

__all__ = ["is_lesson", "is_ours", "lesson_names", "lesson_of", "load_lesson", "request_of"]
