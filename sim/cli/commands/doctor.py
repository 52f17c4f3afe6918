"""`sim doctor`: is this machine ready for class? Each check gives a finding and never raises."""

from __future__ import annotations

import locale
import os
import platform
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import wrap

import typer

from sim.cli.commands.lessons import INSTALL, has_jupyter, lesson_files
from sim.cli.options import Json, show
from sim.text.console import WIDTH, columns, say
from sim.text.words import counted

PANEL = "Look things up"
OLDEST_PYTHON = (3, 11)
JUPYTER_PORT = 8888
PACKAGES = (
    "mesa", "numpy", "numba", "pandas", "scipy", "networkx", "pydantic", "PyYAML", "matplotlib", "typer", "rich",
)


Checkup = tuple[str, str]
"""What a check gives: `ok`, `note` or `bad`, and what was found."""


def doctor(as_json: Json = False) -> None:
    """Look at this machine: is it ready for class, and what is to be done where it is not?

    Python, packages, numba, threads, cache folder, console, fonts, scenarios, Jupyter, lessons, browser, port, and a
    tiny timing. Exit code 1: something must be mended.
    """
    checks = {"Python": _python, "packages": _packages, "numba": _numba, "threads": _threads, "cache": _cache,
              "console": _console, "fonts": _fonts, "scenarios": _scenarios, "Jupyter": _jupyter, "lessons": _lessons,
              "browser": _browser, "port": _port, "timing": _timing}
    found = []
    for what, check in checks.items():
        try:
            found.append((what, *check()))
        except Exception as error:
            found.append((what, "bad", f"{type(error).__name__}: {error}"))
    bad = [what for what, verdict, _ in found if verdict == "bad"]
    show(as_json, lambda: _lines(found),
         lambda: [{"what": what, "verdict": verdict, "text": text} for what, verdict, text in found])
    if not as_json:
        say()
        say(f"Not ready: {', '.join(bad)}." if bad else "Ready. Begin with `sim demo`, then `sim lessons`.", "bold")
    if bad:
        raise typer.Exit(1)


def _lines(found: Sequence[tuple[str, str, str]]) -> list[str]:
    """What was found, in lines of usual length."""
    first = columns([[what, verdict] for what, verdict, _ in found], left=(0, 1))
    width = max(map(len, first)) + 2
    return [line for head, (_, _, text) in zip(first, found, strict=True)
            for line in wrap(text, WIDTH, initial_indent=head.ljust(width), subsequent_indent=" " * width,
                             break_long_words=False, break_on_hyphens=False)]


def version_of(package: str) -> str:
    """The installed version of a package, read without importing it, or "not installed"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _python() -> Checkup:
    verdict = "ok" if sys.version_info >= OLDEST_PYTHON else "bad"
    kind = f"{platform.python_version()} ({platform.python_implementation()})"
    return verdict, f"{kind} on {platform.system()} {platform.machine()}, {sys.executable}"


def _packages() -> Checkup:
    found = {package: version_of(package) for package in PACKAGES}
    missing = [package for package, number in found.items() if number == "not installed" and package != "numba"]
    text = ", ".join(f"{package} {number}" for package, number in found.items())
    return "bad" if missing else "ok", f"clientele-lab {version_of('clientele-lab')}, {text}"


def _numba() -> Checkup:
    started = time.perf_counter()
    try:
        import numba
    except Exception as error:  # numba can fail in many ways; the product works without it
        return "note", f"cannot be used ({error}): everything runs on NumPy, more slowly"
    doubled = numba.njit(lambda number: number + number)(21)
    seconds = time.perf_counter() - started
    text = f"compiles; import and first compile took {seconds:.1f} s"
    return "ok" if doubled == 42 else "bad", text


def _threads() -> Checkup:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return "ok", f"{counted(cores, 'core')} for this process"


def _cache() -> Checkup:
    from sim.engine.cache import cache_folder

    folder = cache_folder()
    if folder is None:
        return "note", ("no folder is private to you (yours, and writable by nobody else), so compiled rules are not "
                        "kept: set CLIENTELE_CACHE to one that is")
    try:
        return _writable(folder)
    except OSError as error:
        return "bad", (f"compiled rules cannot be kept ({error.strerror or error}): set CLIENTELE_CACHE to a folder of "
                       "yours, else every command compiles for half a minute")


def _writable(folder: Path) -> Checkup:
    with tempfile.NamedTemporaryFile(dir=folder) as probe:
        probe.write(b"sim")
    return "ok", f"compiled rules are kept in {folder}"


def _console() -> Checkup:
    encoding = sys.stdout.encoding or "unknown"
    colour = "off (NO_COLOR)" if os.environ.get("NO_COLOR") else "on" if sys.stdout.isatty() else "off (not a terminal)"
    unicode = encoding.lower().replace("-", "").startswith("utf")
    text = f"encoding {encoding}, locale {locale.getlocale()[0] or 'C'}, colour {colour}"
    if unicode:
        return "ok", text
    return "note", f"{text}; some letters are shown plainly"


def _fonts() -> Checkup:
    from matplotlib.font_manager import FontProperties, findfont

    try:
        name = Path(findfont(FontProperties(family="DejaVu Sans"), fallback_to_default=False)).name
    except ValueError:
        return "note", "DejaVu Sans is missing, pictures take another font: pip install --force-reinstall matplotlib"
    return "ok", f"{name} (travels with matplotlib; has Cyrillic)"


def _scenarios() -> Checkup:
    from sim.scenario.shipped import shipped_names

    names = shipped_names()
    return "ok" if names else "bad", f"{len(names)} shipped with the package"


def _jupyter() -> Checkup:
    if not has_jupyter():
        return "note", f"not installed, the lessons need it: {INSTALL}"
    return "ok", f"jupyterlab {version_of('jupyterlab')}, ipykernel {version_of('ipykernel')}: `jupyter lab`"


def _lessons() -> Checkup:
    return "ok", f"{len(lesson_files())} travel with the package: `sim lessons FOLDER` copies them"


def _browser() -> Checkup:
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return "note", "none found: open the address that `jupyter lab --no-browser` prints where there is one"
    return "ok", f"{getattr(browser, 'name', type(browser).__name__)} opens pages"


def _port() -> Checkup:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", JUPYTER_PORT))
        except OSError as error:
            return "note", (f"{JUPYTER_PORT}, where JupyterLab listens, cannot be used ({error.strerror or error}); "
                            f"another one: `jupyter lab --port {JUPYTER_PORT + 1}`")
    return "ok", f"{JUPYTER_PORT}, where JupyterLab listens, is free"


def _timing() -> Checkup:
    import sim

    started = time.perf_counter()
    run = sim.run("first_look", seed=1)
    seconds = time.perf_counter() - started
    verdict = "ok" if seconds < 10 else "note"
    return verdict, f"first_look, one run, {len(run.periods):,} rows: {seconds:.2f} s"
