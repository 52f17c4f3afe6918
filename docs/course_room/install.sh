#!/bin/sh
# Installs Clientele from this folder: no internet, no administrator rights. Needs Python 3.11 or newer with venv.
#   sh install.sh [PLACE]        PLACE: where to (left out: the folder clientele-room in your home)
# Another Python than python3: PYTHON=python3.12 sh install.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
place=${1:-$HOME/clientele-room}
"${PYTHON:-python3}" -m venv "$place"
"$place/bin/python" -m pip --isolated install --quiet --disable-pip-version-check --no-index --find-links "$here/wheels" \
    "clientele-lab[notebooks,app]"
"$place/bin/sim" lessons "$place/lessons"
"$place/bin/sim" doctor
echo
echo "Lessons:       $place/bin/jupyter lab $place/lessons"
echo "The live page: $place/bin/sim app leaky_bucket"
