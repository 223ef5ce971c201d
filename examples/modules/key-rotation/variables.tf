variable "storage_account_id" {
  description = "The ID of the storage account whose keys are rolled."
  type        = string
}

variable "account_ids" {
  description = "The IDs of the media accounts that hold a copy of the keys."
  type        = set(string)
  default     = []
}

variable "rotation_interval" {
  description = "The age at which a rotation starts."
  type        = string
  default     = "P90D"
}

variable "streaming_urls" {
  description = "What has to answer before the second key is touched, and at the end."
  type        = list(string)
  default     = []
}

variable "request" {
  description = "Any text: a new one starts a rotation at once."
  type        = string
  default     = "none"
}

variable "emergency" {
  description = "Whether a key has leaked. Both keys are then regenerated without a wait."
  type        = bool
  default     = false
}
