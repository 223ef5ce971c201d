#!/usr/bin/env bash
# The quickstart, as `make quickstart` and `make quickstart-destroy` run it:
#
#   run.sh [--destroy] TERRAFORM BIN
#
# TERRAFORM is the terraform or tofu to use, BIN the folder that holds the provider's binary.
# It writes only to this folder: Terraform's state, and the local Azure in .quickstart.
set -euo pipefail

destroy=false
if [ "$1" = --destroy ]; then
	destroy=true
	shift
fi
terraform=$1
bin=$2
provider=terraform-provider-azuremedia
tool=$(basename "$terraform")

cd "$(dirname "$0")"
data=.quickstart/azure.db
log=.quickstart/log

# dev_overrides make Terraform use the provider in BIN. The file belongs to this example: the user's own
# configuration is neither read nor changed.
mkdir -p .quickstart
cat >.quickstart/cli.tfrc <<-CONFIG
	disable_checkpoint = true
	provider_installation {
	  dev_overrides {
	    "azuremedia/azuremedia" = "$bin"
	  }
	  direct {}
	}
CONFIG
# The local Azure has not the subscription of a real one.
unset ARM_SUBSCRIPTION_ID
export TF_CLI_CONFIG_FILE=$PWD/.quickstart/cli.tfrc CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_INPUT=0

bold='' dim='' green='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\033[1m' dim=$'\033[2m' green=$'\033[32m' plain=$'\033[0m'
fi

steps=0
step() {
	steps=$((steps + 1))
	printf '\n%s%d. %s%s\n' "$bold" "$steps" "$1" "$plain"
}

say() { printf '   %s\n' "$*"; }

command_line() { printf '   %s$ %s%s\n' "$dim" "$*" "$plain"; }

fail() {
	printf '\n%s\n' "$1" >&2
	exit 1
}

# essential keeps the lines of Terraform's output that say what happened.
essential() {
	local line
	while IFS= read -r line; do
		case $line in
		*': Creation complete after '*) say "  $green+$plain ${line%%:*}" ;;
		*': Modifications complete after '*) say "  $green~$plain ${line%%:*}" ;;
		*': Destruction complete after '*) say "  $green-$plain ${line%%:*}" ;;
		*' complete! Resources: '*) say "${line#*Resources: }" ;;
		'No changes.'*) say "$line" ;;
		esac
	done
}

# run shows the command and the essential lines. The log holds the rest; a failure prints it.
run() {
	command_line "$tool" "$@"
	if ! "$terraform" "$@" -no-color -compact-warnings 2>&1 | tee "$log" | essential; then
		cat "$log" >&2
		fail "$tool $1 failed; make quickstart-destroy undoes what there is so far."
	fi
}

# plan_is_empty runs a plan that fails if there is anything to do.
plan_is_empty() { run plan -detailed-exitcode "$@"; }

apply() { run apply -auto-approve "$@"; }

# output prints an output of the last apply, or nothing before the first.
output() { "$terraform" output -raw -no-color "$1" 2>/dev/null | grep -E '^[0-9a-zA-Z:/._-]+$' || true; }

began=$SECONDS

if $destroy; then
	step 'Destroy everything that the quickstart made'
	if [ -s terraform.tfstate ]; then
		apply -destroy
	else
		say 'There is nothing to destroy.'
	fi
	rm -rf .quickstart terraform.tfstate terraform.tfstate.backup
	exit 0
fi

cat <<-TEXT

	${bold}Bring your own key to a media account${plain}
	in rehearsal, a local Azure inside the provider: no subscription, no login, no network.
	The procedure is in examples/quickstart/main.tf.
TEXT

# Continue from the generation of the key that an earlier run created.
generation=$(output key_generation)
generation=${generation:-1}

step 'From an empty subscription to an account encrypted with your key'
apply -var "key_generation=$generation"
first=$(output current_key_id)
say "The account's key is wrapped by  $bold$first$plain"

step 'Plan again: nothing is left to do'
plan_is_empty -var "key_generation=$generation"

generation=$((generation + 1))
step 'Create a new version of the key'
apply -var "key_generation=$generation"
newest=$(output newest_key_id)
say "The newest version is            $bold$newest$plain"
[ "$newest" != "$first" ] || fail "The key has no new version."

step 'Let five minutes pass in the local Azure: the service looks for new versions by itself'
command_line "$provider" rehearsal advance 5m --data "$data"
if ! now=$("$bin/$provider" rehearsal advance 5m --data "$data"); then
	fail 'The clock could not be advanced.'
fi
say "$now"

step 'The account runs on the new version, and there is still nothing to do'
apply -refresh-only -var "key_generation=$generation"
current=$(output current_key_id)
say "The account's key is wrapped by  $bold$current$plain"
[ "$current" = "$newest" ] || fail "The account still runs on $current."
plan_is_empty -var "key_generation=$generation"

cat <<-TEXT

	${green}Done${plain} in $((SECONDS - began)) seconds. Run it again for another version, look around in
	examples/quickstart, or undo it with make quickstart-destroy.
TEXT
