"""Hostile inputs by kinds, each with what is right: the corpus of ``make fuzz``."""
