"""What is counted at the end of a period: whole numbers only, so no order of adding matters."""

from __future__ import annotations

from typing import Any

from sim.engine.phase import each
from sim.engine.state import ONE
from sim.numerics.elementary import where, whole


@each("firms", adds="count.active_customers count.lapsed_customers count.aware_people count.delighted count.content"
                    " count.disappointed count.angry count.first_time count.repeat count.committed count.lapsed")
def census(me: Any, tie: Any, p: Any) -> Any:
    """Who is active, who lapsed, how the active feel, which stage of the relation they are in."""
    active = me.present & (tie.idle < p.active_window)
    once_bought = me.present & (tie.experiences > 0)
    good, excited = me.valence >= 0.0, me.arousal >= p.excited
    devoted = active & (tie.commitment >= p.devoted)
    plain = active & (tie.commitment < p.devoted)
    return (where(active, 1, 0), where(once_bought & (tie.idle == p.active_window), 1, 0),
            where(me.present & tie.aware, 1, 0),
            where(active & good & excited, 1, 0), where(active & good & (me.arousal < p.excited), 1, 0),
            where(active & (me.valence < 0.0) & (me.arousal < p.excited), 1, 0),
            where(active & (me.valence < 0.0) & excited, 1, 0),
            where(plain & (tie.experiences == 1), 1, 0), where(plain & (tie.experiences > 1), 1, 0),
            where(devoted, 1, 0), where(once_bought & (tie.idle >= p.active_window), 1, 0))


@each("firms", adds="count.satisfaction_total count.expectation_total count.trust_total count.commitment_total"
                    " count.habit_total count.grievance_total count.knowledge_total count.valence_total"
                    " count.arousal_total")
def feelings(me: Any, tie: Any, p: Any) -> Any:
    """Totals of the inner state of active customers, in whole parts of a millionth."""
    one = where(me.present & (tie.idle < p.active_window), ONE, 0.0)
    return (whole(one * tie.satisfaction), whole(one * tie.expectation), whole(one * tie.trust),
            whole(one * tie.commitment), whole(one * tie.habit), whole(one * tie.grievance),
            whole(one * tie.knowledge), whole(one * me.valence), whole(one * me.arousal))


OBSERVING = (census, feelings)
