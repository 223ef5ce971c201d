# What a principal may use.
list "azuremedia_customer_key_grant" "of_principal" {
  provider = azuremedia

  config {
    principal_id = "11111111-1111-1111-1111-111111111111"
  }
}
