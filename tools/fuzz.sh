#!/usr/bin/env bash
# Runs every fuzz target of the project, one after the other, for the time given. What a target finds, it
# writes into testdata/fuzz of its package, where go test takes it up; a target with a find ends, and the
# others run all the same. With "keep", a few small inputs that reached new code are kept there too.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${1:-30s}
keep=${2:-}

# keep_some copies inputs of at most 500 bytes, twenty for a target, from the cache of the go command.
keep_some() {
	local cache folder
	cache="$(go env GOCACHE)/fuzz/$1/$2"
	folder="$(go list -f '{{.Dir}}' "$1")/testdata/fuzz/$2"
	[ -d "$cache" ] || return 0
	mkdir -p "$folder"
	find "$cache" -type f -size -501c | sort | head -20 | xargs -r cp -n -t "$folder"
}
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
	go test -vet=off -run '^$' -fuzz "^${target}\$" -fuzztime "$duration" -fuzzminimizetime 10x "$package" ||
		failed+=("$package $target")
	if [ "$keep" = keep ]; then
		keep_some "$package" "$target"
	fi
	ran=$((ran + 1))
done <<<"$targets"
echo "$ran fuzz targets ran for $duration each, ${#failed[@]} failed"
if [ "${#failed[@]}" -gt 0 ]; then
	printf '%s\n' "${failed[@]}" >&2
	exit 1
fi
