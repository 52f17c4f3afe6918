"""`sim explain`: a scenario in words."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import Name, Set, WhatIf, overrides_from
from sim.cli.speech import Lang
from sim.text.console import say

PANEL = "Scenario files"


def explain(
    name: Name,
    guesses: Annotated[bool, typer.Option("--guesses", help="List every assumption in use that is a guess.")] = False,
    changes: Set = None,
    what_if: WhatIf = None,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the effective scenario, every number in it.")] = False,
    lang: Lang = None,
) -> None:
    """Tell a scenario in words: the market, the people, the firms side by side, what is expected and why."""
    from sim.firms.information import notices
    from sim.scenario.changes import builds_on_nothing, changes_in_words
    from sim.scenario.effective import effective_yaml
    from sim.scenario.explain import explain as in_words
    from sim.scenario.load import load, with_what_if

    del lang
    scenario = load(name, overrides_from(changes), overrides_from="--set")
    if what_if is not None:
        scenario = with_what_if(scenario, what_if)
    if as_yaml:
        say(effective_yaml(scenario).rstrip())
    else:
        said = [*notices(scenario), builds_on_nothing(scenario), changes_in_words(scenario)]
        say("\n\n".join([in_words(scenario, guesses=guesses).rstrip(), *filter(None, said)]))
