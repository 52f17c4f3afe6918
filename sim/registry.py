"""One way to find what has a name: strategies, events, metrics, estimators, pictures, studies and commands.

A kind of thing lives in a folder of this package, one file each: the folder is scanned, there is no list to edit. Other
people's packages add theirs by entry points (`[project.entry-points."clientele.strategies"]` in their pyproject.toml,
also `clientele.events`, `clientele.metrics`, `clientele.figures`). Classes defined in a notebook or a user's file enter
by being defined. Two things of one name are an error; a wrong name is answered by the nearest right one.

The folders stand in the table at the end of this file. A room that only needs what has a name (a scenario file names
strategies and events) asks here and imports no room above it; a folder is imported only when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import re
import sys
from functools import cached_property
from importlib import import_module, metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakValueDictionary

from sim.text.foreign_code import fault_of_user, told
from sim.text.words import suggestion


class Registry:
    """Everything of one kind, by name.

    `what` is what one of them is called in a sentence, `folders` where their files are, `group` the entry points of
    other packages. With `functions`, a file stands for the function of its name; files without one are not meant.
    """

    def __init__(self, what: str, *folders: str, group: str = "", functions: bool = False) -> None:
        self.what, self.group, self.functions = what, group, functions
        self._folders = folders

    @cached_property
    def _places(self) -> dict[str, str]:
        """The files by name, in alphabetical order, each with its dotted place; nothing is imported."""
        return dict(sorted((path.stem, f"{folder}.{path.stem}") for folder in self._folders
                           for path in _files_in(folder) if not self.functions or _defines_its_name(path)))

    @cached_property
    def modules(self) -> list[ModuleType]:
        """The modules of the folders, in the order of their names; a folder that is one file is that module."""
        places = [[f"{folder}.{path.stem}" for path in _files_in(folder)] or [folder] for folder in self._folders]
        return [_module(place) for found in places for place in found]

    @cached_property
    def offered(self) -> dict[str, Any]:
        """What other packages offer, by the names of their entry points.

        Raises:
            ValueError: one of them does not load, or two packages use the same name; the sentence names the package.
        """
        found: dict[str, Any] = {}
        for entry in metadata.entry_points(group=self.group) if self.group else ():
            owner = entry.dist.name if entry.dist else entry.value
            if entry.name in found:
                raise ValueError(f"the package '{owner}' offers the {self.what} '{entry.name}', "
                                 f"but another package has one of that name; uninstall one of them")
            try:
                found[entry.name] = entry.load()
            except Exception as error:
                raise ValueError(f"the package '{owner}' offers the {self.what} '{entry.name}', but it does not "
                                 f"load: {type(error).__name__}: {error}") from error
        return found

    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order: files of the folders, and what other packages offer.

        Raises:
            ValueError: another package uses the name of a file.
        """
        for name in self._places.keys() & self.offered.keys():
            raise ValueError(f"a package offers the {self.what} '{name}', but there is one of that name already")
        return tuple(sorted({**self._places, **self.offered}))

    def module(self, name: str) -> ModuleType:
        """The module behind a name.

        Raises:
            LookupError: there is none; the message names the nearest one.
        """
        if name not in self.names():
            raise LookupError(f"There is no {self.what} {name!r}; {suggestion(name, self.names())}")
        return sys.modules[self.offered[name].__module__] if name in self.offered else _module(self._places[name])

    def find(self, name: str) -> Any:
        """The thing of that name.

        Raises:
            LookupError: there is none; the message names the nearest one.
        """
        module = self.module(name)
        return self.offered[name] if name in self.offered else getattr(module, name)


class ClassRegistry(Registry):
    """Classes that enter under a name by being defined, wherever that is: a folder, a package, a notebook, a file."""

    def __init__(self, what: str, *folders: str, group: str = "") -> None:
        super().__init__(what, *folders, group=group)
        self._defined: WeakValueDictionary[str, Any] = WeakValueDictionary()

    def define(self, name: str, kind: type) -> None:
        """Enter a class; one that is defined again (a notebook cell run twice, a file read again) replaces itself.

        Raises:
            TypeError: another class has that name.
        """
        before = self._defined.get(name)
        if before is not None and (before.__module__, before.__qualname__) != (kind.__module__, kind.__qualname__):
            raise TypeError(f"two {_plural(self.what)} are called '{name}' ({before.__module__} and "
                            f"{kind.__module__}); rename one of them")
        self._defined[name] = kind

    def defined(self) -> dict[str, Any]:
        """The classes that are known without importing anything."""
        return dict(self._defined)

    def classes(self) -> dict[str, Any]:
        """Every class by its name, in alphabetical order."""
        _ = self.modules, self.offered  # importing defines
        return dict(sorted(self._defined.items()))

    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(self.classes())

    def find(self, name: str, folder: Path | None = None) -> Any:
        """The class of that name; `file.py:Class` is read from a user's file.

        Raises:
            ValueError: there is none; the message names the nearest one.
        """
        if ".py" in name:
            return self.in_file(name, folder)
        found = self.classes()
        if name not in found:
            raise ValueError(f"there is no {self.what} '{name}'; {suggestion(name, found)}")
        return found[name]

    def file_of(self, place: str, folder: Path | None = None) -> tuple[Path, str]:
        """The user's file of a place such as `mine.py:Mine`, and the class named in it; nothing of it is run.

        Raises:
            ValueError: there is no such file.
        """
        text, _, wanted = place.rpartition(":") if not place.endswith(".py") else (place, "", "")
        try:
            path = user_file(text, folder)
        except (OSError, ValueError):
            path = None
        if path is None:
            raise ValueError(f"there is no file '{text}' with a {self.what} in it; looked for in "
                             f"{' and '.join(map(str, _folders(folder)))}")
        return path, wanted

    def in_file(self, place: str, folder: Path | None = None) -> Any:
        """The class in a user's file: `mine.py:Mine`, or `mine.py` when it holds only one; `source_file` is set.

        The file is code, and is run.

        Raises:
            ValueError: no such file, the file does not run, or it has no such class.
        """
        path, wanted = self.file_of(place, folder)
        module = _module_of_file(path, self.what)
        entered = {id(kind) for kind in self._defined.values()}
        kinds = {kind.__name__: kind for kind in vars(module).values()
                 if id(kind) in entered and kind.__module__ == module.__name__}
        if wanted and wanted not in kinds:
            raise ValueError(f"{path.name} has no {self.what} '{wanted}'; {suggestion(wanted, kinds)}")
        if not wanted and len(kinds) != 1:
            there = ", ".join(sorted(kinds)) or "none"
            raise ValueError(f"{path.name} has {len(kinds)} {_plural(self.what)} ({there}); "
                             f"say which one: {path.name}:My{self.what.title()}")
        kind = kinds[wanted] if wanted else next(iter(kinds.values()))
        kind.source_file = str(path)
        return kind


class MetricRegistry(Registry):
    """Metrics: several stand in one file, so their names are known only when the files are imported."""

    def names(self) -> tuple[str, ...]:
        """Every name, in the order of files and lines."""
        return tuple(_module("metrics.registry").all_metrics())


def user_file(text: str, folder: Path | None) -> Path | None:
    """A file of a user that a scenario names: beside the scenario, else in the folder one stands in; None: nowhere."""
    found = (place / text for place in _folders(folder))
    return next((path.resolve() for path in found if path.is_file()), None)


def _folders(folder: Path | None) -> list[Path]:
    return list(dict.fromkeys(place.resolve() for place in (folder or Path(), Path())))


def _module_of_file(path: Path, what: str) -> ModuleType:
    """The module of a user's file, run once for each content of the file."""
    text = path.read_bytes()
    name = f"{what}_{hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()}"
    before = sys.modules.get(name)
    if before is not None and getattr(before, "content_of_file", None) == text:
        return before
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path.name} is not a Python file.")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        with told(f"{path.name} does not run", str(path)):
            spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise ValueError(fault_of_user(error) or str(error)) from error
    module.content_of_file = text  # type: ignore[attr-defined]
    return module


def _files_in(folder: str) -> list[Path]:
    found = (Path(__file__).parent / folder.replace(".", "/")).glob("*.py")
    return sorted(path for path in found if not path.name.startswith("_"))


def _defines_its_name(path: Path) -> bool:
    return re.search(rf"^def {path.stem}\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def _module(place: str) -> ModuleType:
    return import_module(f".{place}", __package__)


def _plural(what: str) -> str:
    first, *rest = what.split(" ", 1)
    return " ".join((f"{first[:-1]}ies" if first.endswith("y") else f"{first}s", *rest))


STRATEGIES = ClassRegistry("strategy", "firms.strategies", group="clientele.strategies")
EVENTS = ClassRegistry("kind of event", "firms.events", group="clientele.events")
METRICS = MetricRegistry("metric", "valuation.person", "metrics", group="clientele.metrics")
ESTIMATORS = Registry("estimator", "valuation.estimators")
FIGURES = Registry("picture", "figures", group="clientele.figures", functions=True)
STUDIES = Registry("study", "studies", functions=True)
FACTS = Registry("group of facts", "evidence.groups")
COMMANDS = Registry("command", "cli.commands", functions=True)
