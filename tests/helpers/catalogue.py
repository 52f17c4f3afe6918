"""Renew the catalogue of translations: `python tests/helpers/catalogue.py`.

Sentences in the code are found by Babel where `tr`, `trn` or `marked` is called with them. What is no such call is
gathered here: the words of shipped scenarios, labels of metrics and of declared numbers, things that are counted.
What is new has an empty translation, which a test asks for; what is no longer said stays at the end of the file (#~),
and is found there when it is said again.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from itertools import chain
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sim.engine.state import BUDGETED
from sim.lives.arithmetic import WORDS
from sim.lives.story import COUNTED_TOGETHER, TELLS
from sim.metrics.registry import all_metrics
from sim.registry import EVENTS
from sim.runs.plan import AS_WRITTEN
from sim.scenario.calendar import PERIODS_PER_YEAR
from sim.scenario.definitions import definitions
from sim.scenario.effective import MECHANISMS
from sim.scenario.fields import parameters
from sim.scenario.schema.market import Segment
from sim.studies.decisions import ALL_ELSE, OF_A_FIRM
from sim.teaching.lessons import LITERAL, text_of
from sim.text.language import CATALOGUE, FOLDER
from sim.text.words import in_words
from sim.valuation.movements import LINES

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"tr": None, "trn": (1, 2), "marked": None}
LANGUAGE = "ru"
PO = FOLDER / LANGUAGE / "LC_MESSAGES" / f"{CATALOGUE}.po"
MO = PO.with_suffix(".mo")
Message = str | tuple[str, ...]
WRITTEN_ON = datetime(2026, 1, 1, tzinfo=UTC)
"""The same in every file, so that a catalogue changes only where its sentences do."""


LESSONS = ("01", "08", "11")
"""Lessons that are translated; all but the note for the lecturer."""
STAY = {f'"{words}"' for words in (
    "too close to call", "no turn", "three quarters", "a quarter", "as written", "come and go", "firm == 'Turner'",
    "firm == 'Blend'", "offset points")}
"""What the code of lessons compares: answers, names of markets, queries."""
HEADS = {f'"{word}"' for word in ("earliest", "latest", "without")}
"""Single words that code of lessons shows."""


@cache
def said() -> dict[Message, str]:
    """Everything that is translated, and where it is said."""
    found: dict[Message, str] = {}
    sources = (from_code(), from_scenarios(), names(), of_lives(), from_definitions(), labels(), counted_things(),
               from_lessons())
    for place, message in chain.from_iterable(sources):
        found.setdefault(message, place)
    return found


def from_code() -> Iterator[tuple[str, Message]]:
    """Sentences that stand in calls of `tr`, `trn` and `marked`."""
    for name, _line, message, *_ in extract_from_dir(str(ROOT / "sim"), [("**.py", "python")], keywords=KEYWORDS):
        yield f"sim/{name}", message if isinstance(message, str) else tuple(message)


def from_scenarios() -> Iterator[tuple[str, Message]]:
    """Titles, questions, notes, names of what-ifs, controls, and why something is expected, of shipped scenarios."""
    for path in sorted((ROOT / "scenarios").rglob("*.yaml")):
        scenario, place = yaml.safe_load(path.read_text(encoding="utf-8")), path.relative_to(ROOT).as_posix()
        texts = [scenario.get(key) for key in ("title", "question", "notes")]
        texts += [in_words(name) for name in scenario.get("what_if") or ()]
        texts += [control.get("words") for control in scenario.get("controls") or ()]
        texts += [claim.get("why") for claim in scenario.get("expect") or ()]
        yield from ((place, text.strip()) for text in texts if text)


def names() -> Iterator[tuple[str, Message]]:
    """What is called by its name in the code: segments, traits, accounts, kinds of events, units of numbers."""
    segments = [name for path in sorted((ROOT / "scenarios").rglob("*.yaml"))
                for name in (yaml.safe_load(path.read_text(encoding="utf-8")).get("people") or {}).get("segments", {})]
    traits = [name for name in Segment.model_fields if name != "share"]
    yield from (("sim", in_words(name)) for name in [
        *segments, *traits, *BUDGETED, *EVENTS.names(), *MECHANISMS, AS_WRITTEN,
        *OF_A_FIRM, ALL_ELSE, *LINES, "customer equity"])
    yield from (("sim/scenario/schema", one.unit) for one in parameters() if re.search("[a-z]{3}", one.unit))
    yield from (("sim/scenario/schema", one.unit.removeprefix("share ")) for one in parameters()
                if one.unit.startswith("share "))


def of_lives() -> Iterator[tuple[str, Message]]:
    """Sentences of stories, things that stories count, and the lines of the arithmetic of a choice."""
    yield from (("sim/lives/story.py", words) for words in TELLS.values())
    yield from (("sim/lives/story.py", (f"{{count}} {one}", f"{{count}} {many}")) for one, many in
                COUNTED_TOGETHER.values())
    yield from (("sim/lives/arithmetic.py", words) for pair in WORDS.values() for words in pair)


def from_definitions() -> Iterator[tuple[str, Message]]:
    """Terms of the course texts and their definitions."""
    yield from (("sim/scenario/definitions.yaml", text) for one in definitions() for text in (one.term, one.words))


def from_lessons() -> Iterator[tuple[str, Message]]:
    """Texts of the translated lessons, one for each cell, and what their code shows, with its quotation marks."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.name.startswith(LESSONS) else []
        for kind, text in ((cell["cell_type"], text_of(cell)) for cell in cells):
            shown = [] if text.startswith(("# HIDDEN", "## For the lecturer")) else [text]
            if kind == "code":
                shown = [each for code in shown for each in LITERAL.findall(code)
                         if each in HEADS or (re.search("[a-z]{3}", each) and " " in each and each not in STAY)]
            yield from ((f"notebooks/{path.name}", each) for each in shown if kind != "raw")


def labels() -> Iterator[tuple[str, Message]]:
    """Names of metrics and of declared numbers."""
    yield from (("sim/metrics", one.label) for one in all_metrics().values())
    yield from (("sim/scenario/schema", one.label) for one in parameters() if one.label)


def counted_things() -> Iterator[tuple[str, Message]]:
    """The two forms in English of everything that `counted` or a `:count thing` of a finding is called with."""
    for path in sorted((ROOT / "sim").rglob("*.py")):
        place, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        things = re.findall(r":count ([a-z -]+)\}", text)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "counted":
                things += [each.value for each in node.args[1:] if isinstance(each, ast.Constant)]
        things += [*PERIODS_PER_YEAR] if path.name == "calendar.py" else []
        yield from ((place, (f"{{count}} {thing}", f"{{count}} {thing}s")) for thing in things)


def stored() -> Catalog:
    """The catalogue as it is in the repository."""
    if not PO.exists():
        return Catalog(locale=LANGUAGE)
    with PO.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def renewed() -> Catalog:
    """The catalogue of everything that is said, with the translations that there are."""
    old = stored()
    new = Catalog(locale=LANGUAGE, project="Clientele", version="", creation_date=WRITTEN_ON, revision_date=WRITTEN_ON,
                  last_translator="", language_team="", fuzzy=False, header_comment="# What Clientele says in Russian.")
    for message, place in sorted(said().items(), key=lambda one: (one[1], str(one[0]))):
        known = old.get(message) or old.obsolete.get(message if isinstance(message, str) else message[0])
        new.add(message, known.string if known is not None and not known.fuzzy else None, locations=[(place, 0)])
    for message in [*old, *old.obsolete.values()]:
        if message.id and all(_forms(message.string)) and new.get(message.id) is None:
            new.obsolete[message.id if isinstance(message.id, str) else message.id[0]] = message
    return new


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as `gettext` reads it."""
    into = BytesIO()
    write_mo(into, catalogue)
    return into.getvalue()


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as people edit it."""
    into = BytesIO()
    write_po(into, catalogue, width=120, sort_output=False, include_lineno=False, omit_header=False)
    return into.getvalue()


def main() -> None:
    """Write both files, and say what has no translation yet."""
    catalogue = renewed()
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_text(catalogue))
    MO.write_bytes(compiled(catalogue))
    missing = [message.id for message in catalogue if message.id and not all(_forms(message.string))]
    print(f"{len(catalogue)} sentences, {len(missing)} without a translation.")
    for message in missing:
        print(f"  {message}")


def _forms(string: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string or "",)


if __name__ == "__main__":
    main()
