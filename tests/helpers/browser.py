"""A page in headless Chromium: its document, its console, its requests, its print, its measures."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--v=0",
)
MISSING = "no Chromium on this machine (apt-get install chromium, or name one in CLIENTELE_CHROMIUM)"
MEASURING = """<script>
const wide = document.documentElement.clientWidth, found = [];
for (const one of document.body.querySelectorAll('*')) {
  if (one.closest('details:not([open]) > :not(summary)')) continue;
  const box = one.getBoundingClientRect();
  if (box.right > wide + 1 || box.left < -1 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0
      && getComputedStyle(one).display !== 'inline')
    found.push(one.tagName + '.' + one.className + ': ' + one.textContent.trim().slice(0, 60));
}
const blank = [...document.images].filter(one => !one.complete || one.naturalWidth < 100).map(one => one.alt);
const told = document.createElement('pre');
told.id = 'measured';
told.textContent = JSON.stringify({wide, found, blank, scroll: document.documentElement.scrollWidth});
document.body.append(told);
</script>"""


def chromium() -> str | None:
    """The browser's path, or None where there is none."""
    named = os.environ.get("CLIENTELE_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass(frozen=True)
class Opened:
    """What opening a page gave."""

    document: str
    console: tuple[str, ...]
    hosts: frozenset[str]


def _run(folder: Path, page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    path = chromium()
    assert path is not None, MISSING
    profile = folder / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    return subprocess.run(
        [path, *QUIET, f"--user-data-dir={profile}", *flags, page.as_uri()], capture_output=True, encoding="utf-8",
        timeout=90, check=True,
    )


def opened(page: Path, folder: Path, width: int = 1280) -> Opened:
    """Open a page: the document as it stands then, the lines of the console, the hosts that were asked."""
    log = folder / "net.json"
    done = _run(folder, page, f"--log-net-log={log}", f"--window-size={width},1000", "--dump-dom")
    hosts = {urlsplit(url).hostname or "" for url in re.findall(r'"url":"((?:https?|wss?):[^"]*)"', log.read_text())}
    lines = tuple(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return Opened(done.stdout, lines, frozenset(hosts))


def printed(page: Path, folder: Path) -> bytes:
    """The page as a PDF of the page size that it asks for."""
    into = folder / "page.pdf"
    _run(folder, page, "--no-pdf-header-footer", f"--print-to-pdf={into}")
    return into.read_bytes()


def pages_of(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of every page of a PDF, in points."""
    boxes = re.findall(rb"/Type\s*/Page\b(?:(?!/Type\s*/Page\b).)*?/MediaBox\s*\[([^\]]*)\]", pdf, re.S)
    return [(float(box.split()[2]), float(box.split()[3])) for box in boxes]


def photographed(page: Path, folder: Path, width: int, height: int) -> bytes:
    """A screenshot as PNG."""
    into = folder / "page.png"
    _run(folder, page, f"--window-size={width},{height}", f"--screenshot={into}")
    return into.read_bytes()


def measured(page: Path, folder: Path, width: int) -> dict[str, object]:
    """What is wider than a window of that width, and which pictures did not load; on a copy with a script in it."""
    copy = folder / "measured.html"
    copy.write_text(without_policy(page.read_text(encoding="utf-8")).replace("</body>", f"{MEASURING}</body>"),
                    encoding="utf-8")
    document = opened(copy, folder, width).document
    found = re.search(r'<pre id="measured">(.*?)</pre>', document, re.S)
    assert found is not None, "the measuring script did not run"
    told: dict[str, object] = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return told


def without_policy(text: str) -> str:
    """The page without the policy that forbids scripts and requests."""
    plain, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert count == 1
    return plain
