// SPDX-License-Identifier: EUPL-1.2

// openapi reads an OpenAPI description with kin-openapi, which is nobody's of ours, and validates
// it: references, schemas, parameters, that every path and response is whole.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	loader := openapi3.NewLoader()
	document, err := loader.LoadFromFile(os.Args[1])
	if err == nil {
		err = document.Validate(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(len(document.Paths), "paths")
}
