"""Whether a reply speaks of something that cannot wait, in whatever words."""


def red_flag(text: str) -> bool:
    """Placeholder vocabulary of the first commit."""
    return any(word in text.casefold() for word in ("numb", "bladder", "chest pain", "breath", "collaps"))
