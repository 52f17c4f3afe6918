"""`sim doctor`: is this machine ready for class? Each check gives a finding and never raises."""

from __future__ import annotations

import locale
import os
import platform
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import typer

from sim.cli.options import Json, show
from sim.text.console import columns, say
from sim.text.words import counted

PANEL = "Look things up"
OLDEST_PYTHON = (3, 11)
PACKAGES = (
    "mesa", "numpy", "numba", "pandas", "scipy", "networkx", "pydantic", "PyYAML", "matplotlib", "typer", "rich",
)


Checkup = tuple[str, str]
"""What a check gives: `ok`, `note` or `bad`, and what was found."""


def doctor(as_json: Json = False) -> None:
    """Look at this machine: Python, packages, numba, threads, cache folder, console, fonts, and a tiny timing."""
    checks = {"Python": _python, "packages": _packages, "numba": _numba, "threads": _threads, "cache": _cache,
              "console": _console, "fonts": _fonts, "scenarios": _scenarios, "timing": _timing}
    found = []
    for what, check in checks.items():
        try:
            found.append((what, *check()))
        except Exception as error:
            found.append((what, "bad", f"{type(error).__name__}: {error}"))
    bad = [what for what, verdict, _ in found if verdict == "bad"]
    show(as_json, lambda: columns(found, left=(0, 1, 2)),
         lambda: [{"what": what, "verdict": verdict, "text": text} for what, verdict, text in found])
    if not as_json:
        say()
        say(f"Not ready: {', '.join(bad)}." if bad else "Ready. Begin with `sim demo`.", "bold")
    if bad:
        raise typer.Exit(1)


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

    name = Path(findfont(FontProperties(family="DejaVu Sans"), fallback_to_default=False)).name
    return "ok", f"{name} (travels with matplotlib; has Cyrillic)"


def _scenarios() -> Checkup:
    from sim.scenario.shipped import shipped_names

    names = shipped_names()
    return "ok" if names else "bad", f"{len(names)} shipped with the package"


def _timing() -> Checkup:
    import sim

    started = time.perf_counter()
    run = sim.run("first_look", seed=1)
    seconds = time.perf_counter() - started
    verdict = "ok" if seconds < 10 else "note"
    return verdict, f"first_look, one run, {len(run.periods):,} rows: {seconds:.2f} s"
