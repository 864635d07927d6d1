"""Writes the rendered copy of every text beside this file; read the difference before you commit it."""

from pathlib import Path

from clinic.notifications.wording import ENGLISH, LANGUAGES, all_texts, render

if __name__ == "__main__":
    for language in LANGUAGES:
        folder = Path(__file__).parent / ("" if language == ENGLISH else language)
        for old in folder.glob("*.txt"):
            old.unlink()
        for name, text in all_texts(language).items():
            copy = folder / f"{name}.txt"
            copy.write_text(render(name, language=language, **text.sample) + "\n", encoding="utf-8")
