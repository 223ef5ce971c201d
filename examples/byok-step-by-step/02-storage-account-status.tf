# GET the Location that the creation answered with, until the storage account is there. The resource does
# that by itself; that the account has an endpoint shows that it succeeded.

output "storage_account_endpoint" {
  description = "The Blob endpoint of the storage account, once it is there."
  value       = azuremedia_storage_account.media.primary_blob_endpoint
}
