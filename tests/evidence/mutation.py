"""Mutation testing: one small change of the code at a time, and whether the fast tests of its room notice it.

    python tests/evidence/mutation.py                        # the samples of docs/mutation.md
    python tests/evidence/mutation.py metrics -n 300         # more changes of one room
    python tests/evidence/mutation.py rules --match "clip"   # changes of the lines in which this stands
    python tests/evidence/mutation.py rules --list           # which changes there are; nothing is run

The changes are those of cosmic-ray and three of our own (`mutation_operators.py`), made in a copy of the package, never
in the package itself. A sample takes the changes whose hash with the seed is smallest: it stays the same where code
elsewhere moves. Not counted are changes of annotations, decorators, imports, `raise` (words of messages) and `strict=`,
and of what types alone read. Each change is tested in a process of its own, forked from one that has already read all
that does not depend on the changed file, in plain Python without numba. What no test notices is said with its line.
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("sim", "scenarios", "notebooks", "tests", "pyproject.toml", "CHANGELOG.md")
ROOMS: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
"""Room → its files → the fast tests that know each file. The doctests of the file itself always belong to them."""
SAMPLE, SEED = 120, 1
_KINDS = ("dict[", "tuple[", "Literal[", "Callable[", "Mapping[")
PATIENCE = 10.0
"""How many times as long as without a change the tests may take, before a change counts as noticed."""
OPTIONS = ["-x", "-q", "--assert=plain", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
READ_BEFORE = ("numpy", "pandas", "pydantic", "yaml", "pytest", "_pytest.doctest", "hypothesis", "scipy.optimize",
               "scipy.special", "scipy.stats", "networkx", "matplotlib")


class Mutant(NamedTuple):
    """One change: its file, what is done at which of its places, where that is, and its place in the sample."""

    file: str
    operator: str
    occurrence: int
    line: int
    text: str
    rank: str

    @property
    def in_words(self) -> str:
        """Where it is, and the line before and after."""
        after = mutated(self.file, self.operator, self.occurrence).splitlines()[self.line - 1 : self.line]
        return f"{self.file}:{self.line} {self.operator}\n  - {self.text}\n  + {''.join(after).strip()}"


def mutants(file: str, seed: int) -> Iterator[Mutant]:
    """Every change of a file that counts."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from mutation_operators import OPERATORS

    text = _text(file)
    lines, unread, nodes = text.splitlines(), _unread(text), [*ast_nodes(get_ast(text))]
    for name, operator in OPERATORS.items():
        alike: Counter[str] = Counter()
        for occurrence, ((line, column), _) in enumerate(
            place for node in nodes for place in operator.mutation_positions(node)
        ):
            if not any(first <= (line, column) < end for first, end in unread):
                here = f"{seed}|{file}|{name}|{lines[line - 1].strip()}"
                alike[here] += 1
                rank = hashlib.sha256(f"{here}|{alike[here]}".encode()).hexdigest()
                yield Mutant(file, name, occurrence, line, lines[line - 1].strip(), rank)


def mutated(file: str, operator: str, occurrence: int) -> str:
    """The text of a file with one change."""
    from cosmic_ray.mutating import mutate_code
    from mutation_operators import OPERATORS

    return str(mutate_code(_text(file), OPERATORS[operator], occurrence))


@cache
def _text(file: str) -> str:
    """A file as it was when it was first looked at: it may be edited meanwhile."""
    return (ROOT / file).read_text(encoding="utf-8")


def _unread(text: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where changes do not count: see the top of this file."""
    found: list[ast.AST | None] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
            found += [node.returns, *node.decorator_list, *(one.annotation for one in every if one)]
        elif isinstance(node, ast.ClassDef):
            found += [*node.decorator_list, *node.bases]
        elif isinstance(node, ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.Raise | ast.Import | ast.ImportFrom) or (
            (isinstance(node, ast.Assign) and ast.unparse(node.value).startswith(_KINDS))
            or (isinstance(node, ast.keyword) and node.arg == "strict")
            or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        ):
            found.append(node)
    spans = [(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
             for node in found if node is not None]
    return [((line, column), (end, end_column)) for line, column, end, end_column in spans]


def independent_of(file: str, copy: Path) -> list[str]:
    """Modules of the package that do not import this file, whatever they import."""
    graph: dict[str, set[str]] = {}
    names = {_module(path, copy): path for path in (copy / "sim").rglob("*.py") if "shipped" not in path.parts}
    for name, path in names.items():
        used = {".".join(name.split(".")[:depth]) for depth in range(1, name.count(".") + 1)}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                used |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                used |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        graph[name] = used & names.keys()
    reached, new = set(), {_module(copy / file, copy)}
    while new:
        reached |= new
        new = {name for name, used in graph.items() if used & reached} - reached
    return sorted(graph.keys() - reached - {"sim.__main__"})


def _module(path: Path, copy: Path) -> str:
    return ".".join(path.relative_to(copy).with_suffix("").parts).removesuffix(".__init__")


class Workshop:
    """A copy of the package in which files are changed and tested; the process stands in it from then on."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="mutation-"))
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.place / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, self.place / name)
        os.chdir(self.place)
        os.environ.update(CLIENTELE_CACHE=str(self.place / "cache"), PYTHONPATH=str(self.place))
        sys.path[:] = [str(self.place), *(place for place in sys.path if Path(place).resolve() != ROOT)]
        sys.modules["numba"] = None  # type: ignore[assignment]
        for module in READ_BEFORE:
            import_module(module)
        settings, phase = (getattr(sys.modules["hypothesis"], name) for name in ("settings", "Phase"))
        settings.register_profile("mutation", derandomize=True, database=None, deadline=None, max_examples=20,
                                  phases=(phase.explicit, phase.generate))
        settings.load_profile("mutation")

    def close(self) -> None:
        """Take the copy away."""
        os.chdir(ROOT)
        shutil.rmtree(self.place, ignore_errors=True)

    def tried(self, file: str, tests: list[str], some: list[Mutant]) -> Iterator[bool]:
        """Whether each change is noticed, by a server of its own that has read all that the file does not touch."""
        answers, sends = os.pipe()
        if (server := os.fork()) == 0:
            _as_child(lambda: self._serve(file, tests, some, sends))
        os.close(sends)
        with os.fdopen(answers) as lines:
            yield from (line == "noticed\n" for line in lines)
        if os.waitstatus_to_exitcode(os.waitpid(server, 0)[1]) != 0:
            raise SystemExit(f"{file}: its tests fail without any change.\n{(self.place / 'log').read_text()[-3000:]}")

    def _serve(self, file: str, tests: list[str], some: list[Mutant], sends: int) -> int:
        for module in independent_of(file, self.place):
            import_module(module)
        gc.freeze()  # what was read before is not looked through again in every process
        usual = self._time_taken(file, tests, None, 600.0)
        for one in some if usual is not None else ():
            alive = self._time_taken(file, tests, one, PATIENCE + PATIENCE * (usual or 0.0)) is not None
            os.write(sends, b"survives\n" if alive else b"noticed\n")
        return int(usual is None)

    def _time_taken(self, file: str, tests: list[str], one: Mutant | None, limit: float) -> float | None:
        """How long the tests take; None where one fails or the time is over."""
        path = self.place / file
        text = path.read_text(encoding="utf-8")
        if one is not None:
            path.write_text(mutated(file, one.operator, one.occurrence), encoding="utf-8")
            os.utime(path, (2e9, 2e9))  # so that no compiled file of before is taken for this one
        began = time.monotonic()
        if (child := os.fork()) == 0:
            os.setsid()
            sys.dont_write_bytecode = one is not None
            _as_child(lambda: self._test([*OPTIONS, file, *tests]))
        watch = os.pidfd_open(child)
        if not (ended := bool(select.select([watch], [], [], limit)[0])):
            os.killpg(child, signal.SIGKILL)
        os.close(watch)
        passed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        path.write_text(text, encoding="utf-8")
        return time.monotonic() - began if ended and passed else None

    def _test(self, words: list[str]) -> int:
        with (self.place / "log").open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            return int(import_module("pytest").main(words))


def _as_child(work: Callable[[], int]) -> None:
    """The rest of a forked process: nothing of its parent's is done or closed by it."""
    try:
        code = work()
    except BaseException:
        traceback.print_exc()
        code = 99
    sys.stdout.flush()
    os._exit(code)


def noticed_of(workshop: Workshop, room: str, sample: list[Mutant]) -> int:
    """How many changes of a room are noticed; those that are not are said."""
    noticed = 0
    for file, tests in ROOMS[room].items():
        mine = [one for one in sample if one.file == file]
        for one, seen in zip(mine, workshop.tried(file, tests, mine) if mine else (), strict=True):
            noticed += seen
            if not seen:
                print(one.in_words, flush=True)
    return noticed


def chosen(room: str, asked: argparse.Namespace) -> list[Mutant]:
    """The sample of a room, by file and line."""
    every = [one for file in ROOMS[room] for one in mutants(file, asked.seed) if asked.match in one.text]
    sample = sorted(every, key=lambda one: one.rank)[: asked.n]
    print(f"{room}: {len(sample)} of {len(every)} changes", flush=True)
    return sorted(sample, key=lambda one: (one.file, one.line, one.rank))


def main() -> None:
    """Try the samples of the rooms that are asked for, and say how many were noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", default=[*ROOMS], help=f"of {', '.join(ROOMS)}; all of them unless given")
    parser.add_argument("-n", type=int, default=SAMPLE, help="changes of each room")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample")
    parser.add_argument("--match", default="", help="only lines in which this stands")
    parser.add_argument("--list", action="store_true", help="say which changes there are; run nothing")
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent))
    samples = {room: chosen(room, asked) for room in asked.rooms}
    if asked.list:
        for one in (one for sample in samples.values() for one in sample):
            print(one.in_words)
        return
    workshop, lines = Workshop(), []
    try:
        for room, sample in samples.items():
            began, noticed = time.monotonic(), noticed_of(workshop, room, sample)
            lines.append((room, len(sample), noticed, time.monotonic() - began))
        for line in lines:
            print(_row(*line))
    finally:
        workshop.close()


def _row(room: str, tried: int, noticed: int, seconds: float) -> str:
    """A line of the table, with the interval of the share (Wilson, 95 %)."""
    share = import_module("sim.statistics.intervals").wilson_interval(noticed, tried)
    return (f"| {room} | {tried} | {noticed} | {100 * share.value:.0f} % | {100 * share.low:.0f} to "
            f"{100 * share.high:.0f} % | {seconds:.0f} s |")


if __name__ == "__main__":
    main()
