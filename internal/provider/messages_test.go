// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azkeys"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/acctest/fixture"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/azure"
)

const (
	resourceGroup = "azuremedia_resource_group"
	identityType  = "azuremedia_user_assigned_identity"
	storageType   = "azuremedia_storage_account"
	vaultType     = "azuremedia_key_vault"
	keyType       = "azuremedia_key_vault_key"
	grantType     = "azuremedia_customer_key_grant"
	attachType    = "azuremedia_customer_key_attachment"
	rotationType  = "azuremedia_storage_key_rotation"
	accountType   = "azuremedia_account"
	analyzerType  = "azuremedia_video_analyzer"
	posture       = "data.azuremedia_encryption_posture"
	checkData     = "data.azuremedia_customer_key"
	accountData   = "data.azuremedia_account"
	blastData     = "data.azuremedia_blast_radius"
)

// mistake makes a right configuration wrong: by values of arguments, or by what it does with the configuration and Azure.
type mistake struct {
	values []any
	do     func(w *fixture.World, config acctest.Value)
}

// set gives arguments other values.
func set(values ...any) mistake { return mistake{values: values} }

func do(what func(w *fixture.World, config acctest.Value)) mistake { return mistake{do: what} }

// right returns a right configuration of a noun, in an Azure that has the media account contoso with a system-assigned
// identity, the storage account contoso below it, the vault keys and its key media, which that identity may use.
func right(w *fixture.World, noun string) acctest.Value {
	account, vault := w.Account("contoso", ""), w.Vault("keys")
	key := versionless(w.Key("keys", "media"))
	w.Grant("keys", w.Principal("contoso"))
	storage := w.ID(azure.StorageAccountType, "contoso")
	named := acctest.Value{"name": "fabrikam", "resource_group_name": fixture.Group, "location": fixture.Location}
	switch noun {
	case resourceGroup:
		return acctest.Value{"name": "fabrikam", "location": fixture.Location}
	case keyType:
		return acctest.Value{"name": "storage", "key_vault_id": vault}
	case grantType:
		_, principal := w.Identity("reader")
		return acctest.Value{"key_vault_id": vault, "principal_id": principal}
	case attachType:
		return acctest.Value{"account_id": account, "key_vault_key_id": key}
	case rotationType:
		return acctest.Value{"storage_account_id": storage, "dependent_ids": []any{account}}
	case accountType:
		w.DeleteAccount("contoso")
		named["storage_accounts"] = []any{acctest.Value{"id": storage, "is_primary": true}}
	case analyzerType:
		identity, principal := w.Identity("reader")
		w.Assign(storage, principal, "ba92f5b4-2d11-453d-a403-e96b0029c9fe") // Storage Blob Data Contributor.
		named["identity"] = acctest.Value{"type": "UserAssigned", "identity_ids": []any{identity}}
		named["storage_account"] = acctest.Value{"id": storage}
	case posture:
		return acctest.Value{"account_id": storage}
	case checkData:
		return acctest.Value{"key_vault_key_id": key}
	case accountData:
		return acctest.Value{"id": account}
	case blastData:
		return acctest.Value{"resource_id": storage}
	}
	return named
}

// wrong is a wrong configuration, and what is said of it.
type wrong struct {
	noun, what string
	mistake    mistake
	title, at  string
	found      string // A part of what is said.
}

// refused returns what is said of arguments with wrong values, before anything is asked of Azure.
func (c wrong) refused(proto *acctest.Proto, config acctest.Value) acctest.Diagnostics {
	for i := 0; i < len(c.mistake.values); i += 2 {
		config[c.mistake.values[i].(string)] = c.mistake.values[i+1]
	}
	if data, ok := strings.CutPrefix(c.noun, "data."); ok {
		return proto.ValidateData(data, config).Errors()
	}
	return proto.Validate(c.noun, config).Errors()
}

// said returns what is said of a configuration in an Azure of its own, as far as it gets: at validation, plan and apply.
func (c wrong) said(w *fixture.World) acctest.Diagnostics {
	proto, config := w.Proto(), right(w, c.noun)
	if c.mistake.do != nil {
		c.mistake.do(w, config)
	}
	if diags := c.refused(proto, config); len(diags) > 0 {
		return diags
	}
	if data, ok := strings.CutPrefix(c.noun, "data."); ok {
		_, diags := proto.ReadData(data, config)
		return diags
	}
	plan := proto.Plan(c.noun, acctest.Object{}, config)
	if len(plan.Diagnostics) > 0 {
		return plan.Diagnostics
	}
	_, diags := proto.Apply(plan)
	return diags
}

// mistakes are what people get wrong, and what is said of each.
func mistakes() []wrong {
	const other = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/g/providers/"
	curve := func(parameters *azkeys.CreateKeyParameters) {
		parameters.Kty, parameters.KeySize = to.Ptr(azkeys.KeyTypeEC), nil
		parameters.Curve = to.Ptr(azkeys.CurveNameP256)
	}
	key := func(change func(w *fixture.World) string) mistake {
		return do(func(w *fixture.World, config acctest.Value) { config["key_vault_key_id"] = change(w) })
	}
	inVault := func(change func(*armkeyvault.VaultCreateOrUpdateParameters)) mistake {
		return key(func(w *fixture.World) string {
			w.Vault("odd", change)
			w.Grant("odd", w.Principal("contoso"))
			return versionless(w.Key("odd", "media"))
		})
	}
	attributes := func(of azkeys.KeyAttributes) mistake {
		return do(func(w *fixture.World, _ acctest.Value) { w.UpdateKey("keys", "media", "", of) })
	}
	dependents := func(ids ...string) mistake {
		return do(func(w *fixture.World, config acctest.Value) {
			all := []any{w.ID(azure.MediaAccountType, "contoso")}
			for _, id := range ids {
				all = append(all, id)
			}
			config["dependent_ids"] = all
		})
	}
	verify := func(values acctest.Value) mistake { return set("verify", []any{values}) }
	secret := func(values acctest.Value) mistake { return set("secrets", []any{values}) }
	storage := func(values acctest.Value) mistake {
		return do(func(w *fixture.World, config acctest.Value) {
			values["id"] = w.ID(azure.StorageAccountType, "contoso")
			config["storage_accounts"] = []any{values}
		})
	}
	policy := func(values acctest.Value) mistake { return set("rotation_policy", values) }
	exists := func(name string, there func(w *fixture.World)) mistake {
		return do(func(w *fixture.World, config acctest.Value) {
			there(w)
			config["name"] = name
		})
	}
	return []wrong{
		// The key, its vault and its identifier.
		{attachType, "an EC key", key(func(w *fixture.World) string { return versionless(w.Key("keys", "ec", curve)) }), "Key Type Not Supported (CMK002)", "key_vault_key_id", "a key of type EC"},
		{attachType, "a vault in another region", inVault(func(v *armkeyvault.VaultCreateOrUpdateParameters) { v.Location = to.Ptr("eastus") }), "Key Vault In Another Region (CMK005)", "key_vault_key_id", "a vault in eastus for a Media Services account in westus2"},
		{attachType, "a vault without purge protection", inVault(fixture.WithoutPurgeProtection), "Key Vault Without Purge Protection (CMK007)", "key_vault_key_id", "the vault odd without purge protection"},
		{attachType, "no such key", set("key_vault_key_id", "https://keys.vault.azure.net/keys/none"), "Key Not Found (CMK004)", "key_vault_key_id", "no key none in the vault"},
		{attachType, "no such vault", set("key_vault_key_id", "https://nowhere.vault.azure.net/keys/media"), "Key Vault Not Found (CMK004)", "key_vault_key_id", "no vault nowhere"},
		{attachType, "the identifier of a secret", set("key_vault_key_id", "https://keys.vault.azure.net/secrets/media"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", "the identifier of a secret"},
		{attachType, "the identifier of a certificate", set("key_vault_key_id", "https://keys.vault.azure.net/certificates/media"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", "the identifier of a certificate"},
		{attachType, "the Resource Manager ID of a key", do(func(w *fixture.World, c acctest.Value) {
			c["key_vault_key_id"] = w.ID(azure.VaultType, "keys") + "/keys/media"
		}), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", "the Resource Manager ID of a key"},
		{attachType, "the URI of a vault as the key", set("key_vault_key_id", "https://keys.vault.azure.net/"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", "the address of a vault without a key"},
		{attachType, "the name of a key", set("key_vault_key_id", "media"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", "a text without https:// at its beginning"},
		{attachType, "a key by http", set("key_vault_key_id", "http://keys.vault.azure.net/keys/media"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", `the scheme "http"`},
		{attachType, "a key in another cloud", set("key_vault_key_id", "https://keys.vault.azure.cn/keys/media"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", `the host "keys.vault.azure.cn"`},
		{attachType, "a key in a managed HSM", set("key_vault_key_id", "https://contoso.managedhsm.azure.net/keys/media"), "Key In A Managed HSM (CMK010)", "key_vault_key_id", "a key in the managed HSM contoso"},
		{attachType, "a key version that is none", set("key_vault_key_id", "https://keys.vault.azure.net/keys/media/latest"), "Not A Key Vault Key Identifier (CMK010)", "key_vault_key_id", `the version "latest"`},
		{attachType, "a disabled key", attributes(azkeys.KeyAttributes{Enabled: to.Ptr(false)}), "Key Disabled (CMK004)", "key_vault_key_id", "a disabled key of version"},
		{attachType, "an expired key", attributes(azkeys.KeyAttributes{Expires: to.Ptr(time.Unix(1500000000, 0))}), "Key Expired (CMK004)", "key_vault_key_id", "a key of version"},
		{attachType, "a key that is not valid yet", attributes(azkeys.KeyAttributes{NotBefore: to.Ptr(time.Unix(4000000000, 0))}), "Key Not Active Yet (CMK004)", "key_vault_key_id", "a key of version"},
		{attachType, "a deleted key", do(func(w *fixture.World, _ acctest.Value) { w.DeleteKey("keys", "media") }), "Key Deleted (CMK004)", "key_vault_key_id", "the key media deleted, but recoverable"},
		{attachType, "a key for signatures alone", key(func(w *fixture.World) string {
			return versionless(w.Key("keys", "sign", func(p *azkeys.CreateKeyParameters) {
				p.KeyOps = []*azkeys.KeyOperation{to.Ptr(azkeys.KeyOperationSign)}
			}))
		}), "Key Not Usable (CMK004)", "key_vault_key_id", "a key of version"},
		{attachType, "a missing grant", do(func(w *fixture.World, _ acctest.Value) { w.Revoke("keys", w.Principal("contoso")) }), "Identity Without Access To The Key (CMK009)", "key_vault_key_id", "the account's system-assigned identity without get, wrapKey, unwrapKey"},
		// The account.
		{attachType, "an account without an identity", do(func(w *fixture.World, _ acctest.Value) {
			w.Identify("contoso")
		}), "Identity Not On The Account (CMK008)", "user_assigned_identity_id", "no system-assigned identity on the account"},
		{attachType, "an identity that the account lacks", do(func(w *fixture.World, c acctest.Value) {
			c["user_assigned_identity_id"], _ = w.Identity("reader")
		}), "Identity Not On The Account (CMK008)", "user_assigned_identity_id", "the identity"},
		{attachType, "an account that is not there", do(func(w *fixture.World, c acctest.Value) {
			c["account_id"] = w.ID(azure.MediaAccountType, "nobody")
		}), "Account Not Found", "account_id", "no account"},
		{attachType, "a workspace", set("account_id", other+"Microsoft.MachineLearningServices/workspaces/w"), "Account Takes No Customer Key", "account_id", "a Machine Learning workspace, which gets its customer-managed key when it is created, and keeps it:"},
		{attachType, "a kind that azurerm supports", set("account_id", other+"Microsoft.CognitiveServices/accounts/c"), "Account Takes No Customer Key", "account_id", "a Microsoft.CognitiveServices/accounts, which this provider does not support yet"},
		{attachType, "a kind that nobody supports", set("account_id", other+"Microsoft.Web/sites/c"), "Account Takes No Customer Key", "account_id", "a Microsoft.Web/sites, whose key this provider cannot manage"},
		{attachType, "the name of an account", set("account_id", "contoso"), "Invalid Resource ID", "account_id", `"contoso"`},
		{attachType, "a client ID as the identity", set("user_assigned_identity_id", "00000000-0000-0000-0000-000000000000"), "Invalid Resource ID", "user_assigned_identity_id", `"`},
		// Grants.
		{grantType, "the URI of a vault", set("key_vault_id", "https://keys.vault.azure.net/"), "Invalid Resource ID", "key_vault_id", `"https://keys.vault.azure.net/"`},
		{grantType, "the name of a vault", set("key_vault_id", "keys"), "Invalid Resource ID", "key_vault_id", `"keys"`},
		{grantType, "a storage account as the vault", set("key_vault_id", other+"Microsoft.Storage/storageAccounts/s"), "Invalid Resource ID", "key_vault_id", ""},
		{grantType, "a vault that is not there", do(func(w *fixture.World, c acctest.Value) { c["key_vault_id"] = w.ID(azure.VaultType, "nobody") }), "Customer Key Grant Not Created", "", ""},
		{grantType, "an ID of a resource as the principal", set("principal_id", other+"Microsoft.ManagedIdentity/userAssignedIdentities/i"), "Value Not Allowed", "principal_id", ""},
		{grantType, "one key of a vault with policies", set("key_name", "media"), "Access Policy For One Key", "key_name", "a vault that grants access by access policies"},
		{grantType, "a key's name with a slash", set("key_name", "keys/media"), "Name Not Allowed (ACC003)", "key_name", `the key name "keys/media", which has '/'`},
		// Keys.
		{keyType, "an EC key", set("key_type", "EC"), "Key Type Not Supported (CMK002)", "key_type", `"EC"`},
		{keyType, "a key type in another case", set("key_type", "rsa"), "Key Type Not Supported (CMK002)", "key_type", `"rsa"`},
		{keyType, "a key that is too short", set("key_size", 1024), "Key Size Not Supported (CMK003)", "key_size", "1024"},
		{keyType, "a key in hardware in a standard vault", do(func(w *fixture.World, c acctest.Value) {
			c["key_vault_id"] = w.Vault("plain", func(v *armkeyvault.VaultCreateOrUpdateParameters) {
				v.Properties.SKU.Name = to.Ptr(armkeyvault.SKUNameStandard)
			})
			c["key_type"] = "RSA-HSM"
		}), "Key Vault Key Not Created", "", ""},
		{keyType, "no operation", set("key_opts", []any{}), "Set Without Elements", "key_opts", "0 elements"},
		{keyType, "an operation that is none", set("key_opts", []any{"wrap"}), "Value Not Allowed", "key_opts", `"wrap"`},
		{keyType, "a name with an underscore", set("name", "my_key"), "Name Not Allowed (ACC003)", "name", `the key name "my_key", which has '_'`},
		{keyType, "a date without a time", set("expiration_date", "2027-01-01"), "Invalid Time", "expiration_date", `"2027-01-01"`},
		{keyType, "never valid", set("expiration_date", "2027-01-01T00:00:00Z", "not_before_date", "2028-01-01T00:00:00Z"), "Key Never Valid", "expiration_date", ""},
		{keyType, "a rotation of one day", policy(acctest.Value{"automatic": acctest.Value{"time_after_creation": "P1D"}}), "Invalid Duration", "rotation_policy", `"P1D"`},
		{keyType, "a rotation in hours", policy(acctest.Value{"automatic": acctest.Value{"time_after_creation": "90d"}}), "Invalid Duration", "rotation_policy", `"90d"`},
		{keyType, "a rotation of both kinds", policy(acctest.Value{"expire_after": "P1Y", "automatic": acctest.Value{
			"time_after_creation": "P90D", "time_before_expiry": "P30D",
		}}), "Not Exactly One Argument", "rotation_policy", "both time_after_creation and time_before_expiry"},
		{keyType, "a rotation before no expiry", policy(acctest.Value{"automatic": acctest.Value{"time_before_expiry": "P30D"}}), "Argument Missing", "rotation_policy", "none for expire_after"},
		{keyType, "a rotation later than the expiry", policy(acctest.Value{"expire_after": "P30D", "automatic": acctest.Value{"time_after_creation": "P90D"}}), "Rotation Too Close To The Expiry (CMK020)", "rotation_policy", "a rotation that is due -60 days before a version expires"},
		{keyType, "the record's own tag", set("tags", acctest.Value{"azuremedia-rotation": "x"}), "Value Not Allowed", "tags", `"azuremedia-rotation"`},
		{keyType, "a key that exists", set("name", "media"), "Key Vault Key Already Exists", "", ""},
		// Vaults.
		{vaultType, "a name with a dot", set("name", "contoso.keys"), "Name Not Allowed (ACC003)", "name", `the key vault name "contoso.keys", which has '.'`},
		{vaultType, "a name that is too long", set("name", "contoso-keys-of-the-media-team"), "Name Not Allowed (ACC003)", "name", `the key vault name "contoso-keys-of-the-media-team", which has 30 characters`},
		{vaultType, "a SKU that is none", set("sku_name", "Standard"), "Value Not Allowed", "sku_name", `"Standard"`},
		{vaultType, "a short retention", set("soft_delete_retention_days", 3), "Value Not Allowed", "soft_delete_retention_days", "3"},
		{vaultType, "an address that is none", set("network_acls", acctest.Value{"default_action": "Deny", "ip_rules": []any{"home"}}), "Invalid IP Range", "network_acls", `"home"`},
		{vaultType, "a firewall action that is none", set("network_acls", acctest.Value{"default_action": "Block"}), "Value Not Allowed", "network_acls", `"Block"`},
		{vaultType, "a vault that exists", exists("there", func(w *fixture.World) { w.Vault("there") }), "Key Vault Already Exists", "", ""},
		{vaultType, "no such group", set("resource_group_name", "nowhere"), "Key Vault Not Created", "", ""},
		{vaultType, "an empty location", set("location", ""), "Invalid Location", "location", "an empty text"},
		{vaultType, "a location that is none", set("location", "westmars"), "Key Vault Not Created", "", ""},
		// Storage accounts.
		{storageType, "a name with capitals", set("name", "ContosoData"), "Name Not Allowed (ACC003)", "name", `the storage account name "ContosoData", which has 'C', 'D'`},
		{storageType, "a name with a dash", set("name", "contoso-data"), "Name Not Allowed (ACC003)", "name", `the storage account name "contoso-data", which has '-'`},
		{storageType, "a name that is taken", exists("contoso", func(*fixture.World) {}), "Storage Account Already Exists", "", ""},
		{storageType, "a kind that is none", set("account_kind", "StorageV3"), "Value Not Allowed", "account_kind", `"StorageV3"`},
		{storageType, "a replication that is none", set("account_replication_type", "lrs"), "Value Not Allowed", "account_replication_type", `"lrs"`},
		{storageType, "an old TLS", set("min_tls_version", "1.2"), "Value Not Allowed", "min_tls_version", `"1.2"`},
		{storageType, "an expiration of no days", set("key_expiration_period_in_days", -1), "Value Not Allowed", "key_expiration_period_in_days", "-1"},
		{storageType, "an identity type that is none", set("identity", acctest.Value{"type": "System"}), "Value Not Allowed", "identity", `"System"`},
		{storageType, "a user-assigned identity without one", set("identity", acctest.Value{"type": "UserAssigned"}), "Missing Identity IDs", "identity", "no identity_ids"},
		{storageType, "an identity with IDs for the system", set("identity", acctest.Value{
			"type": "SystemAssigned", "identity_ids": []any{other + "Microsoft.ManagedIdentity/userAssignedIdentities/i"},
		}), "Unexpected Identity IDs", "identity", "identity_ids with the type SystemAssigned"},
		{storageType, "queues of a kind without keys", set("account_kind", "BlobStorage", "queue_encryption_key_type", "Account"), "Account Key Not Available", "queue_encryption_key_type", "Account, for a storage account of the kind BlobStorage"},
		// Rotations.
		{rotationType, "a short settling time", set("settling_time", "PT1H"), "Settling Time Too Short (ROT002)", "settling_time", "a settling time of PT1H"},
		{rotationType, "a duration that is none", set("settling_time", "6h"), "Invalid Duration", "settling_time", `"6h"`},
		{rotationType, "an interval in months", set("rotation_interval", "P3M"), "Invalid Duration", "rotation_interval", `"P3M"`},
		{rotationType, "an interval shorter than the settling time", set("rotation_interval", "PT1H"), "Invalid Duration", "rotation_interval", `"PT1H"`},
		{rotationType, "a strategy that is none", set("strategy", "one"), "Value Not Allowed", "strategy", `"one"`},
		{rotationType, "a storage account that is not there", do(func(w *fixture.World, c acctest.Value) {
			c["storage_account_id"] = w.ID(azure.StorageAccountType, "nobody")
		}), "Storage Key Rotation Not Created", "", ""},
		{rotationType, "the name of a storage account", set("storage_account_id", "contoso"), "Invalid Resource ID", "storage_account_id", `"contoso"`},
		{rotationType, "a dependent that holds no keys", dependents(other + "Microsoft.Web/sites/w"), "Dependent Cannot Be Synced (ROT003)", "dependent_ids", ""},
		{rotationType, "a dependent that is not there", do(func(w *fixture.World, c acctest.Value) {
			dependents(w.ID(azure.BatchAccountType, "nobody")).do(w, c)
		}), "Dependent Not Read (ROT003)", "dependent_ids", "a dependent that could not be read (Azure answered 404, code ResourceNotFound: The Resource"},
		{rotationType, "an undeclared dependent", set("dependent_ids", []any{}), "Dependent Not Declared (ROT003)", "dependent_ids", "Media Services account contoso, with the keys of contoso but not in dependent_ids"},
		{rotationType, "an address without https", verify(acctest.Value{"url": "contoso.example"}), "Value Not Allowed", "verify", `"contoso.example"`},
		{rotationType, "a status that is none", verify(acctest.Value{"url": "https://contoso.example", "expected_status": 42}), "Value Not Allowed", "verify", "42"},
		{rotationType, "an expression that is none", verify(acctest.Value{"url": "https://contoso.example", "expected_body": "("}), "Invalid Regular Expression", "verify", `"("`},
		{rotationType, "a verification without an address", verify(acctest.Value{"attempts": 1}), "Missing Attribute", "verify", "an element of verify without url"},
		{rotationType, "a key as the secret", secret(acctest.Value{"id": "https://keys.vault.azure.net/keys/media"}), "Secret Cannot Be Renewed (ROT010)", "secrets", `the identifier of a key: "https://keys.vault.azure.net/keys/media"`},
		{rotationType, "a secret with a version", secret(acctest.Value{
			"id": "https://keys.vault.azure.net/secrets/s/16bbbb43623f4100a5f2e2f802d94012",
		}), "Secret Cannot Be Renewed (ROT010)", "secrets", `one version of a secret: "https://keys.vault.azure.net/secrets/s/`},
		{rotationType, "a secret that holds something else", secret(acctest.Value{"id": "https://keys.vault.azure.net/secrets/s", "holds": "sas"}), "Value Not Allowed", "secrets", `"sas"`},
		{rotationType, "a secret without its name", secret(acctest.Value{"holds": "key"}), "Secret Cannot Be Renewed (ROT010)", "secrets", "a secret without id, and without both key_vault_id and name"},
		{rotationType, "a timeout that is none", set("timeouts", acctest.Value{"update": "six hours"}), "Invalid Timeout", "timeouts", `timeouts.update = "six hours"`},
		// Media accounts.
		{accountType, "no primary storage account", storage(acctest.Value{"is_primary": false}), "Primary Storage Account Missing (ACC001)", "storage_accounts", "0 primary storage accounts among 1"},
		{accountType, "a storage account without an ID", set("storage_accounts", []any{acctest.Value{"is_primary": true}}), "Missing Attribute", "storage_accounts", "an element of storage_accounts without id"},
		{accountType, "an encryption that is none", set("encryption", acctest.Value{"type": "customer"}), "Value Not Allowed", "encryption", `"customer"`},
		{accountType, "a customer's key without one", set("encryption", acctest.Value{"type": "CustomerKey"}), "Missing Customer-Managed Key", "encryption", "no key"},
		{accountType, "storage by identity without one", set("storage_authentication_type", "ManagedIdentity"), "Media Services Account Not Created", "", ""},
		{analyzerType, "a system-assigned identity", set("identity", acctest.Value{
			"type": "SystemAssigned", "identity_ids": []any{other + "Microsoft.ManagedIdentity/userAssignedIdentities/i"},
		}), "Unexpected Identity IDs", "identity", "identity_ids with the type SystemAssigned"},
		{analyzerType, "a storage account elsewhere", set("storage_account", acctest.Value{"id": other + "Microsoft.Storage/storageAccounts/s"}), "Storage Account In Another Subscription (ACC005)", "storage_account", "the storage account s in the subscription"},
		// Groups and identities.
		{resourceGroup, "a name that ends with a dot", set("name", "media."), "Name Not Allowed (ACC003)", "name", `the resource group name "media.", which ends with '.'`},
		{resourceGroup, "a group that exists", set("name", fixture.Group), "Resource Group Already Exists", "", ""},
		{identityType, "a name that is too short", set("name", "i"), "Name Not Allowed (ACC003)", "name", `the user-assigned identity name "i", which has 1 characters`},
		{identityType, "a null tag name", set("tags", acctest.Value{"": "x"}), "Value Not Allowed", "tags", `""`},
		// Data sources.
		{posture, "a vault", set("account_id", other+"Microsoft.KeyVault/vaults/v"), "Invalid Resource ID", "account_id", ""},
		{posture, "an age of no days", set("max_key_age_days", 0), "Value Not Allowed", "max_key_age_days", "0"},
		{accountData, "both an ID and a name", set("name", "contoso", "resource_group_name", "media"), "Not Exactly One Argument", "name", "id and name"},
		{accountData, "a name without its group", set("id", nil, "name", "contoso"), "Argument Missing", "name", "none for resource_group_name"},
		{accountData, "neither ID nor name", set("id", nil), "Not Exactly One Argument", "name", "none of id and name"},
		{checkData, "an account and a region", do(func(w *fixture.World, c acctest.Value) {
			c["account_id"], c["location"] = w.ID(azure.MediaAccountType, "contoso"), "westus2"
		}), "Conflicting Arguments", "location", "account_id and location"},
		{blastData, "a subscription's name", set("subscription_ids", []any{"production"}), "Value Not Allowed", "subscription_ids", `"production"`},
		{blastData, "a virtual machine", set("resource_id", other+"Microsoft.Compute/virtualMachines/v"), "Nothing That Accounts Depend On", "resource_id", ""},
	}
}

// TestMessages makes every mistake, and reads what is said: one fault, by its title, at the argument, with what was
// found, what is required and what to do, and nothing besides.
func TestMessages(t *testing.T) {
	t.Parallel()
	nouns := map[string][]wrong{}
	for _, c := range mistakes() {
		nouns[c.noun] = append(nouns[c.noun], c)
	}
	for noun, all := range nouns {
		t.Run(noun, func(t *testing.T) {
			t.Parallel()
			w := fixture.New(t)
			proto, config := w.Proto(), right(w, noun)
			for _, c := range all {
				if c.mistake.do == nil {
					if diags := c.refused(proto, maps.Clone(config)); len(diags) > 0 {
						c.check(t, diags)
						continue
					}
				}
				t.Run(c.what, func(t *testing.T) {
					t.Parallel()
					c.check(t, c.said(fixture.New(t)))
				})
			}
		})
	}
}

// check reads what is said.
func (c wrong) check(t *testing.T, diags acctest.Diagnostics) {
	t.Helper()
	text := diags.Text()
	titles := map[string]bool{}
	for _, one := range diags {
		titles[one.Summary] = true
		if answered := strings.Contains(one.Detail, "Azure answered"); !answered && !strings.Contains(one.Detail, "import {") {
			inOurWords(t, c.what, acctest.Diagnostics{one})
		}
	}
	if len(diags) == 0 || len(diags) != len(titles) || len(diags.Errors()) > 1 {
		t.Errorf("%s: %d messages: %s", c.what, len(diags), text)
		return
	}
	at := ""
	for _, name := range strings.FieldsFunc(c.at, func(r rune) bool { return r == '.' }) {
		at += `AttributeName("` + name + `").`
	}
	if found := diags[0].Attribute.String() + "."; !strings.HasPrefix(found, at) || at == "" && found != "." {
		t.Errorf("%s: is said at %s, want %q: %s", c.what, found, c.at, text)
	}
	if diags[0].Summary != c.title || !strings.Contains(text, c.found) {
		t.Errorf("%s: want %q and %q: %s", c.what, c.title, c.found, text)
	}
	for _, noise := range []string{"refresh=false", "RESPONSE ", "-----", `{"error`, "..", "%!", "<nil>", "AADSTS"} {
		if strings.Contains(strings.ReplaceAll(text, "az ", ""), noise) {
			t.Errorf("%s: says %q: %s", c.what, noise, text)
		}
	}
}
