"""How much somebody lifted or pulled, so that measured progression has a record (F38, S002)."""

LOADS = (
    ("body", "Own weight"),
    ("band_1", "Light band"),
    ("band_2", "Medium band"),
    ("band_3", "Strong band"),
    *((f"kg_{half / 2:g}", f"{half / 2:g} kg") for half in (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20)),
)
WORDS = dict(LOADS)
