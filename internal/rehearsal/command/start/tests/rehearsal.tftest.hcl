variables {
  name = "rehearsed"
}

run "the_account_runs_on_the_key" {
  assert {
    condition     = startswith(output.current_key_id, "https://rehearsed.vault.azure.net/keys/storage/")
    error_message = "The account runs on another key: ${output.current_key_id}"
  }
}

run "a_second_plan_keeps_it" {
  command = plan

  assert {
    condition     = output.current_key_id == run.the_account_runs_on_the_key.current_key_id
    error_message = "The second plan changes the key of the account."
  }
}
