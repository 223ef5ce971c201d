variable "storage_account_id" {
  description = "The ID of the storage account to rotate the keys of."
  type        = string
}

variable "account_ids" {
  description = "The IDs of the accounts that hold a copy of the keys: Batch, Machine Learning, Media Services, Video Analyzer."
  type        = set(string)
  default     = []
}

variable "secrets" {
  description = "The Key Vault secrets that applications read a key or a connection string from."
  type = set(object({
    key_vault_id         = string
    name                 = string
    holds                = optional(string)
    content_type         = optional(string)
    expires_after        = optional(string)
    tags                 = optional(map(string))
    disable_old_versions = optional(bool)
  }))
  default = null
}

variable "rotation_interval" {
  description = "The age of key1 at which a rotation starts."
  type        = string
  default     = "P90D"
}

variable "streaming_urls" {
  description = "The URLs that must answer before the second key is regenerated, and at the end."
  type        = list(string)
  default     = []
}

variable "request" {
  description = "Any text. Changing it starts a rotation."
  type        = string
  default     = "none"
}

variable "emergency" {
  description = "Set to true if a key has leaked: both keys are then regenerated without a wait."
  type        = bool
  default     = false
}
