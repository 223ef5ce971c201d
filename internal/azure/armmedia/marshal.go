// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package armmedia

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// marshal writes a struct as the SDK's generated code does: a nil field is left out, an empty map
// or list is sent as such, and azcore's null as null. The encoder of the standard library cannot
// tell these apart.
func marshal(model any) ([]byte, error) {
	value := reflect.ValueOf(model)
	fields := map[string]any{}
	for i := range value.NumField() {
		field := value.Field(i)
		name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		switch field.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice:
		default:
			return nil, fmt.Errorf("the field %s cannot be left out", value.Type().Field(i).Name)
		}
		switch {
		case field.IsNil():
		case azcore.IsNullValue(field.Interface()):
			fields[name] = nil
		default:
			fields[name] = field.Interface()
		}
	}
	return json.Marshal(fields)
}
