"""Versions of the packages in use, read without importing them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "mesa", "numpy", "numba", "pandas", "scipy", "networkx", "pydantic", "PyYAML", "matplotlib", "typer", "rich",
)


def own_version() -> str:
    """The version of this package; "not installed" where it runs from a bare folder."""
    return version_of("clientele-lab")


def version_of(package: str) -> str:
    """The installed version of a package, or "not installed"."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
