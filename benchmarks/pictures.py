"""Pictures of what people look at, for the documentation: the report, the workbook's home, the tour and the app.

    python benchmarks/pictures.py [--out docs/pictures]

Takes them in Debian's Chromium: `report.png`, `list.png`, `explanation.png`, `phone.png`, `paper.png` (with poppler's
pdftoppm), `app.png`. The same example gives the same pictures, up to the fonts of the machine.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import selection

EXAMPLE = Path(__file__).resolve().parents[1] / "examples"
PORT = 27183


def main() -> None:
    """Select, write the report, and take every picture."""
    from playwright.sync_api import sync_playwright

    read = argparse.ArgumentParser(description="Pictures for the documentation.")
    read.add_argument("--out", type=Path, default=Path("docs/pictures"))
    out = read.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    folder = EXAMPLE / "cgmp_2025"
    intake = selection.read_applicants(folder / "registrations.csv", form=folder / "form.toml")
    outcome = selection.select(intake, folder / "policy.toml", seed="cGMP 2025")
    with tempfile.TemporaryDirectory() as work, sync_playwright() as started:
        path = outcome.report(Path(work) / "report.html")
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        report(browser, path, out)
        paper(browser, path, Path(work), out)
        app(browser, out)
        browser.close()
    for picture in sorted(out.glob("*.png")):
        print(f"{picture.stat().st_size / 1000:>6.0f} kB  {picture}")


def opened(browser: Any, path: Path, width: int, height: int) -> Any:
    """The report in a page of this size, still."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]")
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    return page


def report(browser: Any, path: Path, out: Path) -> None:
    """The head of the report, its list, one explanation, and the telephone."""
    page = opened(browser, path, 1180, 760)
    page.screenshot(path=out / "report.png")
    page.evaluate("document.getElementById('list').scrollIntoView()")
    page.screenshot(path=out / "list.png")
    page.fill("#search", "CGMP-03075")
    page.click("#view .open")
    page.wait_for_selector("#one[open]")
    page.screenshot(path=out / "explanation.png")
    page.close()
    page = opened(browser, path, 390, 760)
    page.evaluate("document.getElementById('list').scrollIntoView()")
    page.screenshot(path=out / "phone.png")
    page.close()


def paper(browser: Any, path: Path, work: Path, out: Path) -> None:
    """The second page on paper."""
    page = opened(browser, path, 1180, 760)
    page.pdf(path=work / "report.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    target = str(out / "paper")
    second = ["-r", "60", "-f", "2", "-l", "2", "-singlefile", "-png"]
    subprocess.run(["pdftoppm", *second, str(work / "report.pdf"), target], check=True)


def app(browser: Any, out: Path) -> None:
    """The app after its first slider was moved."""
    command = [sys.executable, "-m", "marimo", "run", str(EXAMPLE / "explore.py"), "--headless", "--no-token"]
    server = subprocess.Popen([*command, "--host", "127.0.0.1", "--port", str(PORT)], stdout=subprocess.DEVNULL)
    try:
        page = browser.new_page(viewport={"width": 1180, "height": 1000})
        for _ in range(60):
            try:
                page.goto(f"http://127.0.0.1:{PORT}")
                break
            except Exception:
                page.wait_for_timeout(500)
        page.get_by_role("heading", name="0 enter, 0 leave").wait_for(timeout=90_000)
        page.get_by_role("slider").first.press("PageUp")
        page.get_by_role("heading", name=re.compile(r"^(?!2,100).* selected: ")).wait_for(timeout=60_000)
        page.wait_for_timeout(2_000)
        page.screenshot(path=out / "app.png")
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
