"""The public names of `sim` and where they live: read by type checkers, and by `__init__.py` when a name is used."""
# ruff: noqa: I001 (one line for each home)

from sim import equity as equity
from sim import figures as figures
from sim import games as games
from sim import teaching as teaching
from sim.app.serve import lab as lab
from sim.firms.plans import Plan as Plan, Seen as Seen
from sim.firms.strategies import Strategy as Strategy
from sim.lives.meeting import meet as meet
from sim.lives.person import Person as Person
from sim.lives.side_by_side import Meeting as Meeting
from sim.market.customer import Customer as Customer
from sim.market.firm import Firm as Firm
from sim.market.market import Market as Market
from sim.records.records import Records as Records
from sim.reports.board import Report as Report, report as report
from sim.runs.replay import Replay as Replay, replay as replay
from sim.runs.run import Run as Run, run as run
from sim.scenario import Scenario as Scenario, ScenarioError as ScenarioError, load as load
from sim.studies.against_nothing import AgainstNothing as AgainstNothing, against_nothing as against_nothing
from sim.studies.by_chance import ByChance as ByChance, by_chance as by_chance
from sim.studies.calibrate import Calibration as Calibration, calibrate as calibrate
from sim.studies.compare import Comparison as Comparison, compare as compare
from sim.studies.figure_tables import draw as draw, save_pictures as save_pictures
from sim.studies.drivers import Drivers as Drivers, drivers as drivers
from sim.studies.economy import Economy as Economy, economy as economy
from sim.studies.equity_report import EquityReport as EquityReport, equity_report as equity_report
from sim.studies.facts import Facts as Facts, facts as facts
from sim.studies.flip import Flip as Flip, flip as flip
from sim.studies.ladder import Ladder as Ladder, ladder as ladder
from sim.studies.mechanism_effects import MechanismEffects as MechanismEffects
from sim.studies.neutrality import Neutrality as Neutrality, neutrality as neutrality
from sim.studies.optimise import Optimum as Optimum, optimise as optimise
from sim.studies.replicate import Replication as Replication, replicate as replicate
from sim.studies.sample import Sample as Sample, sample as sample
from sim.studies.sensitivity import Sensitivity as Sensitivity, sensitivity as sensitivity
from sim.studies.stress import StressTest as StressTest, stress as stress
from sim.studies.sweep import Sweep as Sweep, sweep as sweep
from sim.studies.truth import TruthStudy as TruthStudy, truth as truth
from sim.studies.why import Why as Why, why as why
from sim.studies.winner_map import WinnerMap as WinnerMap, winner_map as winner_map
from sim.studies.study_file import study as study
from sim.text.language import language as language
from sim.true_values.result import Truth as Truth

def reload() -> None: ...
