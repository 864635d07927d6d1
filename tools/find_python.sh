#!/bin/sh
# Print the newest Python from 3.14 down to 3.11 that can make a virtual environment.
# Otherwise say the one line to type, and fail.
version_is_enough='import sys; sys.exit(sys.version_info < (3, 11))'
found=
for python in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3}; do
    "$python" -c "$version_is_enough" >/dev/null 2>&1 || continue
    if "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        echo "$python"
        exit 0
    fi
    found=${found:-$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')}
done
if [ -n "$found" ]; then
    echo "$found cannot make virtual environments. Type:  sudo apt-get install -y $found-venv" >&2
elif [ "$(uname)" = Darwin ]; then
    echo "Upright needs Python 3.11 or newer. Type:  brew install python@3.13" >&2
else
    echo "Upright needs Python 3.11 or newer. Type:  sudo apt-get install -y python3 python3-venv" >&2
fi
exit 1
