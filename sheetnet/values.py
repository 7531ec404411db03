"""Values of cells as spreadsheets have them, besides numbers, texts and truth values."""


class ErrorValue(str):
    """An error such as #N/A; a text that reads the same is a plain str."""

    __slots__ = ()
