package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// demoERP acknowledges the orders that appear in a folder, as an ERP that imports files
// does: each gets a number, once.
type demoERP struct {
	orders string
	next   int
}

// run looks every 200 milliseconds until ctx ends.
func (e *demoERP) run(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = e.runOnce() // what fails now is seen again at the next tick
		}
	}
}

func (e *demoERP) runOnce() error {
	entries, err := os.ReadDir(e.orders)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	acknowledged := map[string]bool{}
	for _, entry := range entries {
		if reference, ok := strings.CutSuffix(entry.Name(), ".ack.json"); ok {
			acknowledged[reference] = true
		}
	}
	e.next = max(e.next, len(acknowledged))
	for _, entry := range entries {
		reference, ok := strings.CutSuffix(entry.Name(), ".json")
		if !ok || strings.HasPrefix(reference, ".") || strings.HasSuffix(reference, ".ack") || acknowledged[reference] {
			continue
		}
		e.next++
		if err := e.acknowledge(reference, fmt.Sprintf("SO-%06d", e.next)); err != nil {
			return err
		}
	}
	return nil
}

func (e *demoERP) acknowledge(reference, number string) error {
	data, err := json.Marshal(map[string]string{"reference": reference, "number": number, "status": "confirmed"})
	if err != nil {
		return err
	}
	temporary := filepath.Join(e.orders, ".tmp-ack-"+reference)
	if err := os.WriteFile(temporary, data, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(e.orders, reference+".ack.json"))
}
