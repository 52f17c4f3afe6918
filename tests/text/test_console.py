"""Nothing that a name, a title or a file holds acts on the terminal."""

from __future__ import annotations

import io
import unicodedata

import pytest

from sim.text.console import encodable, say, visible

EVIL = ("\x1b[31mred", "\x9b2J", "\x07", "\x08\x08", "\r", "\x00", "\x7f", "\u202egnp", "\u200bx", "\u2066a\u2069",
        "\ufeff", "\u00ad", "\u2028", "\U000e0041", "\udc80")


@pytest.mark.parametrize("text", EVIL)
def test_what_would_act_is_shown(text: str) -> None:
    shown = visible(f"a{text}b")
    assert all(unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in shown), ascii(shown)
    assert shown != f"a{text}b"
    into = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    say(text, stream=into)
    into.flush()
    assert into.buffer.getvalue().decode() == f"{visible(text)}\n"  # type: ignore[attr-defined]


def test_every_letter_that_is_not_printable_is_shown_by_something_that_is() -> None:
    kept = {letter for letter in map(chr, (*range(0x12000), *range(0x1F000, 0x20000), *range(0xE0000, 0xE0200)))
            if not letter.isprintable() and visible(letter, line=True) == letter}
    assert {unicodedata.category(letter) for letter in kept} <= {"Zs", "Co", "Cn", "Cc"}
    assert {letter for letter in kept if unicodedata.category(letter) == "Cc"} == {"\t"}


def test_words_of_people_stay_as_they_are() -> None:
    for text in ("Café Müller", "Анна", "客", "🙂🏽", "₹ 5", "a\tb", "95\u00a0%", "two\nlines", "𝕏", "é"):
        assert visible(text) == text
    assert visible("two\nlines", line=True) == "two␤lines"
    assert encodable("\x1b[0m", "ascii") == "^[[0m"
