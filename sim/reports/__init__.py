"""The board report: one question, its answer with its interval, what it rests on, and what would overturn it.

`sim.report("leaky_bucket").save("report.html")` makes one file that needs nothing else: no script, no request.
"""
