"""Logs as shops, banks and databases export them: what each means, what is told about it, and what is refused."""

from __future__ import annotations

import gzip
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.equity.fitting import FitPlan, fit_log
from sim.equity.logs import Log, read_log
from sim.equity.rfm import rfm_table


def file(folder: Path, text: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def days(log: Log) -> list[str]:
    return list(log.frame["date"].dt.strftime("%Y-%m-%d"))


def column(
    date: list[object] | None = None, amount: list[object] | None = None, customer: list[object] | None = None
) -> pd.DataFrame:
    """A log of which one column matters."""
    rows = max(len(one) for one in (date, amount, customer) if one)
    return pd.DataFrame(
        {
            "customer": customer or list(range(rows)),
            "date": date or ["2024-01-01"] * rows,
            "amount": amount or [1.0] * rows,
        }
    )


LINES = (
    "Invoice;Quantity;Invoice Date;Unit Price;Customer\n1;3;2024-01-01;2.50;a\n2;-1;2024-01-05;2.50;a\n"
    "3;2;2024-02-01;4;b\n"
)


def test_the_amount_of_a_line_is_quantity_times_price_and_less_than_nothing_is_a_return(tmp_path: Path) -> None:
    log = read_log(file(tmp_path, LINES))
    assert log.frame["amount"].tolist() == [7.5, 8.0]
    assert log.frame["customer_id"].tolist() == ["a", "b"]
    assert "Amount: Quantity × Unit Price." in log.notes
    assert "1 row with a quantity or an amount below 0 (returns) left out." in log.notes


def test_an_amount_of_its_own_comes_before_quantity_and_price(tmp_path: Path) -> None:
    text = LINES.replace("Customer\n", "Customer;Total\n").replace(";a\n", ";a;7\n").replace(";b\n", ";b;9\n")
    log = read_log(file(tmp_path, text))
    assert log.frame["amount"].tolist() == [7.0, 9.0]
    assert "price" not in log.columns
    assert read_log(file(tmp_path, text), price="Unit Price").frame["amount"].tolist() == [7.5, 8.0]


def test_a_price_alone_is_the_amount_and_columns_can_be_named() -> None:
    table = pd.DataFrame({"customer": [1, 2], "date": [1, 2], "price": [5, 6], "n": [2, 3]})
    assert read_log(table).frame["amount"].tolist() == [5.0, 6.0]
    assert read_log(table, quantity="n", price="price").frame["amount"].tolist() == [10.0, 18.0]
    with pytest.raises(ValueError, match="quantity: no column looks like it"):
        read_log(table, price="price")
    with pytest.raises(ValueError, match="price: an amount is named too"):
        read_log(table, quantity="n", price="price", amount="price")
    with pytest.raises(TypeError, match="no option did you mean quantity"):
        read_log(table, quantty="n")  # type: ignore[call-arg]


def test_numbers_that_are_months_or_days_are_read_as_such() -> None:
    months = read_log(column([202411, 202412, 202501]))
    assert days(months) == ["2024-11-01", "2024-12-01", "2025-01-01"]
    assert "date: the numbers 202411 to 202501 are read as months, each as its first day." in months.notes
    assert rfm_table(column([202412, 202501], customer=[1, 1]), customer="customer", unit="M")["recency"].tolist() == [
        1.0
    ]
    assert days(read_log(column([311299, 10100]))) == ["1999-12-31", "2000-01-01"]
    assert days(read_log(column(["20241231093000", "20250101000000"]))) == ["2024-12-31", "2025-01-01"]
    assert days(read_log(column(["2024-12", "2025-01"]))) == ["2024-12-01", "2025-01-01"]


@pytest.mark.parametrize("per_second", [1, 1_000, 1_000_000, 1_000_000_000])
def test_seconds_since_1970_are_dates(per_second: int) -> None:
    log = read_log(column([1704067199 * per_second, 1704067200 * per_second]))
    assert days(log) == ["2023-12-31", "2024-01-01"]
    assert any("since 1970, 2023-12-31 to 2024-01-01 (UTC)" in note for note in log.notes)


def test_days_counted_from_somewhere_are_asked_about() -> None:
    with pytest.raises(ValueError, match=r"days since 1899-12-30' \(spreadsheets; the first is then 2024-01-01\)"):
        read_log(column([45292, 45300]))
    assert days(read_log(column([45292, 45300]), date_format="days since 1899-12-30")) == ["2024-01-01", "2024-01-09"]
    with pytest.raises(ValueError, match=r"days since 1970-01-01' \(R, Unix; the first is then 2024-01-01\)"):
        read_log(column([19723, 19800]))
    assert read_log(column([19723, 19800]), date_format="periods").frame["date"].tolist() == [19723.0, 19800.0]
    with pytest.raises(ValueError, match="may be dates of several forms; say which: date_format='%y%m%d'"):
        read_log(column([230101, 241213]))
    assert days(read_log(column([230101, 241213]), date_format="%y%m%d")) == ["2023-01-01", "2024-12-13"]
    with pytest.raises(ValueError, match="date_format: 'days since 2024-13-01' is not allowed"):
        read_log(column([1, 2]), date_format="days since 2024-13-01")


def test_small_numbers_are_periods_and_that_is_said() -> None:
    assert "date: the numbers 3 to 11 are taken as periods." in read_log(column([3, 11])).notes
    assert (
        "date: the numbers 2019 to 2024 are taken as periods (they look like years)."
        in read_log(column([2019, 2024])).notes
    )


@pytest.mark.parametrize("nobody", ["", "NULL", "n/a", "None", "(null)", "nan", "#N/A", "\\N", "-"])
def test_rows_without_a_customer_are_refused_or_left_out_and_counted(tmp_path: Path, nobody: str) -> None:
    path = file(tmp_path, f"customer,date,amount\na,2024-01-01,5\n{nobody},2024-01-02,6\nb,2024-01-03,7\n")
    with pytest.raises(
        ValueError, match=r"customer, line 3: .*\(1 row of 3\); rows without a customer can be left out"
    ):
        read_log(path)
    log = read_log(path, skip_guests=True)
    assert log.frame["customer_id"].tolist() == ["a", "b"]
    assert "1 row of 3 without a customer left out." in log.notes


def test_missing_customers_of_a_table_are_guests_too() -> None:
    log = read_log(column(["2024-01-01", "2024-01-02"], customer=[17850.0, None]), skip_guests=True)
    assert log.frame["customer_id"].tolist() == [17850]


def test_whole_numbers_with_a_point_are_the_same_customers(tmp_path: Path) -> None:
    rows = "17850,2024-01-01,1\n17850.0,2024-01-02,1\nx1,2024-01-03,1\n007,2024-01-04,1\n7,2024-01-05,1\n"
    assert read_log(file(tmp_path, "customer,date,amount\n" + rows)).frame["customer_id"].tolist() == [
        "17850",
        "17850",
        "x1",
        "007",
        "7",
    ]


@pytest.mark.parametrize(
    ("encoding", "word", "known"),
    [
        ("cp1252", "Größe Müller", "Windows-1252"),
        ("cp1251", "Анна Петрова", "Windows-1251"),
        ("utf-16-le", "Анна", "UTF-16"),
    ],
)
def test_letters_that_are_not_utf_8(tmp_path: Path, encoding: str, word: str, known: str) -> None:
    path = file(tmp_path, f"customer;date;amount\n{word};2024-01-01;5\n".encode(encoding))
    log = read_log(path)
    assert log.frame["customer_id"].tolist() == [word]
    assert known in log.notes[0]
    assert read_log(path, encoding=encoding).frame["customer_id"].tolist() == [word]


def test_pounds_and_encodings_that_are_said(tmp_path: Path) -> None:
    path = file(tmp_path, "customer,date,amount\nBob,2024-01-01,£12.50\n".encode("cp1252"))
    assert read_log(path).frame["amount"].tolist() == [12.5]
    old = file(tmp_path, "customer,date,amount\nMüller,2024-01-01,5\n".encode("cp850"), "old.csv")
    with pytest.raises(ValueError, match="say what they are, for example encoding='cp850'"):
        read_log(old)
    assert read_log(old, encoding="cp850").frame["customer_id"].tolist() == ["Müller"]
    with pytest.raises(ValueError, match="encoding: 'klingon' is not known"):
        read_log(old, encoding="klingon")
    with pytest.raises(ValueError, match=r"encoding: old.csv is not utf-8: line 2"):
        read_log(old, encoding="utf-8")


@pytest.mark.parametrize("texts", [["12.500", "3.370"], ["12,500", "3,370"], ["12.500", "7"], ["-1.234", "8"]])
def test_what_may_be_thousands_or_decimals_is_refused_for_both_signs(texts: list[object]) -> None:
    with pytest.raises(ValueError, match=r"may be thousands or decimals.*decimal='.' or decimal=','"):
        read_log(column(amount=texts))
    sign = "." if any("." in str(text) for text in texts) else ","
    other = "," if sign == "." else "."
    log, same = read_log(column(amount=texts), decimal=sign), read_log(column(amount=texts), decimal=other)
    both = log.frame["amount"].iloc[0], same.frame["amount"].iloc[0]
    assert both == ((8.0, 8.0) if texts[0] == "-1.234" else (12.5, 12500.0))


def test_a_point_that_can_only_be_decimal_settles_the_column() -> None:
    for texts in (["0.500", "3.370"], ["1234.500", "3.370"], ["3.370", "1.5"]):
        assert read_log(column(amount=list(texts))).frame["amount"].tolist() == [float(one) for one in texts]


@pytest.mark.parametrize("text", ["12,50", "1,2345", "1,23,4", ",5", "1e9,5"])
def test_signs_that_stand_where_no_thousands_can_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        read_log(column(amount=[text, "3.25"]), decimal=".")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("R$ 12,50", 12.5),
        ("12,50 zł", 12.5),
        ("kr 12,50", 12.5),
        ("12,50 Kč", 12.5),
        ("1.234,50 €", 1234.5),
        ("CHF 1'234,50", 1234.5),
        ("US$12,50", 12.5),
        ("1,23,456.50", 123456.5),
        ("₹1,23,456.50", 123456.5),
        ("12,50 р.", 12.5),
    ],
)
def test_signs_of_currency(text: str, value: float) -> None:
    assert read_log(column(amount=[text, text])).frame["amount"].tolist() == [value, value]


@pytest.mark.parametrize(
    "text", ["(12.50)", "12.50-", "-12.50", "($12.50)", "-$12.50", "$-12.50", "\u221212.50", "12.50- EUR"]
)
def test_amounts_below_nothing_are_returns_however_they_are_written(text: str) -> None:
    log = read_log(column(amount=[text, "5.25"]))
    assert log.frame["amount"].tolist() == [5.25]
    assert "1 row with an amount below 0 (returns) left out." in log.notes


@pytest.mark.parametrize("text", ["(12.50", "12.50)", "--5", "(-5)", "12 pcs", "5%", "five", "1e400"])
def test_what_is_no_amount_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount, row 1: .* is no amount; allowed are .*\(12.50\)"):
        read_log(column(amount=[text, "5.25"]))


def test_two_currencies_are_not_added_up() -> None:
    with pytest.raises(ValueError, match=r"amount: amounts in EUR \(row 1\) and USD \(row 2\); they cannot be added"):
        read_log(column(amount=["5 €", "$5"]))
    assert read_log(column(amount=["5 €", "5 EUR", "7"])).frame["amount"].tolist() == [5.0, 5.0, 7.0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,"x,2024-01-01,5\n' + "b,y,2024-01-02,6\n" * 20, 2),
        ('a,x,2024-01-01,5\nb,"y,2024-01-02,6\nc,"z,2024-01-03,7\nd,z,2024-01-03,7\n', 3),
        ('a,x,2024-01-01,5\nb,"y,2024-01-02,6\n' + "c,z,2024-01-03,7\n" * 20_000, 3),
        ('a,"two\nlines",2024-01-01,5\nb,"y,2024-01-02,6\nc,z,2024-01-03,7\n', 4),
        ('"a\nb","x,2024-01-01,5\nc,z,2024-01-03,7\n', 3),
    ],
)
def test_an_open_quotation_mark_is_found_where_it_stands(tmp_path: Path, text: str, line: int) -> None:
    path = file(tmp_path, "customer,note,date,amount\n" + text)
    with pytest.raises(ValueError, match=f"line {line}: a quotation mark opens a cell, and none closes it"):
        read_log(path)


def test_cells_of_several_lines_are_fine_and_do_not_shift_the_lines_that_are_named(tmp_path: Path) -> None:
    head = 'customer,note,date,amount\na,"6"" plate,\nand, more, of, it",2024-01-01,5\n\nb,5" x,2024-01-02,6\n'
    assert read_log(file(tmp_path, head)).frame["amount"].tolist() == [5.0, 6.0]
    with pytest.raises(ValueError, match="amount, line 6: 'six' is no amount"):
        read_log(file(tmp_path, head + "c,y,2024-01-03,six\n"))
    with pytest.raises(ValueError, match="line 6: 3 cells, but the line of names has 4"):
        read_log(file(tmp_path, head + "c,2024-01-03,6\n"))


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31 to 2024-02-28",
        "2024-01-31garbage",
        "2024-02-01 (cancelled)",
        "31.01.2024 10 Uhr",
        "2024-01-31 10:00 nobody",
    ],
)
def test_only_a_time_and_a_zone_may_follow_a_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"date, row 2: .*only a time and a zone may follow it"):
        read_log(column(["2024-01-01", text]))


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31T10:00:00.123Z",
        "2024-01-31 10:00:00 UTC",
        "2024-01-31 10:00:00+0100",
        "31/01/2024, 10:00",
        "01/31/2024 2:05:00 PM",
        "2024-01-31T10:00:00+01:00[Europe/Berlin]",
        "31.01.24 9:05",
        "20240131 10:00",
    ],
)
def test_times_and_zones(text: str) -> None:
    assert days(read_log(column([text]))) == ["2024-01-31"]


def test_one_instant_in_two_zones_is_one_day_and_one_purchase() -> None:
    log = read_log(
        column(
            ["2024-01-31T23:30:00+00:00", "2024-02-01T00:30:00+01:00", "2024-01-31T18:30:00-05:00"], customer=[1, 1, 1]
        )
    )
    assert days(log) == ["2024-01-31"] * 3
    assert "date: times in 3 zones, told in UTC." in log.notes
    assert days(read_log(column(["2024-02-01T00:30:00+01:00", "2024-02-02T00:30:00+01:00"]))) == [
        "2024-02-01",
        "2024-02-02",
    ]
    with pytest.raises(ValueError, match="how far this one is from UTC is not known"):
        read_log(column(["2024-02-01 00:30 CET", "2024-02-02 00:30 CEST"]))


@pytest.mark.parametrize(
    ("stray", "words"),
    [
        ("2204-03-01", "line 12: 2204-03-01 lies far from all other times (2024-01-01 to 2024-01-10)"),
        ("1900-01-01", "line 12: 1900-01-01 lies far from all other times (2024-01-01 to 2024-01-10)"),
    ],
)
def test_a_mistyped_year_and_a_placeholder_are_named(tmp_path: Path, stray: str, words: str) -> None:
    rows = "".join(f"{day},2024-01-{day:02d},5\n" for day in range(1, 11))
    log = read_log(file(tmp_path, f"customer,date,amount\n{rows}9,{stray},5\n"))
    assert any(words in note for note in log.notes)
    assert not any("far from" in note for note in read_log(file(tmp_path, f"customer,date,amount\n{rows}")).notes)


def test_the_future_is_named_and_periods_have_strays_too() -> None:
    coming = pd.Timestamp.now().normalize() + pd.Timedelta(days=40)
    near = [str((coming - pd.Timedelta(days=day)).date()) for day in (0, 60, 120, 180, 240)]
    assert any(f"row 1: {near[0]} lies in the future" in note for note in read_log(column(near)).notes)
    assert any("row 6: 9999 lies far from" in note for note in read_log(column([1, 2, 3, 4, 5, 9999])).notes)


def test_the_hint_of_a_form_reads_the_very_cell_that_it_is_made_of() -> None:
    for text in (
        "11/06/23 8:00",
        "3/4/2024",
        "03-04-2024 10:05:59",
        "3/4/24 2:05 PM",
        "3/4/2024, 14:05",
        "03/04/2024 10:05:59.25",
        "03/04/2024 10:05+01:00",
    ):
        with pytest.raises(ValueError, match="day and month cannot be told apart") as refusal:
            read_log(column([text, text]))
        first, second = (part.split("'")[1] for part in str(refusal.value).split("date_format=")[1:])
        one, other = (read_log(column([text, text]), date_format=form) for form in (first, second))
        assert days(one) != days(other)


def test_hold_out_and_end_are_written_as_the_log_is() -> None:
    rng = np.random.default_rng(3)
    when = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 360, 300), unit="D")
    table = pd.DataFrame(
        {"customer": rng.integers(0, 40, 300), "date": when.strftime("%m/%d/%y"), "amount": rng.gamma(4, 5, 300)}
    )
    log = read_log(table, date_format="%m/%d/%y")
    fitted = fit_log(log, FitPlan(split="09/05/23", end="02/03/24"))
    assert fitted.holdout is not None
    assert (fitted.holdout.split, fitted.last) == ("2023-09-05", "2024-02-03")
    assert fit_log(log, FitPlan(split="2023-09-05")).holdout.split == "2023-09-05"  # type: ignore[union-attr]
    shared = fit_log(log, FitPlan(split="30%", end="2024-02-03"))
    assert shared.holdout is not None
    assert shared.holdout.length == pytest.approx(0.3 * shared.rfm["T"].max(), abs=0.3)


def test_the_end_of_watching_is_told_and_can_be_said() -> None:
    table = pd.DataFrame(
        {"customer": [1, 1, 2, 2, 3], "date": ["2024-01-01", "2024-02-01", "2024-01-05", "2024-03-01", "2024-01-20"]}
    )
    log = read_log(table)
    assumed = fit_log(log, FitPlan(split=0))
    assert any(note.startswith("Watched until 2024-03-01: the last purchase") for note in assumed.notes)
    later = fit_log(log, FitPlan(split=0, end="2025-03-01"))
    assert (later.rfm["T"] - assumed.rfm["T"]).to_numpy() == pytest.approx(365 / 7)
    assert later.values["probability_alive"].sum() < assumed.values["probability_alive"].sum()
    assert not any("Watched until" in note for note in later.notes)
    early = fit_log(log, FitPlan(split=0, end="2024-02-15"))
    assert "1 row after 2024-02-15 left out." in early.notes
    with pytest.raises(ValueError, match="end: 2020-01-01 is not allowed; nothing was bought by then"):
        fit_log(log, FitPlan(end="2020-01-01"))


def test_packed_and_blank_separated_files_and_those_that_are_no_text(tmp_path: Path) -> None:
    text = "customer   date       amount\n1 20240101  5.25 \n  2 20240102  6.5\n"
    assert read_log(file(tmp_path, text, "log.txt")).frame["amount"].tolist() == [5.25, 6.5]
    packed = file(tmp_path, gzip.compress(text.encode()), "log.csv.gz")
    assert read_log(packed).frame["customer_id"].tolist() == [1, 2]
    for raw, words in (
        (gzip.compress(text.encode())[:20], "packed by gzip and damaged"),
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"PK\x03\x04abc", "a zip archive; unpack it first"),
        (b"PAR1abc", "a Parquet file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0abc", "an old workbook"),
    ):
        with pytest.raises(ValueError, match=words):
            read_log(file(tmp_path, raw, "other"))


def test_a_file_without_names_is_told_to_get_some(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the first line \(00001, 19970101, 1, 11.77\) looks like data"):
        read_log(file(tmp_path, " 00001 19970101  1   11.77\n 00002 19970102  1   11.77\n"))


def test_workbooks_are_read_where_their_reader_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, b"PK\x03\x04....xl/workbook.xml....", "orders.xlsx")
    monkeypatch.setattr("sim.equity.log_files.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"orders.xlsx is a workbook .*save its sheet as CSV, or install .*openpyxl"):
        read_log(path)
    sheet = pd.DataFrame(
        [
            ["Sales 2024", None, None],
            ["Client", "Day", "Total"],
            [7, pd.Timestamp("2024-01-31 10:00"), 5.5],
            [None, None, None],
            [8, pd.Timestamp("2024-02-01"), "x"],
        ],
        dtype=object,
    )
    monkeypatch.setattr("sim.equity.log_files.find_spec", lambda name: True)
    monkeypatch.setattr(pd, "read_excel", lambda path, **how: sheet)
    with pytest.raises(ValueError, match="Total, row 5: 'x' is no amount"):
        read_log(path, date="Day")
    log = read_log(path, date="Day", customer="Client", amount="Client", only={"Total": "5.5"})
    assert days(log) == ["2024-01-31"]


@pytest.mark.skipif(find_spec("openpyxl") is None, reason="nothing that writes workbooks is installed")
def test_a_real_workbook(tmp_path: Path) -> None:
    column([pd.Timestamp("2024-01-31")], [5.5], ["a"]).to_excel(tmp_path / "log.xlsx", index=False)
    assert read_log(tmp_path / "log.xlsx").frame["amount"].tolist() == [5.5]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("sep=;\n", ""),
        ("\ufeffsep=;\n", ""),
        ("Sales report 2024;;\n;;\n", "'Sales report 2024'"),
        ("Shop;North\nfrom;2024-01-01\n\n", "'Shop North', 'from 2024-01-01'"),
    ],
)
def test_lines_above_the_names(tmp_path: Path, head: str, words: str) -> None:
    log = read_log(file(tmp_path, head + "customer;date;amount\na;2024-01-31;5,25\nb;2024-02-01;6\n"))
    assert log.frame["amount"].tolist() == [5.25, 6.0]
    above = [note for note in log.notes if note.startswith("Above the names")]
    assert above == ([f"Above the names of the columns, left out: {words}."] if words else [])


def test_copies_of_rows_are_counted_and_columns_have_names_of_their_own(tmp_path: Path) -> None:
    rows = "a,2024-01-31,5\nb,2024-02-01,6\n"
    log = read_log(file(tmp_path, "customer,date,amount\n" + rows * 2))
    assert any(note.startswith("2 of 4 rows are exact copies of another row") for note in log.notes)
    assert not any("copies" in note for note in read_log(file(tmp_path, "customer,date,amount\n" + rows)).notes)
    lines = "customer,date,amount,item\na,2024-01-31,5,x\na,2024-01-31,5,y\n"
    assert not any("copies" in note for note in read_log(file(tmp_path, lines)).notes), "they differ in another column"
    assert any("1 of 2 rows" in note for note in read_log(column(["2024-01-01"] * 2, customer=["a", "a"])).notes)
    with pytest.raises(ValueError, match="two columns have the name 'date'"):
        read_log(file(tmp_path, "customer,date,date\na,2024-01-31,2024-01-31\n"))
    with pytest.raises(ValueError, match="two columns have the name 'date'"):
        read_log(pd.DataFrame([[1, 2, 3]], columns=["customer", "date", "date"]))
    assert len(read_log(file(tmp_path, "customer,date,amount,,\na,2024-01-31,5,,\n")).frame) == 1


def test_an_absurd_amount_is_named() -> None:
    log = read_log(column(amount=[5, 6, 7, 8, 9.9e14, 6]))
    assert any(
        "amount, row 5: 990,000,000,000,000 is more than 50 times any other amount (at most 8)" in note
        for note in log.notes
    )
    assert not any("times any other" in note for note in read_log(column(amount=[5, 6, 7, 8, 300, 6])).notes)


def test_a_table_of_durations_is_sent_to_its_own_calculators() -> None:
    table = pd.DataFrame({"customerID": ["a", "b"], "tenure": [3, 9], "Churn": ["Yes", "No"]})
    with pytest.raises(ValueError, match=r"a table of durations \(tenure, Churn\).*sim.equity.survival"):
        read_log(table)


def paying(free: list[tuple[int, float, float]]) -> Log:
    rng = np.random.default_rng(1)
    rows = [
        (who, float(time), float(rng.gamma(5, 4))) for who in range(30) for time in sorted(rng.choice(50, 1 + who % 4))
    ]
    return Log(pd.DataFrame([*rows, *free], columns=["customer_id", "date", "amount"]), {})


def test_who_never_paid_is_worth_nothing() -> None:
    fitted = fit_log(paying([(100, 3.0, 0.0), (101, 4.0, 0.0), (101, 9.0, 0.0)]), FitPlan(split=0))
    values = fitted.values.set_index("customer_id")
    assert values.loc[[100, 101], "value"].tolist() == [0.0, 0.0]
    assert (values.drop([100, 101])["value"] > 0).all()
    assert any("1 customer bought again but paid nothing" in note for note in fitted.notes)


def heavy_tailed(q: float) -> Log:
    """Spend whose mean is just finite, or just infinite."""
    rng = np.random.default_rng(11)
    level = 20.0 / rng.gamma(q, 1.0, 800)
    rows = [
        (who, float(week), float(level[who] * rng.gamma(1.5)))
        for who in range(800)
        for week in range(0, 10 * (1 + who % 3), 10)
    ]
    return Log(pd.DataFrame(rows, columns=["customer_id", "date", "amount"]), {})


def test_a_mean_that_is_not_determined_is_the_observed_one_and_said_so() -> None:
    for q in (0.98, 1.0, 1.02):
        fitted = fit_log(heavy_tailed(q), FitPlan(split=0))
        assert fitted.spending is not None
        assert not fitted.spending.mean_is_known
        once = fitted.values[fitted.values["frequency"] == 0]["expected_spend"]
        observed = fitted.rfm["monetary_value"][fitted.rfm["frequency"] > 0].mean()
        assert once.to_numpy() == pytest.approx(observed)
        assert any(
            "do not determine the mean spend of all" in note and f"{observed:,.2f}" in note for note in fitted.notes
        )
    known = fit_log(heavy_tailed(4.0), FitPlan(split=0))
    assert known.spending is not None
    assert known.spending.mean_is_known
    assert known.values.loc[known.values["frequency"] == 0, "expected_spend"].to_numpy() == pytest.approx(
        known.spending.mean_spend
    )


@pytest.mark.system
@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read as Linux tells it")
def test_a_million_rows_take_seconds_and_little_memory(tmp_path: Path) -> None:
    import subprocess

    rng = np.random.default_rng(1)
    minutes = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 730 * 1440, 60_000), unit="min")
    order = np.sort(rng.integers(0, 60_000, 1_000_000))
    path = tmp_path / "lines.csv"
    pd.DataFrame(
        {
            "Invoice": order,
            "Item": np.char.add("BAG NUMBER ", rng.integers(0, 4000, order.size).astype(str)),
            "Quantity": rng.integers(1, 24, order.size),
            "Price": np.round(rng.gamma(2, 2, order.size), 2),
            "InvoiceDate": minutes.strftime("%Y-%m-%d %H:%M:%S").to_numpy()[order],
            "Customer ID": (order % 20_000) + 12_000,
        }
    ).to_csv(path, index=False)
    code = (
        "import re, sys, time; from sim.equity.rfm import read_log, rfm_table; began = time.process_time(); "
        "log = read_log(sys.argv[1]); rfm_table(log.frame, amount='amount'); used = time.process_time() - began; "
        "print(len(log.frame), used, int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    rows, seconds, megabytes = (float(one) for one in done.stdout.split())
    assert rows == 1_000_000
    assert seconds < 5.0, "2.5 s where nothing else runs"
    assert megabytes < 500.0
