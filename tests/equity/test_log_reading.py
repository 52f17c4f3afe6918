"""Any user's file: separators, letters, names of columns, dates and amounts; complaints that name line and column."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equity.logs import NAMES, Log, read_log


def answer(source: Path | pd.DataFrame) -> tuple[Log | None, str]:
    """The log, or the words of the refusal; any other error is a fault."""
    try:
        return read_log(source), ""
    except ValueError as error:
        return None, str(error)


def file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "my orders.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(tmp_path: Path, separator: str, encoding: str) -> None:
    text = "Customer ID;Order Date;Total\nАнна;2024-01-31;12.50\nБорис;2024-02-01;7\n".replace(";", separator)
    log = read_log(file(tmp_path, text, encoding))
    assert log.columns == {"customer": "Customer ID", "date": "Order Date", "amount": "Total"}
    assert log.frame["customer_id"].tolist() == ["Анна", "Борис"]
    assert log.frame["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-31", "2024-02-01"]
    assert log.frame["amount"].tolist() == [12.5, 7.0]
    assert log.notes[-1] == ("Columns taken by their names: Customer ID as customer, Order Date as date, "
                             "Total as amount.")


def test_windows_letters_are_read_and_told(tmp_path: Path) -> None:
    log = read_log(file(tmp_path, "Клиент;Дата заказа;Сумма\nАнна;31.01.2024;1 234,50\n", "cp1251"))
    assert log.columns == {"customer": "Клиент", "date": "Дата заказа", "amount": "Сумма"}
    assert log.frame["amount"].tolist() == [1234.5]
    assert "The file is not UTF-8: read as Windows-1251, for example 'Клиент' (or say the encoding)." in log.notes


def test_quoted_cells_and_empty_lines(tmp_path: Path) -> None:
    text = 'id,note,date,amount\r\n1,"a, b\nand more",2024-01-31,"1,234.50"\r\n\r\n2,,2024-01-31,3\r\n'
    log = read_log(file(tmp_path, text))
    assert log.frame["amount"].tolist() == [1234.5, 3.0]
    assert log.frame["customer_id"].tolist() == [1, 2]


@pytest.mark.parametrize(("texts", "wanted"), [
    (["2024-01-31", "2024-12-01"], ["2024-01-31", "2024-12-01"]),
    (["2024-01-31T10:00:00Z", "2024-12-01 08:00"], ["2024-01-31", "2024-12-01"]),
    (["20240131", "20241201"], ["2024-01-31", "2024-12-01"]),
    (["31.01.2024", "1.12.24"], ["2024-01-31", "2024-12-01"]),
    (["31/01/2024", "01/12/2024"], ["2024-01-31", "2024-12-01"]),
    (["01/31/2024", "12/01/2024 14:05"], ["2024-01-31", "2024-12-01"]),
    (["2024/1/31", "2024.12.1"], ["2024-01-31", "2024-12-01"]),
])
def test_dates(texts: list[str], wanted: list[str]) -> None:
    log = read_log(pd.DataFrame({"customer": [1, 2], "date": texts}))
    assert log.frame["date"].dt.strftime("%Y-%m-%d").tolist() == wanted


def test_dates_in_a_form_that_is_given() -> None:
    log = read_log(pd.DataFrame({"customer": [1, 2], "date": ["Jan 5, 2024", "Feb 7, 2024"]}), date_format="%b %d, %Y")
    assert log.frame["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-05", "2024-02-07"]


def test_plain_numbers_stay_periods() -> None:
    assert read_log(pd.DataFrame({"customer": [1, 2], "week": ["3", "11.0"]})).frame["date"].tolist() == [3.0, 11.0]
    assert read_log(pd.DataFrame({"customer": [1, 2], "week": [3, 11]})).frame["date"].tolist() == [3.0, 11.0]
    dates = read_log(pd.DataFrame({"customer": [1], "date": [19970101]})).frame["date"]
    assert dates.dt.strftime("%Y-%m-%d").tolist() == ["1997-01-01"]


@pytest.mark.parametrize(("texts", "wanted"), [
    (["12", "1234.5"], [12.0, 1234.5]), (["1,234.50", "7"], [1234.5, 7.0]), (["1.234,50", "7"], [1234.5, 7.0]),
    (["1 234,50", "7,5"], [1234.5, 7.5]), (["$1,234,567", "$3"], [1234567.0, 3.0]), (["€ 3,10", "4"], [3.1, 4.0]),
    (["3.100 EUR", "4.25 EUR"], [3.1, 4.25]), (["1,234", "5,25"], [1.234, 5.25]), (["1,234", "5.25"], [1234.0, 5.25]),
    (["1'234.50", "2e3"], [1234.5, 2000.0]), (["12 руб.", "7"], [12.0, 7.0]), ([".5", "5."], [0.5, 5.0]),
])
def test_amounts(texts: list[str], wanted: list[float]) -> None:
    log = read_log(pd.DataFrame({"customer": [1, 2], "date": ["2024-01-01"] * 2, "amount": texts}))
    assert log.frame["amount"].tolist() == pytest.approx(wanted)


def test_returns_are_left_out_and_counted() -> None:
    log = read_log(pd.DataFrame({"customer": [1, 1, 2], "date": [1, 2, 3], "amount": [5.0, -5.0, 0.0]}))
    assert log.frame["amount"].tolist() == [5.0, 0.0]
    assert "1 row with an amount below 0 (returns) left out." in log.notes


def test_a_log_without_amounts_is_fine() -> None:
    log = read_log(pd.DataFrame({"customer": [1, 1], "date": [1, 2]}))
    assert log.frame.columns.tolist() == ["customer_id", "date"]
    assert "No column of amounts: purchases are counted, money is left out." in log.notes


def test_columns_can_be_named_and_rows_chosen(tmp_path: Path) -> None:
    text = "firm,a,b,c\nRush,1,2024-01-01,5\nRoot,2,2024-01-02,6\nRoot,3,2024-01-03,7\n"
    log = read_log(file(tmp_path, text), customer="a", date="b", amount="c", only={"firm": "Root"})
    assert log.frame["customer_id"].tolist() == [2, 3]
    assert log.notes == ("Columns as you named them: a as customer, b as date, c as amount.",)


@pytest.mark.parametrize(("text", "words"), [
    ("id,date,amount\n1,2024-01-01,5\n2,2024-13-01,5\n", "date, line 3: '2024-13-01' is no date: month must be in 1"),
    ("id,date,amount\n1,2024-01-01,5\n\n2,,5\n", "date, line 4: the cell is empty"),
    ("id,date,amount\n1,2024-01-01,five\n", "amount, line 2: 'five' is no amount; allowed are 1234.5"),
    ("id,date,amount\n,2024-01-01,5\n", "id, line 2: the cell is empty"),
    ("id,date,amount\n1,2024-01-01\n", "line 2: 2 cells, but the line of names has 3"),
    ("id,date,amount\n1,3/4/2024,5\n", "day and month cannot be told apart; say the form, date_format='%d/%m/%Y' or"),
    ("id,date,amount\n1,13/4/2024,5\n2,4/13/2024,5\n", "some can only be day/month, some only month/day"),
    ("id,date,amount\n1,2024-01-01,\"1,234\"\n", "may be thousands or decimals"),
    ("id,date,amount\n1,2024-01-01,\"1.234,5\"\n2,2024-01-01,\"1,234.5\"\n", "elsewhere in the column the decimal"),
    ("id,what\n1,2\n", "date: no column looks like it; the columns are id, what"),
    ("date,what\n1,2\n", "customer: no column looks like it"),
    ("id\n1\n", "one column only"),
    ("id,date\n", "no rows below the line of names"),
    ("", "the file is empty"),
    ("id,date,amount\n1,2024-01-01,nan\n", "'nan' is no amount"),
    ("id,date,amount\n1,2024-01-01,1e300\n", "'1e300' is no amount"),
])
def test_what_cannot_be_read_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_log(file(tmp_path, text))


def test_a_missing_column_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"customer: there is no column 'custmer' \(did you mean customer\?\)"):
        read_log(pd.DataFrame({"customer": [1], "date": [1]}), customer="custmer")


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path / "nothing.csv")
    with pytest.raises(TypeError, match="source: a path or a DataFrame"):
        read_log(5)  # type: ignore[arg-type]


def test_common_names_are_unambiguous() -> None:
    every = [name for names in NAMES.values() for name in names]
    assert len(every) == len(set(every))


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "log.csv"
    path.write_text("id,date,amount\n" + text, encoding="utf-8", errors="replace")
    log, words = answer(path)
    assert words if log is None else len(log.frame)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "log.csv"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=r"."):
        read_log(path)


@given(st.lists(st.tuples(st.text("ab1 2", min_size=1), st.sampled_from(["5", "2024-01-05", "1.2.2024", "x", "7/8/24"]),
                          st.sampled_from(["1", "1,5", "1.5", "", "-3", "1,234", "x"])), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_table_is_read_or_refused_in_words(rows: list[tuple[str, str, str]]) -> None:
    log, words = answer(pd.DataFrame(rows, columns=["client", "day", "sum"]))
    if log is None:
        assert words.split(",")[0].split(":")[0] in ("client", "day", "sum", "source")
    else:
        assert log.frame.notna().all(axis=None)
