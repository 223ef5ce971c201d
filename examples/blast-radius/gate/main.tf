# A gate for a pipeline: it manages nothing, and fails while a plan takes away what accounts depend on. It
# needs only to read: the role Reader on the subscriptions, and Key Vault Reader on the vaults.

terraform {
  required_version = ">= 1.5"

  required_providers {
    azuremedia = {
      source = "azuremedia/azuremedia"
    }
  }
}

# The environment configures the provider: ARM_ENVIRONMENT, ARM_SUBSCRIPTION_ID and so on.
provider "azuremedia" {}

variable "plan" {
  description = "The plan as a file of JSON: terraform show -json."
  type        = string
}

variable "subscription_ids" {
  description = "More subscriptions with accounts."
  type        = set(string)
  default     = []
}

locals {
  deleted = [
    for resource in jsondecode(file(var.plan)).resource_changes : resource
    if contains(resource.change.actions, "delete")
  ]

  # What accounts may depend on, by address.
  removed = {
    for resource in local.deleted : resource.address => resource.change.before.id
    if contains([
      "azuremedia_customer_key_grant", "azuremedia_key_vault", "azuremedia_key_vault_key",
      "azuremedia_storage_account", "azuremedia_user_assigned_identity",
    ], resource.type)
  }

  # The accounts that the same plan returns to the system key, or destroys.
  released = [
    for resource in local.deleted : lower(try(resource.change.before.account_id, resource.change.before.id))
  ]
}

# An account that depends on it stops here: the plan of the gate fails, and the pipeline with it.
data "azuremedia_blast_radius" "removed" {
  for_each = local.removed

  resource_id      = each.value
  subscription_ids = var.subscription_ids

  lifecycle {
    postcondition {
      condition = alltrue([for account in self.accounts : contains(local.released, lower(account.id))])
      error_message = join("\n", concat(["Accounts depend on what the plan removes, ${each.key}:"], [
        for account in self.accounts :
        "  ${account.kind} ${account.name}\n    ${account.effect}\n    ${account.recovery}"
        if !contains(local.released, lower(account.id))
      ]))
    }
  }
}

# What could not be seen is for a person to decide about: the pipeline continues.
check "all_seen" {
  assert {
    condition = alltrue([for radius in data.azuremedia_blast_radius.removed : radius.known])
    error_message = join("\n", concat(["Accounts may depend on what the plan removes, in:"], distinct(flatten([
      for radius in data.azuremedia_blast_radius.removed : [for unseen in radius.unseen : "  ${unseen}"]
    ]))))
  }
}

output "summaries" {
  value = { for address, radius in data.azuremedia_blast_radius.removed : address => radius.summary }
}
