#!/usr/bin/env bash
# Installs what the tests in this folder need into .candlewatch/components. Does nothing if it is there already.
# Python's venv and PostgreSQL's programs come from Debian's packages if they are missing and this is root on Debian; elsewhere the command is printed.
set -euo pipefail
cd "$(dirname "$0")/../.."

# pg_dump and pg_restore, with the server of their version.
if ! ls /usr/lib/postgresql/*/bin/pg_restore >/dev/null 2>&1 && ! command -v pg_restore >/dev/null; then
  if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null
  else
    echo "The tests in test/components need pg_dump and pg_restore. On Debian: sudo apt-get install postgresql" >&2
    exit 1
  fi
fi

venv=.candlewatch/components/python
wanted=test/components/requirements.txt
if cmp -s "$wanted" "$venv/installed.txt"; then exit 0; fi

# scikit-learn 1.2.1 has no packages for Python 3.12 or later.
fits='import sys, venv, ensurepip; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 11))'
find_python() {
  local python
  for python in python3.11 python3.10 python3 /usr/bin/python3; do
    if "$python" -c "$fits" 2>/dev/null; then command -v "$python" && return; fi
  done
  return 1
}

if ! python=$(find_python); then
  if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null
  fi
  python=$(find_python) || {
    echo "The tests in test/components need Python 3.10 or 3.11 with venv. On Debian 12: sudo apt-get install python3-venv" >&2
    echo "Elsewhere: pyenv install 3.11, or uv python install 3.11, so that python3.11 is on the PATH." >&2
    exit 1
  }
fi

rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
cp "$wanted" "$venv/installed.txt"
echo "Installed for test/components: $("$venv/bin/python" --version), $(grep -v '^#' "$wanted" | paste -sd' ')"
