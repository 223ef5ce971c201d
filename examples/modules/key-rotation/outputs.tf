output "phase" {
  description = "How far the rotation has come; `complete` between rotations."
  value       = azuremedia_storage_key_rotation.this.phase
}

output "secondary_due_at" {
  description = "From when a run regenerates the second key, while a rotation settles."
  value       = azuremedia_storage_key_rotation.this.secondary_due_at
}

output "next_rotation_at" {
  description = "When the next rotation is due."
  value       = azuremedia_storage_key_rotation.this.next_rotation_at
}
