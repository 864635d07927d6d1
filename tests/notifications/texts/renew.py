"""Writes the rendered copy of every text beside this file; read the difference before you commit it."""

from pathlib import Path

from clinic.notifications.wording import all_texts, render

if __name__ == "__main__":
    here = Path(__file__).parent
    for old in here.glob("*.txt"):
        old.unlink()
    for name, text in all_texts().items():
        (here / f"{name}.txt").write_text(render(name, **text.sample) + "\n", encoding="utf-8")
