"""Names that somebody may give to files, firms, titles and options: saved, drawn, and never acting on the terminal."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Sim = Callable[..., Any]
ODD = ("..yaml", "-v.yaml", "$x$.yaml", "it's \"q\".yaml", "🙂.yaml", "a\nb.yaml", "a\x1b[31mred.yaml",
       "\u202egnp.yaml", " x .yaml", "a\\b.yaml")
MARKET = ("question: {question}\ntitle: {title}\nclock: {{years: 1}}\nmarket: {{customers: 30}}\n"
          "firms:\n  {firm}: {{}}\n  Root: {{price: 10}}\nwhat_if:\n  {what_if}: {{firms.Root.price: 9}}\n")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, firm: str = "F$a_b$ 🙂") -> None:
    words = {"question": "Who stays?\nRoot wins.", "title": "Costs $x$ \x1b[2J\u200b$y_$", "firm": firm,
             "what_if": "w/'$z^$\\"}
    text = MARKET.format(**{key: json.dumps(word, ensure_ascii=False) for key, word in words.items()})
    Path(name).write_text(text.replace("\x1b", "\\e"), encoding="utf-8")


def harmless(text: str) -> bool:
    return all(unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in text.replace("\n", ""))


@pytest.mark.skipif(os.name == "nt", reason="names that this system does not know")
@pytest.mark.parametrize("name", ODD)
def test_a_run_of_a_file_of_any_name_is_saved_where_it_is_found_again(sim: Sim, name: str) -> None:
    write(name)
    done = sim("run", f"./{name}", "-n", "1", "--no-idle", "--what-if", "w/'$z^$\\")
    assert done.code == 0, done.err
    assert harmless(done.out)
    assert done.out.splitlines()[0].startswith("Costs $x$ ␛[2J\\u200b$y_$")
    assert done.out.splitlines()[1].strip().startswith("Who stays? Root wins.")
    (saved,) = Path("runs").iterdir()
    assert not saved.name.startswith(".")
    assert sim("replay", saved.name.rpartition("-")[2]).code == 0


@pytest.mark.skipif(os.name == "nt", reason="names that this system does not know")
@pytest.mark.parametrize("arguments", [
    ("run", "no\nsuch\x1b[31m.yaml"), ("run", "first_look", "--set", "\x1b[2J=1"),
    ("run", "first_look", "--wh\x1b[31m"),
    ("run", "first_look", "--seed", "\x1b[31m1"), ("run", "first_look", "--out", "file\x1b[31m\nAll is well/in"),
    ("results", "no\u202e\nsuch.sqlite"), ("no\x1b[31m\nsuch",), ("validate", "wrong\x1b[31m\nAll is well.yaml"),
    ("replay", "no\x9bsuch"), ("run", "first_look", "--what-if", "no\x1b[31m\nsuch"),
    ("run", "first_look", "--outcomes", "no\x1b[31m\nsuch"), ("fit", "no\x1b[31m\nsuch.csv"),
])
def test_complaints_show_what_would_act_on_the_terminal(sim: Sim, arguments: tuple[str, ...]) -> None:
    wrong = 'question: "\\e[31m\\nAll is well"\nmarkt\u200b: {}\n'
    Path("wrong\x1b[31m\nAll is well.yaml").write_text(wrong, encoding="utf-8")
    Path("file\x1b[31m\nAll is well").touch()
    done = sim(*arguments)
    assert done.code == 2, done.out
    assert harmless(done.err), ascii(done.err)
    assert done.out == ""
    assert not any(line.strip("│ ").startswith(("All is well", "such")) for line in done.err.splitlines())


@pytest.mark.parametrize(("change", "words"), [
    ("firms=", "firms: nothing stands here"), ("firms.Root=", "expect[0].firm: there is no firm Root"),
])
def test_what_an_option_breaks_in_a_file_in_order_is_told_of_the_option(sim: Sim, change: str, words: str) -> None:
    done = sim("run", "first_look", "--set", change)
    assert (done.code, words in done.err) == (2, True)
    assert all(line.startswith("--set:1:1: ") for line in done.err.splitlines() if "problems" not in line)


def test_a_dollar_in_a_name_begins_no_formula(tmp_path: Path) -> None:
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    import sim
    import sim.studies.figure_tables

    write("odd.yaml", firm="F$a_b$ and $^$")
    study = sim.replicate("odd.yaml", 2)
    axes = sim.draw("customers_over_time", study)
    figure = axes.figure
    assert isinstance(figure, Figure)
    figure.canvas.draw()  # "$^$" is a formula that cannot be read
    texts = [text for text in figure.findobj(Text) if "$a_b$" in text.get_text()]
    assert texts
    assert not any(text.get_parse_math() for text in texts)
    assert mpl.rcParams["text.parse_math"]
    sim.studies.figure_tables.save_pictures(study, tmp_path, names=["customers_over_time"])
    assert (tmp_path / "customers_over_time.png").is_file()
