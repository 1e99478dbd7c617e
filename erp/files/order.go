package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"quotewright/erp"
	"quotewright/internal/fault"
)

// Order files of the folder, beside the catalog.
const (
	orderFolder = "orders"
	orderSuffix = ".json"
	ackSuffix   = ".ack.json"
	tempPrefix  = ".tmp-"
)

// litterAge is how old an unfinished file has to be before it is cleared away: whoever
// wrote it was killed.
const litterAge = time.Hour

// FindOrder reads orders/<reference>.json and the answer beside it. An order file or an
// answer that cannot be understood is fault.Invalid, an answer without its order file
// fault.Conflict.
func (c *Connector) FindOrder(ctx context.Context, reference string) (erp.Placed, error) {
	placed, err := c.findOrder(ctx, reference)
	if err != nil {
		return erp.Placed{}, fmt.Errorf("find order %s: %w", reference, err)
	}
	return placed, nil
}

func (c *Connector) findOrder(ctx context.Context, reference string) (placed erp.Placed, err error) {
	if err := errors.Join(ctx.Err(), checkReference(reference)); err != nil {
		return placed, err
	}
	said, answered, err := c.readAnswer(reference)
	if err != nil {
		return placed, err
	}
	name := filepath.Join(orderFolder, reference+orderSuffix)
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	switch {
	case errors.Is(err, fs.ErrNotExist) && answered:
		return placed, fault.New(fault.Conflict, "order_gone", "%s is gone, but its answer is there", name)
	case errors.Is(err, fs.ErrNotExist):
		return placed, fault.New(fault.NotFound, "unknown_order", "there is no %s", name)
	case err != nil:
		return placed, fault.Wrap(err, fault.Unavailable, "orders_unreadable", "%s cannot be read", name)
	}
	if err := strictJSON(text, &placed.Order); err != nil {
		return placed, fault.Wrap(err, fault.Invalid, "bad_order", "%s cannot be understood: %s", name, err)
	}
	placed.Number, placed.Status, placed.Message = said.Number, said.Status, said.Message
	return placed, nil
}

// answer is what the ERP says to an order, as it writes it beside the order.
type answer struct {
	Reference string `json:"reference"`
	Number    string `json:"number"`
	Status    string `json:"status"`
	Message   string `json:"message"`
}

func (c *Connector) readAnswer(reference string) (a answer, answered bool, err error) {
	name := filepath.Join(orderFolder, reference+ackSuffix)
	text, err := os.ReadFile(filepath.Join(c.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fault.Wrap(err, fault.Unavailable, "orders_unreadable", "%s cannot be read", name)
	}
	if err := strictJSON(text, &a); err != nil {
		return a, false, fault.Wrap(err, fault.Invalid, "bad_answer", "%s cannot be understood: %s", name, err)
	}
	a.Number, a.Status = strings.TrimSpace(a.Number), strings.ToLower(strings.TrimSpace(a.Status))
	switch {
	case a.Reference != reference:
		return a, false, fault.New(fault.Invalid, "bad_answer", "%s has the reference %q", name, a.Reference)
	case a.Number == "" && !(erp.Placed{Status: a.Status}).Refused():
		return a, false, fault.New(fault.Invalid, "bad_answer", "%s has no number", name)
	}
	return a, true, nil
}

// strictJSON reads one JSON value and refuses unknown fields and anything after it.
func strictJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("it ends too early")
		}
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after its end")
	}
	return nil
}

// CreateOrder writes orders/<reference>.json so that it is there whole or not at all,
// and never replaces one. When there is one, the error is fault.Conflict.
func (c *Connector) CreateOrder(ctx context.Context, order erp.Order) error {
	if err := c.createOrder(ctx, order); err != nil {
		return fmt.Errorf("create order %s: %w", order.Reference, err)
	}
	return nil
}

func (c *Connector) createOrder(ctx context.Context, order erp.Order) error {
	if err := errors.Join(ctx.Err(), checkReference(order.Reference)); err != nil {
		return err
	}
	text, err := json.MarshalIndent(order, "", "  ")
	if err != nil {
		return err
	}
	folder := filepath.Join(c.dir, orderFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return unwritable(err)
	}
	err = writeNew(folder, order.Reference, append(text, '\n'))
	if errors.Is(err, fs.ErrExist) {
		return fault.Wrap(err, fault.Conflict, "order_exists", "the order %s is there already", order.Reference)
	}
	if err != nil {
		return unwritable(err)
	}
	return nil
}

func unwritable(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "orders_unwritable", "the order folder cannot be written")
}

// writeNew writes a file under a temporary name, brings it to disk, and gives it its
// name by a link, which fails where a rename would replace.
func writeNew(folder, reference string, text []byte) error {
	fault.CrashPoint("order: before write")
	temp, err := os.CreateTemp(folder, tempPrefix+reference+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	fault.CrashPoint("order: temporary file made")
	_, err = temp.Write(text)
	fault.CrashPoint("order: written")
	if err == nil {
		err = temp.Sync()
	}
	fault.CrashPoint("order: synced")
	if err = errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), filepath.Join(folder, reference+orderSuffix)); err != nil {
		return err
	}
	fault.CrashPoint("order: linked")
	clearLitter(folder, temp.Name())
	return syncFolder(folder)
}

// syncFolder brings the names in a folder to disk.
func syncFolder(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// clearLitter removes unfinished files much older than a new one. What cannot be
// removed does no harm.
func clearLitter(folder, newest string) {
	now, err := os.Stat(newest)
	if err != nil {
		return
	}
	names, _ := filepath.Glob(filepath.Join(folder, tempPrefix+"*"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && now.ModTime().Sub(info.ModTime()) > litterAge {
			_ = os.Remove(name)
		}
	}
}

// wellNamed is what a reference looks like that is the name of a file everywhere.
var wellNamed = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)

func checkReference(reference string) error {
	if !wellNamed.MatchString(reference) {
		return fault.New(fault.Invalid, "bad_reference", "%q cannot be the name of an order file", reference)
	}
	return nil
}
