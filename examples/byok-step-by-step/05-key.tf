# POST keys/media/create: an RSA key of 2048 bits.

variable "key_generation" {
  description = "A new number makes a new version of the key (step 8)."
  type        = number
  default     = 1
}

resource "azuremedia_key_vault_key" "media" {
  name         = "media"
  key_vault_id = azuremedia_key_vault.media.id
  key_type     = "RSA"
  key_size     = 2048

  rotate_when_changed = {
    generation = var.key_generation
  }
}
