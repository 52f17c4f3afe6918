"""The facts of the service market: feeling, survey, complaint and return (F09-F15). See fact_list.py for the words."""

from __future__ import annotations

from functools import partial

from fact_table import Fact, Part

SERVICE = "coffee_shop (full), price 10, 9.6 purchases a year, weekly, three equal firms"
service = partial(Part, "service")

SURVEYED = (
    Fact(
        "F09",
        "Bad news weighs more",
        "effect of one standard deviation below expectation over one above 1.2-2.5 (Tversky & Kahneman "
        "1992: 2.25; later 1.3-2.0)",
        "input",
        f"{SERVICE}; one week of better or worse delivery",
        (
            Part("impulse", "asymmetry", "effect on satisfaction, loss over joy", 1.2, 2.5),
            Part("impulse", "sd_of_gap", "one standard deviation (quality)"),
        ),
        "`psychology.appraisal.loss_aversion` (1.9)",
        (Part("impulse, equal weight", "asymmetry", "loss_aversion 1"),),
        "Loss aversion need not be all of it: memory ends at 1, which cuts joys off.",
    ),
    Fact(
        "F10",
        "Top box",
        "odds to come back, box 5 over box 4 of satisfaction, at least 2; convex in behaviour (Jones & Sasser 1995; "
        "Mittal & Kamakura 2001)",
        "mechanism",
        f"{SERVICE}; survey asks satisfaction",
        (
            service("top_box_odds", "odds ratio", low=2.0),
            service("convex", "step 4 to 5 less step 3 to 4", low=0.0, digits=3),
            service("back_3", "come back from box 3"),
            service("back_4", "box 4"),
            service("back_5", "box 5"),
        ),
        "Match, `psychology.appraisal.match_spread` (.17)",
        (
            Part("service, no match", "top_box_odds", "match off: odds"),
            Part("service, match .20", "top_box_odds", "match .20: odds"),
            Part("service, shipped survey", "top_box_odds", "survey as shipped (half commitment): odds"),
        ),
    ),
    Fact(
        "F11",
        "Satisfaction and loyalty",
        "correlation with loyalty as said .45-.70, with share of wallet under .30 "
        "(ECSI mobile .56, a Spanish bank .65)",
        "emergent",
        f"{SERVICE}; survey asks satisfaction",
        (
            service("liking_corr", "with recommendation", 0.45, 0.70),
            service("wallet_corr", "with next year's share of wallet", high=0.30),
        ),
        "Match: satisfaction then says where somebody belongs. F10 wants more of it, F11 less",
        (
            Part("service, no match", "wallet_corr", "match off: wallet"),
            Part("service, match .10", "wallet_corr", "match .10: wallet"),
            Part("service, match .10", "top_box_odds", "match .10: top-box odds (F10)"),
        ),
    ),
    Fact(
        "F12",
        "Inertia of the tenured",
        "the effect of one bad episode on coming back falls with purchases before (Bolton 1998)",
        "input",
        SERVICE,
        (
            service("effect_difference", "effect on heavy less on light buyers, share", low=0.0, digits=3),
            service("effect_light", "fewer than 5 purchases before", digits=3),
            service("effect_heavy", "20 and more", digits=3),
            service("log_odds_light", "in log odds: light"),
            service("log_odds_heavy", "in log odds: heavy"),
        ),
        "Damping, `psychology.bonds.inertia_per_purchase` (.06); grievance carries the effect",
        (
            Part("service, no inertia", "effect_difference", "damping off: heavy less light", digits=3),
            Part("service, no grievance", "effect_light", "grievance off: light", digits=3),
            Part("service, no grievance", "effect_heavy", "grievance off: heavy", digits=3),
        ),
    ),
)

TARP = "TARP, Goodman 2006"
COMPLAINTS = (
    Fact(
        "F13",
        "Complaining",
        f"of those with a problem 30-60 % complain; 50-75 % after a major, 5-30 % after a minor one ({TARP})",
        "input",
        SERVICE,
        (
            service("complain_all", "all", 0.30, 0.60),
            service("complain_major", "major failure", 0.50, 0.75, 3),
            service("complain_minor", "minor failure", 0.05, 0.30),
            service("complain_unfailed", "loss without a failure"),
        ),
        "`psychology.voice.base` (-2) moves all three; `psychology.voice.severity` (2) their distance",
        tuple(Part("service, voice -3", f"complain_{name}", f"base -3: {name}") for name in ("all", "major", "minor")),
    ),
    Fact(
        "F14",
        "Repurchase after a problem",
        f"silent < unresolved < resolved < resolved fast; worse after a major "
        f"one ({TARP}; order only, "
        "the levels 9/19/54/82 and 37/46/70/95 are intentions)",
        "input",
        f"{SERVICE}; answers after 4 weeks or at once",
        (
            *(
                Part("ladder", f"{severity}_step_{step}", f"{severity}: {words}", 0.0, digits=3)
                for severity in ("major", "minor")
                for step, words in (
                    (1, "unresolved less silent"),
                    (2, "resolved less unresolved"),
                    (3, "fast less resolved"),
                )
            ),
            Part("ladder", "milder_is_better", "minor less major, least of four", 0.0, digits=3),
            *(
                Part("ladder", f"{severity}_{name}", f"{severity}, {name}")
                for severity in ("major", "minor")
                for name in ("silent", "unresolved", "resolved", "fast")
            ),
        ),
        "Grievance carries the levels; `psychology.mending.ignored_keeps` (.70) sets unresolved against silent",
        (
            Part("ladder, no grievance", "major_silent", "grievance off: major, silent"),
            Part("ladder, no grievance", "major_fast", "grievance off: major, fast"),
            Part("ladder, ignored .85", "minor_step_1", "ignored_keeps .85: minor, unresolved less silent", digits=3),
            Part("ladder, ignored .85", "major_step_1", "ignored_keeps .85: major, unresolved less silent", digits=3),
        ),
    ),
    Fact(
        "F15",
        "Recovery paradox",
        "satisfaction after a mended first mild failure above that without a failure; no effect on coming back "
        "(de Matos et al. 2007). Expected not to appear",
        "input",
        SERVICE,
        (
            service(
                "paradox_mild_first",
                "first mild failure: change of satisfaction less that without failure",
                low=0.0,
                digits=3,
            ),
            service("paradox_back", "coming back, the same difference (within .02)", -0.02, 0.02, 3),
            service("paradox_mild_repeated", "repeated mild", digits=3),
            service("paradox_severe", "severe", digits=3),
        ),
        "`psychology.mending.overshoot` (.30)",
        (Part("service, overshoot 1", "paradox_mild_first", "overshoot 1 (its end): first mild", digits=3),),
    ),
)
