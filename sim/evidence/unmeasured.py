"""Published regularities that are known and not measured, each with the reason."""

from __future__ import annotations

UNMEASURED = {
    "F27 Peak and end, not duration (Alaybek et al. 2022)": "it is about one episode as it is remembered; here an "
    "episode is one purchase, and memory of several is a moving mean that keeps no peaks.",
    "F28 How long emotions last (Verduyn & Lavrijsen 2015)": "anger lasts 2 hours, joy 35, sadness 120; a period is a "
    "week or a month, so a feeling is over within it and only mood is carried on, whose half-life is put in.",
}
