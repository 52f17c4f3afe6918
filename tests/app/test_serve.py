"""Serving: on this machine alone, and what is refused before anything is served."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.app import build

pytest.importorskip("panel_material_ui", reason="the extra `app` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # sockets of the server


def test_what_cannot_be_served_is_refused_in_a_sentence(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("extends: first_look\nquestion: '?'\nfirms: {Root: {strategy: 'mine.py:Mine'}}\n", encoding="utf-8")
    (tmp_path / "mine.py").write_text("raise SystemExit('was run')", encoding="utf-8")
    for name, words in (("leaky_buckett", "leaky_bucket"), ("base", "no firm"), (str(own), "is not run on this page")):
        done = CliRunner().invoke(build(), ["app", name, "--no-show"])
        assert done.exit_code == 2
        assert words in " ".join(done.output.split())


def test_a_port_that_is_taken_is_refused_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(build(), ["app", "first_look", "--no-show", "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 2
    assert "in use" in done.output


def test_the_address_is_of_this_machine_alone() -> None:
    from sim.app.serve import serve

    said: list[str] = []
    server = serve("first_look", show=False, ready=said.append, start=False)
    try:
        assert said == [f"http://127.0.0.1:{server.port}/"]
        assert {each.getsockname()[0] for each in server._http._sockets.values()} == {"127.0.0.1"}
    finally:
        server.unlisten()
        server.stop()
