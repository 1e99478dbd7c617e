package files

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

// Acknowledge stands in for an ERP: until ctx ends it answers every order of a folder
// with a number, for demonstrations and tests.
func Acknowledge(ctx context.Context, dir string, every time.Duration) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := AcknowledgeOnce(dir); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// AcknowledgeOnce answers every order that has no answer. The number follows from the
// reference, so answering twice says the same.
func AcknowledgeOnce(dir string) error {
	folder := filepath.Join(dir, orderFolder)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("acknowledge orders: %w", err)
	}
	for _, entry := range entries {
		reference, ok := strings.CutSuffix(entry.Name(), orderSuffix)
		if !ok || strings.HasSuffix(entry.Name(), ackSuffix) || checkReference(reference) != nil {
			continue
		}
		if err := acknowledge(folder, reference); err != nil {
			return fmt.Errorf("acknowledge order %s: %w", reference, err)
		}
	}
	return nil
}

func acknowledge(folder, reference string) error {
	name := filepath.Join(folder, reference+ackSuffix)
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err := json.Marshal(answer{Reference: reference, Number: "SO-" + strings.TrimPrefix(reference, "Q-"), Status: "confirmed"})
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(folder, tempPrefix+"ack-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Close()); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return os.Rename(temp.Name(), name)
}
