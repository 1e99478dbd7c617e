package rulebook

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestHolder(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h := NewHolder(nil)
	if h.Current() != nil || h.Problem() != nil {
		t.Fatal("a new holder has something")
	}
	if changed, mistakes := h.Replace(os.DirFS("testdata/good"), at); !changed || len(mistakes) > 0 {
		t.Fatalf("changed %v, %v", changed, mistakes)
	}
	first := h.Current()
	if changed, _ := h.Replace(os.DirFS("testdata/good"), at); changed || h.Current() != first {
		t.Error("the same files changed the Book")
	}

	broken := first.Files()
	broken["sales-models/service.yaml"] += "- {id: wrong}\n"
	changed, mistakes := h.Replace(FS(broken), at.Add(time.Hour))
	if changed || h.Current() != first || len(mistakes) != 1 {
		t.Errorf("changed %v, %v", changed, mistakes)
	}
	problem := h.Problem()
	if problem == nil || !problem.At.Equal(at.Add(time.Hour)) || problem.Mistakes[0].File != "sales-models/service.yaml" {
		t.Errorf("problem %+v", problem)
	}
	if changed, _ := h.Replace(FS(first.Files()), at); changed || h.Problem() != nil {
		t.Error("the problem stays after it is mended")
	}
}

// TestHolderUnderReaders replaces the Book a hundred times, every third time with a
// broken folder, while readers check that what they get belongs together.
func TestHolderUnderReaders(t *testing.T) {
	version := func(i int) map[string]string {
		f := files(strings.Replace(sample, "Größe", fmt.Sprintf("version %d", i), 1))
		f["rulebook.yaml"] = strings.Replace(f["rulebook.yaml"], "Test", fmt.Sprintf("version %d", i), 1)
		if i%3 == 2 {
			f["sales-models/direct.yaml"] += "  - {id: x}\n"
		}
		return f
	}
	h := NewHolder(nil)
	h.Replace(FS(version(0)), time.Time{})
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				book := h.Current()
				m, _ := book.SalesModel("direct")
				if title := m.Definition.Procedure[1].Title; title != book.Name {
					t.Errorf("%s has a sales model of %s", book.Name, title)
					return
				}
				if book.Hash() != contentHash(book.Files()) {
					t.Errorf("%s has the hash of another", book.Name)
					return
				}
			}
		})
	}
	for i := range 100 {
		changed, _ := h.Replace(FS(version(i)), time.Time{})
		if good := i%3 != 2; changed != (good && i > 0) {
			t.Errorf("version %d: changed %v", i, changed)
		}
	}
	close(stop)
	readers.Wait()
	if got := h.Current().Name; got != "version 99" {
		t.Errorf("%s is in use", got)
	}
}
