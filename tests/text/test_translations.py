"""The catalogue: renewed, whole, with the same gaps in both languages; numbers as Russians write them."""

from __future__ import annotations

import ast
import json
import re
from string import Formatter

import catalogue as helper
import pytest
from babel.messages.catalog import Message

from sim.teaching.lessons import text_of, translated
from sim.text.language import speaking, tr, trn
from sim.text.numbers import amount, between, gap, percent, signed, span
from sim.text.words import counted, in_words, joined, name_or_words, number_in_words

HOW = "run: python tests/helpers/catalogue.py"
STORED = helper.stored()
MESSAGES = [message for message in STORED if message.id]
RUSSIAN = "[а-яёА-ЯЁ]"
OF_LESSONS = [one for one in MESSAGES if one.locations[0][0].startswith("notebooks/") and not one.id.startswith('"')]
"""Cells of lessons: braces in them are formulas."""
UNTOUCHED = re.compile(r"\$\$.+?\$\$|\$[^$]+\$|`[^`]+`|\]\([^)]+\)|^#+ |\*\*", re.DOTALL | re.MULTILINE)
"""What of a cell is the same in every language: formulas, code, links, headings, bold words."""


def forms(text: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text or "",)


def gaps(text: str) -> set[str]:
    """Names of the gaps of a sentence; how they are filled is for the language to say."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def has_gaps(message: Message) -> bool:
    return message not in OF_LESSONS and any("{" in text for text in forms(message.id))


def test_the_catalogue_holds_what_is_said_and_nothing_else() -> None:
    said = {message if isinstance(message, str) else message[0] for message in helper.said()}
    stored = {forms(message.id)[0] for message in MESSAGES}
    assert sorted(said - stored) == [], f"new sentences: {HOW}, then write their translations"
    assert sorted(stored - said) == [], f"sentences that are said no longer: {HOW}"


def test_no_call_is_overlooked() -> None:
    """Babel does not look into f-strings: what is said there would stay English; and an f-string is no sentence."""
    said = {text for message in helper.said() for text in forms(message)}
    lost = [f"{path.relative_to(helper.ROOT)}:{node.lineno}" for path in sorted((helper.ROOT / "sim").rglob("*.py"))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in helper.KEYWORDS
            and (isinstance(node.args[0], ast.JoinedStr)
                 or (isinstance(node.args[0], ast.Constant) and node.args[0].value not in said))]
    assert lost == []


def test_no_sentence_is_without_a_translation_or_fuzzy() -> None:
    assert [message.id for message in MESSAGES if message.fuzzy or not all(forms(message.string))] == []


def test_what_is_compiled_is_the_catalogue() -> None:
    assert helper.MO.read_bytes() == helper.compiled(STORED), HOW
    assert helper.PO.read_bytes() == helper.as_text(helper.renewed()), HOW


def test_russian_has_three_forms_of_a_count() -> None:
    assert STORED.num_plurals == 3
    assert [message.id for message in MESSAGES if message.pluralizable and len(forms(message.string)) != 3] == []


@pytest.mark.parametrize("message", [one for one in MESSAGES if has_gaps(one)], ids=lambda one: forms(one.id)[0][:50])
def test_gaps_are_the_same_in_both_languages(message: Message) -> None:
    wanted = set.union(*map(gaps, forms(message.id)))
    for text in forms(message.string):
        assert gaps(text) <= wanted, text
        assert wanted - gaps(text) <= SPARED, text


@pytest.mark.parametrize("message", OF_LESSONS, ids=lambda one: one.id[:40])
def test_formulas_code_and_links_of_lessons_are_the_same(message: Message) -> None:
    assert sorted(UNTOUCHED.findall(forms(message.string)[0])) == sorted(UNTOUCHED.findall(message.id))


def test_lessons_that_are_translated_are_whole() -> None:
    """Each of their cells that a student reads is in Russian; formulas alone, and the lecturer's note, may stay."""
    for path in sorted((helper.ROOT / "notebooks").glob("*.ipynb")):
        master = json.loads(path.read_text(encoding="utf-8"))
        with speaking("ru"):
            made = translated(master)
        assert (made is not master) == path.name.startswith(helper.LESSONS), path.name
        if made is not master:
            texts = [text_of(cell) for cell in made["cells"] if cell["cell_type"] == "markdown"]
            assert [text for text in texts if not re.search(RUSSIAN, text)] == [
                text for text in texts if text.startswith("## For the lecturer")]
            code = [text_of(cell) for cell in made["cells"] if cell["cell_type"] == "code"]
            assert code[0].count('sim.language("ru")') == 1
            assert [ast.dump(shape(text)) for text in code[1:]] == [
                ast.dump(shape(text_of(cell))) for cell in master["cells"] if cell["cell_type"] == "code"][1:]


def shape(code: str) -> ast.Module:
    """Code without its texts."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return tree


def test_translations_are_russian() -> None:
    """Names of firms, commands and units in Latin letters stay; words do not."""
    odd = [message.id for message in MESSAGES for text in forms(message.string)
           if text and re.search("[a-z]{3}", re.sub(r"\{[^}]*\}|`[^`]*`", "", forms(message.id)[0]))
           and not re.search(RUSSIAN, text)]
    assert [one for one in odd if one not in KEPT] == []


SPARED = {"pronoun", "object"}
"""What a sentence may do without in Russian."""
KEPT: tuple[str, ...] = ()
"""What is written in Latin letters in Russian, too."""


def test_sentences_end_alike() -> None:
    """A full stop in one language stands in the other one."""
    assert [message.id for message in MESSAGES for text in forms(message.string)
            if " " in forms(message.id)[0]
            and forms(message.id)[0].endswith((".", "?")) != text.endswith((".", "?"))] == []


@pytest.mark.parametrize(("count", "words"), [
    (0, "0 прогонов"), (1, "1 прогон"), (2, "2 прогона"), (5, "5 прогонов"), (11, "11 прогонов"), (21, "21 прогон"),
    (112, "112 прогонов"), (1.5, "1,5 прогона"), (1000, "1\u00a0000 прогонов"),
])
def test_counts(count: float, words: str) -> None:
    with speaking("ru"):
        assert counted(count, "run") == words


def test_numbers_as_russians_write_them() -> None:
    with speaking("ru"):
        assert amount(61200, "money", "EUR") == "61\u00a0200\u00a0евро"
        assert amount(-9.5, "money", "CHF") == "−9,50\u00a0CHF"
        assert amount(0.032, "share") == "3,2 %"
        assert signed(-0.112, "share") == "−11 п.\u00a0п."
        assert signed(-13700, "money", "EUR") == "−13\u00a0700\u00a0евро"
        assert signed(6.2, "") == "+6,20"
        assert gap(-0.111, "share") == "11 п.\u00a0п."
        assert span(0.09, 0.13, "share") == "от +9 до +13 п.\u00a0п."
        assert span(-420, 1300, "money", "EUR") == "от −420\u00a0евро до +1\u00a0300\u00a0евро"
        assert between(0.58, 0.64, "share") == "от 58 до 64 %"
        assert percent(0.0312, 1) == "3,1 %"
        assert number_in_words(1500.25) == "1\u00a0500"
        assert joined(["a", "b", "c"]) == "a, b и c"
        assert joined(["a", "b"], "or") == "a или b"


def test_names_of_what_ifs_are_words_in_russian_and_stay_in_english() -> None:
    assert name_or_words("fast_growth") == "fast_growth"
    with speaking("ru"):
        assert name_or_words("fast_growth") == in_words("fast_growth") == "быстрый рост"
        assert name_or_words("of_my_own") == "of_my_own"


def test_an_empty_text_stays_empty() -> None:
    with speaking("ru"):
        assert tr("") == ""
        assert trn("{count} nobody", "{count} nobodies", 3) == "3 nobodies"
