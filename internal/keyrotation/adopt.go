// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package keyrotation

// Imported is the record of a storage account that is taken over as it is, without a sync: its
// keys have to settle before one is regenerated, and whatever the configuration says next is not
// taken for a reason to rotate.
func Imported(o Observed) Recorded {
	r := Recorded{}.adopted(o, Wanted{})
	r.LastSync = Recorded{}.LastSync // Nobody knows.
	r.Trigger = imported
	return r
}

// imported is a trigger that no configuration has: it stands for whichever comes next.
const imported = "imported"
