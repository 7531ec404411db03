"""For a class: many workbooks from many photos, worksheets with their keys, exercises and their marks."""
