"""What a course needs: forecasts before a reveal, checks that hint, markets of students, marks that replay."""

from sim.teaching import check as check
from sim.teaching.forecasts import forecast as forecast
from sim.teaching.hand_ins import hand_in as hand_in
from sim.teaching.markets import assumptions as assumptions
from sim.teaching.markets import my_market as my_market
from sim.teaching.markets import size as size
from sim.teaching.reveals import reveal as reveal
