"""Looks at pages as a person would: a picture wide and on a phone, axe-core's opinion, the browser's complaints."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Camera:
    """Takes a picture of each page that a journey meets, in `screenshots/` (git ignores it); keeps what is wrong."""

    def __init__(self, folder: str) -> None:
        self.folder = ROOT / "screenshots" / folder
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.png"):
            old.unlink()
        self.number = 0
        self.complaints: list[str] = []
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()

    def watch(self, page: Any) -> None:
        """Keep every error of the browser's console (a refused inline script, a missing file, an exception).

        What a test brings about itself (a network that is away, a conflict) it names in `expected`.
        """
        page.on("pageerror", lambda error: self._note(f"{page.url}: {error}"))
        page.on("console", lambda message: message.type == "error" and self._note(f"{page.url}: {message.text}"))

    def _note(self, complaint: str) -> None:
        if not any(part in complaint for part in self.expected):
            self.complaints.append(complaint)

    def shoot(self, page: Any, name: str) -> None:
        """One page: both pictures, axe-core, and no scrolling sideways on a phone."""
        self.number += 1
        stem = f"{self.number:02d}-{name}"
        page.wait_for_load_state("networkidle")
        for suffix, size in (("390", PHONE), ("1280", WIDE)):
            page.set_viewport_size(size)
            page.evaluate("window.scrollTo(0, 0)")  # what sticks to the window is drawn where it stands at first
            page.screenshot(path=str(self.folder / f"{stem}-{suffix}.png"), full_page=True)
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                self.faults.append(f"{stem}-{suffix}: {overflow} px too wide")
        for violation in Axe().run(page).response["violations"]:
            targets = "; ".join(str(node["target"]) for node in violation["nodes"][:4])
            self.faults.append(f"{stem}: {violation['id']} ({violation['impact']}) at {targets}")
