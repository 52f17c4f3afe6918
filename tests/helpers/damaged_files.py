"""Scenario files that somebody has damaged: mutations of the shipped ones, and files that were never any."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from sim.scenario import shipped_names
from sim.scenario.shipped import shipped_folder

FULL = """\
# yaml-language-server: $schema=./schema.json
schema: 1
title: "Everything: at once"
question: Who stays?
claims: [C36, R30]
notes: |
  Two lines
  of notes.
extends: first_look
clock: {period: week, years: 3, warm_up_years: 0.5}
money: {currency: RUB, discount_rate: 1.2e-1}
market:
  customers: 300
  growth: {kind: bass, start_share: 0.05}
  friends: &f {graph: ring, each: 4}
product: {price: 25, margin: 0.6, contract: {regular: true, weeks: 26}}
people:
  segments:
    busy: {share: 0.6, price_sensitivity: 0.8}
    calm: {share: 0.4}
mechanisms: {level: heart, needs: 0.5, attachment: -1}
firms:
  Rush: {like: dealer, price: 24}
  Root:
    like: partner
    quality: 0.8
    strategy: mixed
    settings: {relationship_share: 0.7}
  Новая: {spending: {advertising: 0.3, people: 0.7}}
events:
  - {kind: outage, year: 1, lasts_weeks: 2, firms: [Root]}
  - {kind: levers, year: 2, set: {price_cut: {depth: 0.2}}}
  - {kind: strategy, year: 2, strategy: do_nothing}
what_if:
  fair: {firms.Root.quality: 0.7}
  alone: {firms: {Rush: null}, market: {customers: 200}}
expect:
  - metric: customer_equity_money
    firm: Root
    above: Rush
    year: 2
    why: "C36: promises are remembered"
"""


def originals() -> list[str]:
    """The shipped scenarios, and one that uses everything (twice as often)."""
    texts = [(shipped_folder() / f"{name}.yaml").read_text("utf-8") for name in shipped_names()]
    return [*texts, *([FULL] * max(2, len(texts)))]


def _lines(change: Callable[[random.Random, list[str]], None]) -> Callable[[random.Random, bytes], bytes]:
    def changed(luck: random.Random, raw: bytes) -> bytes:
        lines = raw.decode("utf-8", "replace").split("\n")
        change(luck, lines)
        return "\n".join(lines).encode()

    return changed


def _delete(luck: random.Random, lines: list[str]) -> None:
    del lines[luck.randrange(len(lines))]


def _duplicate(luck: random.Random, lines: list[str]) -> None:
    lines.insert(luck.randrange(len(lines) + 1), luck.choice(lines))


def _swap(luck: random.Random, lines: list[str]) -> None:
    one, other = luck.randrange(len(lines)), luck.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _indent(luck: random.Random, lines: list[str]) -> None:
    number = luck.randrange(len(lines))
    lines[number] = luck.choice([" ", "  ", "\t", "   - "]) + lines[number].lstrip() * luck.choice([0, 1, 1, 1])


def _join(luck: random.Random, lines: list[str]) -> None:
    if len(lines) > 1:
        number = luck.randrange(len(lines) - 1)
        lines[number] += " " + lines.pop(number + 1)


def _bytes(luck: random.Random, raw: bytes) -> bytes:
    where = luck.randrange(len(raw) + 1)
    noise = bytes(luck.randrange(256) for _ in range(luck.randint(1, 4)))
    return raw[:where] + noise + raw[where + luck.randint(0, 3) :]


def _cut(luck: random.Random, raw: bytes) -> bytes:
    return raw[: luck.randrange(len(raw) + 1)]


def _number(luck: random.Random, raw: bytes) -> bytes:
    strange = ["-1", "0", "1e3", "1e999", "-1e308", "0,3", "010", "12:30", "99999999999999999999", "1" * 400, "yes",
               "null", "", "NaN", "1.5", "'2'", "50 %", "[]", "{}", "2026-01-01", "0x1F", "1_000", "true", "*f", "&g 1"]
    return _replaced(luck, raw, r"(?<![\w.])-?\d+(?:\.\d+)?", lambda _: luck.choice(strange))


def _typo(luck: random.Random, raw: bytes) -> bytes:
    def misspelt(word: str) -> str:
        place = luck.randrange(len(word))
        letter = luck.choice("abcxyzаос._- '\"“”{}[]:#&*!|>%@`\u00a0\u2028")
        return word[:place] + luck.choice([letter, "", word[place] * 2]) + word[place + 1 :]

    return _replaced(luck, raw, r"[A-Za-z_]{2,}", misspelt)


def _token(luck: random.Random, raw: bytes) -> bytes:
    tokens = ["<<: ", "---\n", "...\n", "!!set ", "? ", "- ", "{", "}", "[", "]", "&a ", "*a ", "|\n", "\t", "“", "\r",
              "\ufeff", "%YAML 1.1\n", ",", ": ", "#", "!!python/name:os.system ", "\x00", "\u0085", "extends: base\n"]
    text = raw.decode("utf-8", "replace")
    where = luck.randrange(len(text) + 1)
    return (text[:where] + luck.choice(tokens) + text[where:]).encode()


def _word(luck: random.Random, raw: bytes) -> bytes:
    words = re.findall(r"[A-Za-z_]{2,}", raw.decode("utf-8", "replace")) or ["x"]
    return _replaced(luck, raw, r"[A-Za-z_]{2,}", lambda _: luck.choice(words))


def _replaced(luck: random.Random, raw: bytes, pattern: str, change: Callable[[str], str]) -> bytes:
    text = raw.decode("utf-8", "replace")
    found = list(re.finditer(pattern, text))
    if not found:
        return raw
    spot = luck.choice(found)
    return (text[: spot.start()] + change(spot.group()) + text[spot.end() :]).encode()


def _repeat(luck: random.Random, raw: bytes) -> bytes:
    """A part of the file many times: long lists, long lines, the same key again and again."""
    begin = luck.randrange(len(raw) + 1)
    part = raw[begin : begin + luck.choice([1, 3, 30, 300])]
    return raw[:begin] + part * luck.choice([2, 10, 300]) + raw[begin:]


def _nest(luck: random.Random, raw: bytes) -> bytes:
    """A value inside of so many others."""
    deep, (before, after) = luck.choice([2, 50, 3000]), luck.choice([("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")])
    return _replaced(luck, raw, r"(?<=: )[^\n]+", lambda value: before * deep + value + after * deep)


def _share(luck: random.Random, raw: bytes) -> bytes:
    """Anchors and aliases: of itself, of nothing, and of ten times ten times ten."""
    bomb = "\n".join(["b0: &b0 [x, x]", *(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]" for n in range(1, 9))])
    added = luck.choice(["loop: &l [*l]", "firms: &f {A: *f}", "title: *nowhere", "<<: &m {<<: *m}", bomb,
                         "what_if: &w {a: *w, b: *w}", "extends: &e [*e]"])
    lines = raw.split(b"\n")
    lines.insert(luck.randrange(len(lines) + 1), added.encode())
    return b"\n".join(lines)


def _exchange(luck: random.Random, raw: bytes) -> bytes:
    """One value in the place of another, of whatever type."""
    values = re.findall(r"(?<=: )[^\n]+", raw.decode("utf-8", "replace")) or ["x"]
    strange = ["[1, [2]]", "{a: {b: c}}", "|\n  x", "!!binary aGk=", "!!timestamp 2026-01-01", "!!float .inf", "~",
               "1e400", "[" + "1, " * 500 + "1]", "\u202e\u200b\x1b[2J", "😀" * 50, "'" + "x" * 5000 + "'", "-0.0",
               "1e-320"]
    return _replaced(luck, raw, r"(?<=: )[^\n]+", lambda _: luck.choice([*values, *strange]))


MUTATIONS = [_lines(_delete), _lines(_duplicate), _lines(_swap), _lines(_indent), _lines(_join), _bytes, _cut, _number,
             _typo, _token, _word]
ROUGH = [*MUTATIONS, _repeat, _nest, _share, _exchange, _exchange]


def mutated(
    luck: random.Random, texts: list[str], ways: list[Callable[[random.Random, bytes], bytes]] = MUTATIONS
) -> bytes:
    """One damaged file: one to four mutations of an original."""
    raw = luck.choice(texts).encode()
    for _ in range(luck.randint(1, 4)):
        raw = luck.choice(ways)(luck, raw)
    return raw


def at_random(luck: random.Random, texts: list[str]) -> bytes:
    """A file that was never a scenario: bytes, letters, marks of YAML, or the words of scenarios in any order."""
    kind, size = luck.randrange(4), luck.choice([0, 3, 30, 300])
    if kind == 0:
        return luck.randbytes(size)
    if kind == 1:
        return "".join(chr(luck.choice([luck.randrange(0xD800), luck.randrange(128)])) for _ in range(size)).encode()
    words = re.findall(r"[\w.]+", luck.choice(texts))
    marks = [": ", "\n", "\n  ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a ", "!!", "|\n", ">", "'", '"', "#", "\t",
             "? "]
    likely = [": ", "\n", "\n  ", "\n    "] if kind == 2 else marks
    return "".join(luck.choice(words) + luck.choice(likely) for _ in range(size)).encode()
