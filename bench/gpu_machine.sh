#!/bin/sh
# Everything the benchmark has, in one call, on a Linux machine with an NVIDIA GPU and Node 20 or newer:
#   bench/gpu_machine.sh [folder for the results, default ./bench-results] [python that has torch, default: one is made]
# Needs the GPU's driver with Vulkan (libvulkan1, libegl1, and in containers NVIDIA_DRIVER_CAPABILITIES=all). Without a
# Python it makes a virtual environment with torch and fastai, for which it needs the network. Takes some 20 minutes.
set -u
cd "$(dirname "$0")/.."
results=$(mkdir -p "${1:-bench-results}" && cd "${1:-bench-results}" && pwd)
python=${2:-}

nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv | tee "$results/gpu.txt" || exit 1

[ -d node_modules ] || npm ci || exit 1
npm run --silent setup || exit 1
npm run --silent generate || exit 1

if [ -z "$python" ]; then
  python="$results/venv/bin/python"
  if [ ! -x "$python" ]; then
    python3 -m venv "$results/venv" && "$python" -m pip install --quiet torch fastai ||
      echo "No torch: PyTorch and fastai are left out."
  fi
fi

failed=0
bench() {
  name=$1
  shift
  node bench/run.mjs --adapter hardware --full --rounds 7 --json "$results/$name.json" "$@" 2>&1 | tee "$results/$name.txt"
  # Where there is no result, the GPU was not reached, or something is broken: the text says what.
  [ -s "$results/$name.json" ] || failed=1
}

bench chromium --python "$python" --phases size,ceilings,variants,calls,profile,first-use,train,infer,fit
bench node --engine node --python "$python" --phases ceilings,variants,calls,profile,train,infer,fit
echo "Results: $results"
exit $failed
