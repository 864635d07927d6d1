"""The rule book: dated, cited clinical numbers and criteria, and nothing that decides."""
