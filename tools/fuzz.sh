#!/usr/bin/env bash
# Runs every fuzz target of the project, one after the other, for the time given. What a target finds, it
# writes into testdata/fuzz of its package, where go test takes it up; a target with a find ends, and the
# others run all the same.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${1:-30s}
targets=$(
	# `go test -list` prints a package's targets and then the package itself.
	go test -vet=off -list '^Fuzz' ./... | awk '
		/^Fuzz/ { targets[++n] = $1 }
		/^ok/   { for (i = 1; i <= n; i++) print $2, targets[i] }
		/^ok|^\?/ { n = 0 }'
)
if [ -z "$targets" ]; then
	echo "no fuzz target was found: does every package build?" >&2
	exit 1
fi
ran=0
failed=()
while read -r package target; do
	echo "==> $package $target"
	go test -vet=off -run '^$' -fuzz "^${target}\$" -fuzztime "$duration" -fuzzminimizetime 10s "$package" ||
		failed+=("$package $target")
	ran=$((ran + 1))
done <<<"$targets"
echo "$ran fuzz targets ran for $duration each, ${#failed[@]} failed"
if [ "${#failed[@]}" -gt 0 ]; then
	printf '%s\n' "${failed[@]}" >&2
	exit 1
fi
