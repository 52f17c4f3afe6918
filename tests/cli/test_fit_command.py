"""`sim fit`: a user's own file from beginning to end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Sim = Callable[..., Any]


@pytest.fixture
def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eighty customers who buy at rates of their own for a year; written with German signs."""
    rng = np.random.default_rng(7)
    rows = []
    for who in range(80):
        day, gap = float(rng.integers(0, 120)), rng.gamma(2, 25) + 5
        while day < 365 and (rng.random() > 0.1 or not rows or rows[-1][0] != who):
            rows.append((who, day, rng.gamma(4, 5 + who % 9)))
            day += rng.exponential(gap)
    table = pd.DataFrame(rows, columns=["who", "day", "paid"])
    dates = pd.Timestamp("2023-01-01") + pd.to_timedelta(table["day"].astype(int), unit="D")
    lines = [f"{who};{date:%d.%m.%Y};{paid:.2f}".replace(".", ",") for who, date, paid in
             zip(table["who"], dates, table["paid"], strict=True)]
    lines = [f"{who};{date.replace(',', '.')};{paid}" for who, date, paid in (line.split(";") for line in lines)]
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(["Kunde;Datum;Betrag", *lines]) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


def test_fit_tells_what_it_took_what_it_found_and_where_it_is(sim: Sim, orders: Path) -> None:
    done = sim("fit", "orders.csv")
    assert done.code == 0, done.err
    assert "orders.csv: 80 customers" in done.out
    assert "Columns taken by their names: Kunde as customer, Datum as date, Betrag as amount." in done.out
    for words in ("BG/NBD", "Gamma-Gamma", "standard error", "Hold-out:", "predicted", "most valuable hold",
                  "discounted at 10 % per year", "with everybody's rate so far"):
        assert words in done.out
    saved = Path("fits/orders")
    assert f"Saved: {saved / 'customers.csv'}" in done.err
    assert sorted(file.name for file in saved.iterdir()) == ["customers.csv", "fit_and_holdout.png"]
    table = pd.read_csv(saved / "customers.csv")
    assert len(table) == 80
    assert table["value"].is_monotonic_decreasing
    assert (saved / "fit_and_holdout.png").stat().st_size > 5_000
    before = (saved / "customers.csv").read_bytes()
    again = sim("fit", "orders.csv", "--quiet")
    assert (again.code, again.err) == (0, "")
    assert (saved / "customers.csv").read_bytes() == before, "the same log, the same values"


def test_fit_in_json_says_the_same(sim: Sim, orders: Path) -> None:
    done = sim("fit", "orders.csv", "--json", "--out", "here", "--holdout", "2023-09-30", "--unit", "M",
               "--horizon", "6", "--discount", "0.2")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["unit"], found["horizon"], found["folder"]) == ("month", 6.0, "here")
    assert found["discount_per_unit"] == pytest.approx(1.2 ** (1 / 12) - 1)
    assert found["holdout"]["split"] == "2023-09-30"
    assert set(found["bg_nbd"]["parameters"]) == {"r", "alpha", "a", "b"}
    assert found["value_total"] == pytest.approx(pd.read_csv("here/customers.csv")["value"].sum())


def test_a_runs_own_purchases_can_be_fitted(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sim as package

    run = package.run("first_look", seed=1, overrides={"market.customers": 200, "clock.years": 3})
    monkeypatch.chdir(tmp_path)
    run.transactions.to_csv("run.csv", index=False)
    done = sim("fit", "run.csv", "--only", "firm=Root", "--holdout", "0")
    assert done.code == 0, done.err
    rows = run.transactions[run.transactions["firm"] == "Root"]
    assert f"{rows['customer_id'].nunique():,} customers, {len(rows):,} periods with a purchase" in done.out
    assert "Hold-out" not in done.out
    assert "not discounted" in done.out


@pytest.mark.parametrize(("arguments", "words"), [
    (("nothing.csv",), "nothing.csv: No such file"),
    (("orders.csv", "--customer", "Kundin"), "--customer: there is no column 'Kundin' (did you mean Kunde?)"),
    (("orders.csv", "--holdout", "0.99"), "--holdout: 0.99 is not allowed"),
    (("orders.csv", "--holdout", "later"), "--holdout: 'later' is no date"),
    (("orders.csv", "--unit", "Q"), "--unit: 'Q' is not allowed; D, W or M"),
    (("orders.csv", "--horizon", "-3"), "--horizon: -3 is not allowed"),
    (("orders.csv", "--only", "Kunde"), "COLUMN=TEXT is expected"),
    (("orders.csv", "--only", "Kunde=nobody"), "--only: no row has 'nobody'"),
    (("bad.csv",), "Datum, line 3: '2024-02-31' is no date"),
    (("alone.csv",), "alone.csv: 1 customer is not enough"),
])
def test_what_cannot_be_done_is_said_in_one_line(
    sim: Sim, orders: Path, arguments: tuple[str, ...], words: str
) -> None:
    Path("bad.csv").write_text("Kunde,Datum\n1,2024-01-31\n2,2024-02-31\n", encoding="utf-8")
    Path("alone.csv").write_text("Kunde,Datum\n1,2024-01-31\n1,2024-02-28\n", encoding="utf-8")
    done = sim("fit", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert not Path("fits").exists()


def test_a_correlation_that_nothing_tells_is_unknown(sim: Sim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = ["customer,date,amount", *(f"{who},2024-0{month}-01,20" for who in "abc" for month in range(1, 4))]
    Path("alike.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = sim("fit", "alike.csv")
    assert done.code == 0, done.err
    assert "correlation of frequency and spend unknown)" in done.out
    assert "nan" not in done.out
