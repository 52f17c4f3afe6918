"""The equity laboratory: calculators and estimators of customer lifetime value, usable without a simulation.

    from sim.equity import clv
    clv.lifetime_value(100.0, 0.8, 0.12, timing="immediate")

Every function takes plain numbers or arrays, states its formula, timing and source, and answers bad input with a
`ValueError` or `TypeError` that names the argument and says what is allowed.
"""
