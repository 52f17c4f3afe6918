"""One page that plays without a server: a grid of sliders run beforehand, a bet, the reveal, people to meet."""
