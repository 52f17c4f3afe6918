@echo off
rem NOT TRIED: nobody has run this file on Windows yet. It says what install.sh says, which was tried.
rem Installs Clientele from this folder: no internet, no administrator rights. Needs Python 3.11 or newer.
rem   install.bat [PLACE]        PLACE: where to (left out: the folder clientele-room in your home)
setlocal
set "place=%~1"
if "%place%"=="" set "place=%USERPROFILE%\clientele-room"
py -3 -m venv "%place%" || exit /b 1
"%place%\Scripts\python" -m pip --isolated install --quiet --disable-pip-version-check --no-index --find-links "%~dp0wheels" "clientele-lab[notebooks,app]" || exit /b 1
"%place%\Scripts\sim" lessons "%place%\lessons" || exit /b 1
"%place%\Scripts\sim" doctor || exit /b 1
echo.
echo Lessons:       "%place%\Scripts\jupyter" lab "%place%\lessons"
echo The live page: "%place%\Scripts\sim" app leaky_bucket
