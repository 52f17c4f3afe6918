"""Plain values as YAML text that `yaml_reader` reads back as the same values."""

from __future__ import annotations

from typing import Any

import yaml

from sim.scenario.yaml_reader import looks_plain


class _Dumper(yaml.SafeDumper):
    """Block style, words quoted only where the reader would take them for something else."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Never abbreviate repeated values."""
        return True


def _word(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if looks_plain(text) and text.replace("\n", "").isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _untagged(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


_Dumper.add_representer(str, _word)
_Dumper.add_representer(float, lambda _, value: _untagged(repr(value)))
_Dumper.add_representer(int, lambda _, value: _untagged(str(value)))
_Dumper.add_representer(bool, lambda _, value: _untagged("true" if value else "false"))
_Dumper.add_representer(type(None), lambda _, __: _untagged("null"))


def write(data: dict[str, Any]) -> str:
    """YAML text of a mapping.

    >>> print(write({"clock": {"period": "week", "years": 3.0}, "title": "no"}), end="")
    clock:
      period: week
      years: 3.0
    title: no
    """
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False)
