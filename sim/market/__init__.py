"""The market itself: births, the network, the simulation, and the Mesa face of it."""
