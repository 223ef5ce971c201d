// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package azure

import "github.com/Azure/azure-sdk-for-go/sdk/azcore"

// Refusal is a row of the table of refusals, for its test.
type Refusal struct {
	Code   string
	Class  Class
	Source string
}

// Refusals returns the table.
func Refusals() (rows []Refusal) {
	for _, row := range refusals() {
		rows = append(rows, Refusal{Code: row.code, Class: row.class, Source: row.source})
	}
	return rows
}

// OrDefault returns the pings of a configuration.
func (p Pings) OrDefault() Pings { return p.orDefault() }

// PipelineOf returns the options of the pipeline that every request goes through.
func PipelineOf(c *Client) *azcore.ClientOptions {
	options := c.pipeline()
	return &options
}
