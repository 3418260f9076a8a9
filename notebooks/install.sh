#!/usr/bin/env bash
# Installs what the notebooks need: Deno (into notebooks/node_modules) and its kernel (into notebooks/.jupyter).
# nbconvert comes from Debian's packages when it is missing and this is root on Debian; elsewhere the command is printed.
set -euo pipefail
cd "$(dirname "$0")"

[ -d ../node_modules/@candlewatch/core ] || { echo "Run 'npm ci' in the repository's root first." >&2; exit 1; }

# The platform's package holds the program itself: no install script has to run.
npm ci --ignore-scripts --no-audit --no-fund --loglevel error
deno=$(ls "$PWD"/node_modules/@deno/*/deno)

mkdir -p .jupyter/kernels/deno
# "source" makes workspace imports resolve to the TypeScript sources: no build is needed, and none can be stale.
cat >.jupyter/kernels/deno/kernel.json <<JSON
{
  "argv": ["$deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
  "display_name": "Deno",
  "language": "typescript",
  "env": { "DENO_CONDITIONS": "source", "DENO_DIR": "$PWD/.jupyter/deno", "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1" }
}
JSON

has_nbconvert() { for python in /usr/bin/python3 python3; do "$python" -c 'import nbconvert, jupyter_client' 2>/dev/null && return; done; return 1; }
packages='python3-nbconvert jupyter-core jupyter-client'
if ! has_nbconvert; then
  if [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ]; then
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
  else
    echo "nbconvert is missing. On Debian and Ubuntu: sudo apt-get install $packages" >&2
    echo "Elsewhere: pip install nbconvert jupyter-core jupyter-client" >&2
    exit 1
  fi
fi
echo "$("$deno" --version | head -1), kernel in notebooks/.jupyter. Run notebooks/run.sh."
