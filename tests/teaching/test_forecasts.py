"""Forecasts: dated, never overwritten, compared by interval; a class's table without names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.teaching.classes import LEAST, books_of, calibration, class_table, pseudonym
from sim.teaching.forecasts import FILE, MOST_BYTES, ForecastBook, Lesson, Revealed, Said, forecast, read_book
from sim.teaching.reveals import reveal
from sim.text.language import language, speaking

ROW: dict[str, Any] = {"metric": "customer_equity_money", "unit": "money", "firm_a": "Rush", "firm_b": "Root",
                       "low": 2000.0, "high": 8000.0, "n": 10}


def told(folder: Path, **said: Any) -> str:
    return repr(forecast("03", folder=folder, **{"winner": "Root", "difference": 5000, "sure": 0.8} | said))


def test_what_is_missing_is_named_and_nothing_is_stored(tmp_path: Path) -> None:
    found = forecast("03", winner=..., difference=5000, sure=None, because="…", folder=tmp_path)
    assert not found
    assert repr(found) == "No forecast yet: fill in winner, sure, because and run this cell again."
    assert not (tmp_path / FILE).exists()


def test_a_forecast_is_dated_and_the_first_one_is_kept(tmp_path: Path) -> None:
    assert "winner: Root; difference: 5,000; sure: 80 %" in told(tmp_path)
    assert "earlier ones are kept" in told(tmp_path, winner="Rush")
    told(tmp_path, winner="Rush")
    kept = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))["lessons"]["03"]["said"]
    assert [one["said"]["winner"] for one in kept] == ["Root", "Rush"], "the same forecast again is no other one"
    assert kept[0]["on"] < kept[1]["on"]
    assert kept[0]["on"].endswith("+00:00")


def test_after_the_reveal_what_was_said_before_counts(tmp_path: Path) -> None:
    told(tmp_path, winner="Rush")
    reveal("03", ROW, folder=tmp_path)
    assert "It was revealed since" in told(tmp_path, winner="Root")
    text = repr(reveal("03", {**ROW, "n": 20}, folder=tmp_path))
    assert "winner: Rush" in text
    assert "Your winner is not the one of the runs." in text
    kept = read_book(tmp_path / FILE).lessons["03"]
    assert [one.said["winner"] for one in kept.said] == ["Rush", "Root"]
    assert kept.counts.said["winner"] == "Rush"
    assert kept.found is not None
    assert kept.found.runs == 20


@pytest.mark.parametrize(("said", "words"), [
    ({"difference": 5000}, ("Your winner is right.", "difference: your answer lies inside the interval.")),
    ({"difference": 9000}, ("Your winner is right.", "difference: your answer lies above the interval.")),
    ({"winner": "rush", "difference": 500}, ("not the one of the runs", "difference: your answer lies below")),
    ({"winner": "Roott"}, ("'Roott' is none of those that are compared; did you mean Root?",)),
    ({"because": "it keeps people"}, ("You wrote: 'it keeps people'", "Does it explain what you see?")),
])
def test_the_reveal_compares_by_interval(said: dict[str, Any], words: tuple[str, ...], tmp_path: Path) -> None:
    told(tmp_path, **said)
    text = repr(reveal("03", ROW, folder=tmp_path))
    assert "Root minus Rush): +2,000 to +8,000, 95 % interval of 10 runs." in text
    assert "Root is ahead." in text
    assert [word for word in words if word not in text] == []


def test_too_close_to_call_is_an_answer_too(tmp_path: Path) -> None:
    close = {**ROW, "low": -100.0}
    told(tmp_path, winner="Root")
    assert "Of the winner the runs say nothing sure." in repr(reveal("03", close, folder=tmp_path))
    forecast("04", winner="too close to call", sure=0.7, folder=tmp_path)
    assert "Your winner is right." in repr(reveal("04", close, folder=tmp_path))


def test_where_less_is_better_the_one_with_less_wins(tmp_path: Path) -> None:
    fewer = {**ROW, "metric": "complaints_per_purchase", "unit": "per purchase", "low": -0.4, "high": -0.1}
    forecast("07", winner="Root", difference=0.2, sure=0.6, folder=tmp_path)
    text = repr(reveal("07", fewer, folder=tmp_path))
    assert "Root is ahead." in text
    assert "difference: your answer lies inside the interval." in text


def test_other_parts_of_a_forecast_are_compared_too(tmp_path: Path) -> None:
    forecast("02", value=500, times=1, worth_more="margin", folder=tmp_path)
    text = repr(reveal("02", value=(446, 566), times=3.5, worth_more="retention", folder=tmp_path))
    for words in ("value: your answer lies inside", "times: your answer is too low",
                  "worth_more: your answer is another"):
        assert words in text


def test_without_a_forecast_the_runs_are_told_alone(tmp_path: Path) -> None:
    found = reveal("03", ROW, folder=tmp_path)
    assert not found
    assert "There is no forecast of yours" in repr(found)
    assert "Root is ahead." in repr(found)
    assert found.draw() is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("said", "words"), [
    ({"sure": 80}, "80 per cent is 0.8"), ({"difference": "much"}, "without quotes"),
    ({"difference": -5}, "without a minus"),
    ({"sure": True}, "a number or a word"), ({"difference": float("inf")}, "a number or a word"),
    ({"because": "x" * 2001}, "at most 2000"),
])
def test_what_is_no_forecast_is_refused(said: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        told(tmp_path, **said)
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2}', '{"lessons": {"03": {"said": []}}}',
                                  '{"version": 1, "code": "import os"}', "x" * (MOST_BYTES + 1)])
def test_a_file_that_holds_something_else_is_refused_and_left_alone(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="no file of forecasts"):
        told(tmp_path)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == text


def test_of_a_study_the_row_that_is_asked_for_is_taken(tmp_path: Path) -> None:
    import sim

    found = sim.compare("silent_exit", 2, overrides={"market.customers": 80}, what_if="easy_to_complain")
    forecast("07", winner="easy_to_complain", sure=0.9, folder=tmp_path)
    firm = found.firms[0]
    row = found.table(["market_share"]).set_index("firm").loc[firm]
    text = repr(reveal("07", found, "market_share", firm=firm, folder=tmp_path))
    assert f"firm: {firm}; easy_to_complain minus as written" in text
    kept = read_book(tmp_path / FILE).lessons["07"].found
    assert kept is not None
    assert (kept.low, kept.high, kept.runs) == (row["low"], row["high"], 2)
    with pytest.raises(ValueError, match="There is no firm 'Nobody' here"):
        reveal("07", found, "market_share", firm="Nobody", folder=tmp_path)


def book(winner: str, sure: float, right: str) -> ForecastBook:
    found = Revealed(on="2026-02-02T10", pair=["Rush", "Root"], winner=right, low=1.0, high=2.0, runs=5)
    said = Said(on="2026-02-02T09", said={"winner": winner, "sure": sure, "difference": 1.5, "because": "=A1"})
    return ForecastBook(lessons={"03": Lesson(said=[said], found=found)})


def test_a_class_is_shown_by_pseudonyms_and_without_reasons() -> None:
    books = {"anna/forecasts.json": book("Root", 0.9, "Root"), "boris/forecasts.json": book("Rush", 0.6, "Root")}
    table = class_table(books)
    assert "because" not in table.columns
    assert not table["who"].str.contains("anna|boris").any()
    assert table["who"].tolist() == [pseudonym(one) for one in books.values()]
    assert table["difference"].tolist() == [1.5, -1.5]
    assert table["right"].tolist() == [True, False]
    assert table.attrs["finding"] == "1 of 2 forecasts name the right winner"
    named = class_table(books, names=True, because=True)
    assert named["who"].tolist() == list(books)
    assert named["because"].tolist() == ["'=A1"] * 2, "no spreadsheet takes it for a formula"


def test_pseudonyms_stay_and_do_not_come_from_a_name(tmp_path: Path) -> None:
    for name in ("anna", "boris"):
        (tmp_path / name).mkdir()
        told(tmp_path / name)
    first, _ = books_of(tmp_path)
    (tmp_path / "anna").rename(tmp_path / "zoe")
    again, _ = books_of(tmp_path)
    assert pseudonym(first["anna/forecasts.json"]) == pseudonym(again["zoe/forecasts.json"])
    assert len({pseudonym(one) for one in again.values()}) == 2, "the same forecast of two people has two"


def test_a_copy_counts_once_and_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    told(tmp_path / "a")
    (tmp_path / "b" / FILE).write_bytes((tmp_path / "a" / FILE).read_bytes())
    (tmp_path / "c" / FILE).write_text("{}]", encoding="utf-8")
    books, unread = books_of(tmp_path)
    assert list(books) == ["a/forecasts.json"]
    assert "b/forecasts.json is a copy of a/forecasts.json: it counts once." in unread
    assert len(unread) == 2


def test_calibration_is_brier_s_score_from_twenty_forecasts_on() -> None:
    sure = [0.9] * 15 + [0.6] * 5
    right = [True] * 12 + [False] * 8
    table = pd.DataFrame({"sure": sure, "right": pd.Series(right, dtype=object)})
    assert calibration(table.iloc[: LEAST - 1]) is None
    found = calibration(table)
    assert found is not None
    by_hand = (12 * 0.1**2 + 3 * 0.9**2 + 5 * 0.6**2) / 20
    assert np.isclose(found.brier, by_hand)
    assert (round(found.sure, 3), found.right, found.forecasts) == (0.825, 0.6, 20)
    unsure = pd.concat([table, pd.DataFrame({"sure": [1.0], "right": [None]})], ignore_index=True)
    assert calibration(unsure) == found, "where the runs name nobody, a forecast is neither right nor wrong"


def test_the_sentences_are_made_in_the_language_that_is_spoken(tmp_path: Path) -> None:
    with speaking("ru"):
        spoken = language(), told(tmp_path, winner=...)
    assert spoken[0] == "ru"
    assert spoken[1] != "", "a sentence without a translation stays English"
