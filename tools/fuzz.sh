#!/usr/bin/env bash
# Runs every fuzz target of the project, one after the other, for the time given.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${1:-30s}
found=0
while read -r package target; do
	echo "==> $package $target"
	go test -run '^$' -fuzz "^${target}\$" -fuzztime "$duration" "$package"
	found=$((found + 1))
done < <(
	# `go test -list` prints a package's targets and then the package itself.
	go test -list '^Fuzz' ./... | awk '
		/^Fuzz/ { targets[++n] = $1 }
		/^ok/   { for (i = 1; i <= n; i++) print $2, targets[i] }
		/^ok|^\?/ { n = 0 }'
)
if [ "$found" -eq 0 ]; then
	echo "no fuzz target was found: does every package build?" >&2
	exit 1
fi
echo "$found fuzz targets ran for $duration each"
