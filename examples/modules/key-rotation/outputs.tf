output "phase" {
  description = "The phase of the rotation; `complete` between rotations."
  value       = azuremedia_storage_key_rotation.this.phase
}

output "secondary_due_at" {
  description = "When a run may regenerate the second key, during the settling time."
  value       = azuremedia_storage_key_rotation.this.secondary_due_at
}

output "next_rotation_at" {
  description = "When the next rotation is due."
  value       = azuremedia_storage_key_rotation.this.next_rotation_at
}
