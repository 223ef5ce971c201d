terraform {
  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# Who would lose what without this vault: a postcondition fails the plan as long as nothing certain undoes the
# loss, as in a vault without purge protection.
data "azuremedia_blast_radius" "vault" {
  resource_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/media/providers/Microsoft.KeyVault/vaults/contoso-media-keys"

  lifecycle {
    postcondition {
      condition     = alltrue([for account in self.accounts : account.recoverable == true])
      error_message = self.summary
    }
  }
}

# A check block warns instead: here of accounts that could not be listed.
check "all_seen" {
  assert {
    condition     = data.azuremedia_blast_radius.vault.known
    error_message = "Not seen: ${join(", ", data.azuremedia_blast_radius.vault.unseen)}."
  }
}
