package files

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quotewright/catalog"
	"quotewright/erp"
	"quotewright/internal/fault"
	"quotewright/internal/formula"
	"quotewright/money"
)

func someOrder(reference string) erp.Order {
	return erp.Order{
		Reference: reference, Quote: "id", Revision: 2, Customer: "C-100", Currency: "TWD", Date: catalog.Date{Year: 2026, Month: 3, Day: 1},
		Lines: []erp.Line{{ID: "10", SKU: "PS-2000", PartNumber: "PS-F2", Quantity: "2", Unit: "EA", UnitPrice: "100.50", Net: "201.00",
			Configuration: map[string]formula.Value{"frame": formula.OfText("F2"), "accessories": formula.OfTexts([]string{"vfd"}),
				"atex": formula.OfBool(true), "length_mm": formula.OfNumber(money.MustParse("1200"))},
			Components: []erp.Component{{Level: 1, Position: "10", SKU: "MOT", Quantity: "2", Unit: "EA"}}}},
		Net: "201.00", Tax: "10.05", Gross: "211.05", Content: "sha256:00",
	}
}

func orderPath(dir, name string) string { return filepath.Join(dir, "orders", name) }

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func TestOrderOut(t *testing.T) {
	c, ctx := Open(t.TempDir()), t.Context()
	if _, err := c.FindOrder(ctx, "Q-1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it is there: %v", err)
	}
	order := someOrder("Q-1")
	if err := c.CreateOrder(ctx, order); err != nil {
		t.Fatal(err)
	}
	placed, err := c.FindOrder(ctx, "Q-1")
	if err != nil {
		t.Fatal(err)
	}
	// A number is a text in JSON; everything else comes back as it was.
	same := cmp.Comparer(func(a, b formula.Value) bool { return a.String() == b.String() })
	if diff := cmp.Diff(order, placed.Order, same, cmpopts.EquateComparable(catalog.Date{})); diff != "" || placed.Number != "" {
		t.Errorf("number %q, %s", placed.Number, diff)
	}
	if err := AcknowledgeOnce(c.dir); err != nil {
		t.Fatal(err)
	}
	placed, err = c.FindOrder(ctx, "Q-1")
	if err != nil || placed.Number != "SO-1" || placed.Status != "confirmed" || placed.Refused() {
		t.Errorf("answered: %+v, %v", placed, err)
	}
	entries, _ := os.ReadDir(filepath.Join(c.dir, "orders"))
	if len(entries) != 2 {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestAnOrderIsNeverReplaced(t *testing.T) {
	c := Open(t.TempDir())
	put(t, orderPath(c.dir, "Q-1.json"), "theirs")
	if err := c.CreateOrder(t.Context(), someOrder("Q-1")); !fault.Is(err, fault.Conflict) {
		t.Errorf("over another file: %v", err)
	}
	text, _ := os.ReadFile(orderPath(c.dir, "Q-1.json"))
	if string(text) != "theirs" {
		t.Errorf("the file is %q now", text)
	}
	if entries, _ := os.ReadDir(filepath.Join(c.dir, "orders")); len(entries) != 1 {
		t.Errorf("a temporary file is left: %v", entries)
	}
}

func TestConcurrentWritersMakeOneOrder(t *testing.T) {
	c := Open(t.TempDir())
	var made atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			switch err := c.CreateOrder(t.Context(), someOrder("Q-1")); {
			case err == nil:
				made.Add(1)
			case !fault.Is(err, fault.Conflict):
				t.Errorf("create: %v", err)
			}
		})
	}
	group.Wait()
	if made.Load() != 1 {
		t.Errorf("%d writers made the order", made.Load())
	}
}

func TestAnswersThatCannotBeUsed(t *testing.T) {
	cases := []struct {
		name, order, answer string
		kind                fault.Kind
		want                string
	}{
		{"not JSON", "", `SO-17`, fault.Invalid, "Q-1.ack.json cannot be understood: invalid character"},
		{"half", "", `{"reference": "Q-1", "num`, fault.Invalid, "it ends too early"},
		{"empty", "", ``, fault.Invalid, "it ends too early"},
		{"another order's", "", `{"reference": "Q-2", "number": "SO-17"}`, fault.Invalid, `has the reference "Q-2"`},
		{"no number", "", `{"reference": "Q-1", "number": " ", "status": "ok"}`, fault.Invalid, "has no number"},
		{"unknown field", "", `{"reference": "Q-1", "nummer": "17"}`, fault.Invalid, `unknown field "nummer"`},
		{"number as a number", "", `{"reference": "Q-1", "number": 17}`, fault.Invalid, "cannot be understood"},
		{"twice", "", `{"reference": "Q-1", "number": "17"}{}`, fault.Invalid, "something after its end"},
		{"order file gone", "gone", `{"reference": "Q-1", "number": "17"}`, fault.Conflict, "is gone, but its answer is there"},
		{"order file broken", "{", ``, fault.Invalid, "Q-1.json cannot be understood: it ends too early"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			connector := Open(t.TempDir())
			switch c.order {
			case "":
				if err := connector.CreateOrder(t.Context(), someOrder("Q-1")); err != nil {
					t.Fatal(err)
				}
			case "gone":
			default:
				put(t, orderPath(connector.dir, "Q-1.json"), c.order)
			}
			if c.answer != "" || c.order == "" {
				put(t, orderPath(connector.dir, "Q-1.ack.json"), c.answer)
			}
			_, err := connector.FindOrder(t.Context(), "Q-1")
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %s %v, want %s … %s", fault.KindOf(err), err, c.kind, c.want)
			}
		})
	}
}

func TestARefusalNeedsNoNumber(t *testing.T) {
	c := Open(t.TempDir())
	if err := c.CreateOrder(t.Context(), someOrder("Q-1")); err != nil {
		t.Fatal(err)
	}
	put(t, orderPath(c.dir, "Q-1.ack.json"), "\ufeff"+`{"reference": "Q-1", "status": "Rejected", "message": "credit stop"}`)
	placed, err := c.FindOrder(t.Context(), "Q-1")
	if err != nil || !placed.Refused() || placed.Message != "credit stop" {
		t.Errorf("%+v, %v", placed, err)
	}
}

func TestReferencesAreFileNames(t *testing.T) {
	c := Open(t.TempDir())
	for _, reference := range []string{"", ".", "..", "../x", "a/b", `a\b`, ".hidden", "a.ack", "a\x00", "ä", strings.Repeat("a", 200)} {
		if err := c.CreateOrder(t.Context(), someOrder(reference)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", reference, err)
		}
		if _, err := c.FindOrder(t.Context(), reference); !fault.Is(err, fault.Invalid) {
			t.Errorf("find %q: %v", reference, err)
		}
	}
}

func TestOldLitterIsCleared(t *testing.T) {
	c := Open(t.TempDir())
	for name, age := range map[string]time.Duration{".tmp-Q-0-old": 2 * time.Hour, ".tmp-Q-0-new": time.Minute} {
		path := orderPath(c.dir, name)
		put(t, path, "half")
		if err := os.Chtimes(path, time.Now().Add(-age), time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.CreateOrder(t.Context(), someOrder("Q-1")); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(orderPath(c.dir, ".tmp-*"))
	if len(left) != 1 || filepath.Base(left[0]) != ".tmp-Q-0-new" {
		t.Errorf("left are %v", left)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "orders"), "a file in the way")
	if err := Open(dir).CreateOrder(t.Context(), someOrder("Q-1")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("create: %v", err)
	}
}
