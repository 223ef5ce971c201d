# Run in rehearsal, from this folder:
#
#   terraform-provider-azuremedia rehearsal exec -- sh -c 'terraform init && terraform test'

variables {
  name = "contosotested"
}

run "the_account_runs_on_its_key" {
  assert {
    condition     = startswith(output.current_key_id, "https://contosotested.vault.azure.net/keys/storage/")
    error_message = "The account is not on the key of its vault: ${output.current_key_id}"
  }
}

run "a_second_plan_keeps_the_account_on_its_key" {
  command = plan

  assert {
    condition     = output.current_key_id == run.the_account_runs_on_its_key.current_key_id
    error_message = "The second plan changes the account or its key."
  }
}
