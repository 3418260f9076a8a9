#!/usr/bin/env bash
# Executes the notebooks and writes their outputs into them; exits with an error when a cell fails.
#   notebooks/run.sh            all of them, in place
#   notebooks/run.sh --check    tests and types of the modules, then all notebooks, written nowhere: for CI
#   notebooks/run.sh 01*.ipynb  some
# A file of your own (CANDLEWATCH_CSV) is never written into the notebooks: its outputs go to notebooks/.jupyter/out.
set -euo pipefail
csv=${CANDLEWATCH_CSV:+$(realpath "$CANDLEWATCH_CSV")}
cd "$(dirname "$0")"
export CANDLEWATCH_CSV="$csv"

check=false
if [ "${1:-}" = --check ]; then
  check=true
  shift
fi
[ $# -gt 0 ] || set -- *.ipynb

deno=$(ls "$PWD"/node_modules/@deno/*/deno 2>/dev/null) || { echo "Run notebooks/install.sh first." >&2; exit 1; }
for python in /usr/bin/python3 python3; do "$python" -c 'import nbconvert' 2>/dev/null && break; done

export JUPYTER_PATH="$PWD/.jupyter" JUPYTER_DATA_DIR="$PWD/.jupyter" JUPYTER_CONFIG_DIR="$PWD/.jupyter/config" JUPYTER_RUNTIME_DIR="$PWD/.jupyter/runtime"
mkdir -p "$JUPYTER_RUNTIME_DIR"

export DENO_DIR="$PWD/.jupyter/deno" DENO_CONDITIONS=source NO_COLOR=1
if $check; then
  ../node_modules/.bin/tsc -p .
  "$deno" test -A --no-check --quiet ./*.test.ts
fi

# Without times in the outputs, the same rows give the same files.
execute() {
  "$python" -m nbconvert --to notebook --execute --log-level WARN --output-dir .jupyter/out \
    --ExecutePreprocessor.timeout=300 --ExecutePreprocessor.record_timing=False "$1"
}
for notebook in "$@"; do
  for attempt in 1 2 3; do
    execute "$notebook"
    if "$deno" run -A --no-check lost-outputs.ts ".jupyter/out/$notebook"; then break; fi
    [ $attempt -lt 3 ] || exit 1
  done
  if [ -n "$CANDLEWATCH_CSV" ]; then
    echo "$notebook ran; see notebooks/.jupyter/out"
  elif $check; then
    if cmp -s "$notebook" ".jupyter/out/$notebook"; then echo "$notebook ran: outputs as committed"
    else echo "$notebook ran: outputs differ from those committed; notebooks/run.sh renews them"; fi
  else
    cp ".jupyter/out/$notebook" "$notebook"
    echo "$notebook ran"
  fi
done
