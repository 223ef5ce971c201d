#!/usr/bin/env bash
# Generates docs/ and what go:generate directives ask for. With --check it leaves docs/ alone, and
# fails where what is there is not what would be generated.
set -euo pipefail
cd "$(dirname "$0")/.."

# tfplugindocs takes paths relative to the project only.
work=.tools/docs
rm -rf "$work"
mkdir -p "$work/templates/guides"
trap 'rm -rf "$work"' EXIT

# The sum of all files beside a go:generate directive, to see whether it changed one.
beside_directives() {
	grep -rl '^//go:generate' --include='*.go' internal | xargs -n 1 dirname | sort -u |
		while read -r folder; do find "$folder" -maxdepth 1 -type f; done | sort | xargs cksum
}

before=$(beside_directives)
go generate ./...
after=$(beside_directives)

# What the pages of all kinds share stands once: a line @NAME@ is replaced by the file templates/NAME.
cp -R templates/. "$work/templates"
for page in templates/*.tmpl; do
	awk '/^@[a-z]+@$/ { gsub("@", ""); while ((getline line < ("templates/" $0)) > 0) print line; close("templates/" $0); next } { print }' \
		"$page" >"$work/$page"
done
rm "$work/templates/subcategory" "$work/templates/retired"
go run ./internal/registrydocs -schemas "$work/schemas.json" -guides "$work/templates/guides"

render() {
	"${TFPLUGINDOCS:-.tools/bin/tfplugindocs}" "$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		exit 1
	}
}

out=docs
if [ "${1:-}" = --check ]; then
	out=$work/rendered
fi
mkdir -p "$out"
render generate --provider-name azuremedia --rendered-provider-name "Azure Media" \
	--providers-schema "$work/schemas.json" --website-source-dir "$work/templates" \
	--rendered-website-dir "$out"

if [ "${1:-}" = --check ]; then
	if [ "$before" != "$after" ] || ! diff -r docs "$out"; then
		echo "generated files are not up to date: run make generate and commit what it changes" >&2
		exit 1
	fi
fi
render validate --provider-name azuremedia --providers-schema "$work/schemas.json"
