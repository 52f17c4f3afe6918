"""One file per command. The function has the file's name; `PANEL` says under which heading of the help it stands."""
