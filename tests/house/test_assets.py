"""The NHS frontend as we serve it asks no other host; the font of letters is here, with its licence."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("assets", ROOT / "tools" / "assets.py")
assets = importlib.util.module_from_spec(spec)
spec.loader.exec_module(assets)


def test_outside_fonts_go_and_icon_paths_become_relative() -> None:
    css = "@font-face{font-family:F;src:url(https://fonts.example/f.woff2)}a{background:url(/assets/images/x.svg)}"
    assert assets.localise(css) == "a{background:url(assets/images/x.svg)}"


def test_a_new_outside_address_stops_the_set_up() -> None:
    with pytest.raises(ValueError, match="another host"):
        assets.localise("a{background:url(//cdn.example/x.svg)}")


def test_what_was_installed_holds_every_icon_it_names_and_no_outside_address() -> None:
    css = (assets.TARGET / "nhsuk-frontend.min.css").read_text()
    icons = set(re.findall(r"url\(([^)]+)\)", css))
    assert len(icons) > 3
    assert [icon for icon in icons if not (assets.TARGET / icon).is_file()] == []
    assert "http" not in css


def test_the_font_of_letters_is_installed_with_its_licence() -> None:
    names = {path.name for path in assets.FONTS.iterdir()}
    assert {*assets.FACES, "LICENSE"} == names
