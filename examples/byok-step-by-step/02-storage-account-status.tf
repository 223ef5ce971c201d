# GET the Location that the creation answered with, until the storage account exists. The resource does
# that by itself; the endpoint shows that it succeeded.

output "storage_account_endpoint" {
  description = "The Blob endpoint of the storage account, once it exists."
  value       = azuremedia_storage_account.media.primary_blob_endpoint
}
