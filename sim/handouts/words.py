"""The sentences of the page, in the language that is spoken when it is made."""

from __future__ import annotations

from sim.text.language import tr


def headings() -> dict[str, str]:
    """What stands in the page from the start: headings, labels, buttons, captions."""
    return {
        "firms": tr("The firms"),
        "differ": tr("Where the firms differ"),
        "lever": tr("what differs"),
        "bet": tr("Your bet"),
        "bet_note": tr("Bet before you look. What you write stays on this page: nothing is sent or kept."),
        "sure": tr("How sure are you?"),
        "because": tr("Because:"),
        "place": tr("Place the bet and see what happened"),
        "no_script": tr("This page plays with JavaScript. Open it in a browser that allows scripts in local files."),
        "reveal": tr("What happened"),
        "expected": tr("What was expected before the runs"),
        "play": tr("Move one thing"),
        "back": tr("Back to as written"),
        "typed": tr("Or type a value"),
        "measure": tr("Compare by"),
        "customers": tr("Customers over time"),
        "customers_note": tr("Active customers of each firm: mean of the runs, its 95 % interval as a band. Dotted: as "
                             "written."),
        "difference": tr("What differs, and how surely"),
        "difference_note": tr("Paired differences: the same people and the same random draws on both sides. Dot: mean; "
                              "line: 95 % interval. Where the line crosses the zero, it is too close to call."),
        "bars": tr("The numbers that count"),
        "bars_note": tr("Bar: mean of the runs; thin line: 95 % interval; small mark: as written."),
        "table": tr("The same as a table"),
        "people": tr("Meet three customers"),
        "people_note": tr("Three people of the first run, each in two lives: as written, and with one change."),
        "here": tr("As written"),
        "there": tr("With the change"),
        "limits": tr("What this model cannot tell"),
        "again": tr("How to get the same numbers again"),
        "again_page": tr("This page:"),
        "again_point": tr("The point that is shown:"),
        "in_full": tr("The scenario in full, as it was run"),
    }


def sentences() -> dict[str, str]:
    """What the page's own script fills in: templates with named gaps, words of tables."""
    return {
        "shown": tr("Shown: {settings}."),
        "setting": tr("{words}: {value}"),
        "asWritten": tr("{value} (as written)"),
        "nearest": tr("Nobody ran {typed}. The nearest point that was run is shown: {value}."),
        "level": tr("{metric}. {levels}."),
        "ofFirm": tr("{firm}: {value}"),
        "between": tr("{b} minus {a}: {difference} (95 % interval {span}). {verdict}"),
        "against": tr("{firm}, against as written: {difference} (95 % interval {span}). {verdict}"),
        "minus": tr("{b} minus {a}"),
        "change": tr("{firm}, against as written"),
        "unchanged": tr("This is the market as written."),
        "surely": tr("That is more than chance."),
        "open": tr("Too close to call."),
        "runs": tr("Runs at this point: {n}."),
        "bet": tr("You bet: {bet}. How sure: {sure} %."),
        "truth": tr("The runs say: {truth}."),
        "right": tr("You were right."),
        "wrong": tr("It came out otherwise. Why? Meet the customers below."),
        "tooClose": tr("Too close to call"),
        "rises": tr("It rises"),
        "falls": tr("It falls"),
        "year": tr("year"),
        "years": tr("years"),
        "firm": tr("firm"),
        "mean": tr("mean"),
        "interval": tr("95 % interval"),
        "differenceHead": tr("difference"),
        "metric": tr("measure"),
        "dotted": tr("as written"),
    }
