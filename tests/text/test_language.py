"""The language of what people read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.text.language import known, language, speaking, tr, trn


def test_what_has_no_translation_stays_english() -> None:
    with speaking("ru"):
        assert tr("Nobody has translated {this}.", this="it") == "Nobody has translated it."


def test_a_language_is_spoken_inside_its_block_only() -> None:
    with speaking("ru"):
        assert language() == "ru"
        with speaking("en"):
            assert language() == "en"
        assert language() == "ru"
    assert language() == "en"


def test_what_is_chosen_holds_in_every_thread_and_a_block_in_its_own_only() -> None:
    with speaking("ru"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(language).result() == "en"
    language("ru")
    try:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(language).result() == "ru"
    finally:
        language("en")


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no language 'rus'"):
        known("rus")


def test_counts_choose_the_form() -> None:
    assert [trn("{count} run", "{count} runs", n) for n in (1, 2)] == ["1 run", "2 runs"]
