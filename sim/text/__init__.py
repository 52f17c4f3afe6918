"""How numbers, units, names, lists and tables are written for people; the console; files written whole."""
