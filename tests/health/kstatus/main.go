// Kstatus tells how the public library that kubectl plug-ins, Flux and others use judges objects: it reads a JSON list of
// objects from its standard input and writes a JSON list of their statuses, in the same order.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

type verdict struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var objects []json.RawMessage
	if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
		return fmt.Errorf("reading the list of objects: %w", err)
	}
	verdicts := make([]verdict, 0, len(objects))
	for place, raw := range objects {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(raw); err != nil { // whole numbers become int64, as from an API server
			return fmt.Errorf("object %d: %w", place, err)
		}
		result, err := status.Compute(object)
		if err != nil {
			return fmt.Errorf("object %d: %w", place, err)
		}
		verdicts = append(verdicts, verdict{string(result.Status), result.Message})
	}
	return json.NewEncoder(os.Stdout).Encode(verdicts)
}
