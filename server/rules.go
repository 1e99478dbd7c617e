package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"

	"quotewright/internal/fault"
	"quotewright/internal/store"
	"quotewright/rulebook"
)

// Rules holds the Book in use. Rule files come from a folder or over HTTP; a Book with
// mistakes never replaces a good one. Every Book that was in use is stored by its hash,
// since replaying an old revision needs it.
type Rules struct {
	Dir   string // "": published over HTTP alone
	Store *store.Store
	Now   func() time.Time
	Log   *slog.Logger

	mu      sync.Mutex // one change at a time
	cache   rulebook.Cache
	seen    [sha256.Size]byte
	current atomic.Pointer[RulesStatus]
}

// RulesStatus is the Book in use, and what is wrong with newer files that are not.
type RulesStatus struct {
	Book     *rulebook.Book // nil only before the first good one
	Mistakes fault.Mistakes // of the folder as it is now; warnings too
	At       time.Time      // when the folder was last read
}

// Status returns what is in use.
func (r *Rules) Status() RulesStatus {
	if status := r.current.Load(); status != nil {
		return *status
	}
	return RulesStatus{}
}

// Book returns the Book in use, nil before the first good one.
func (r *Rules) Book() *rulebook.Book { return r.Status().Book }

// Start puts the newest Book in use: the folder's when it changed since it was last
// read, else the one that was published last. With a broken folder the last good Book
// is used; without any, Start fails and says why.
func (r *Rules) Start(ctx context.Context) error {
	stored, err := r.stored(ctx)
	if err != nil {
		return err
	}
	if stored != nil {
		r.current.Store(&RulesStatus{Book: stored, At: r.Now()})
	}
	loadErr := r.Reload(ctx)
	switch {
	case r.Book() == nil && loadErr != nil:
		return loadErr
	case r.Book() == nil:
		return errors.New("no rulebook: the configuration names no folder and none was published")
	case loadErr != nil:
		r.Log.ErrorContext(ctx, "rule files have mistakes, the last good rulebook stays in use", "error", loadErr)
	}
	return nil
}

// stored returns the Book that was in use last, nil if there was none.
func (r *Rules) stored(ctx context.Context) (*rulebook.Book, error) {
	record, err := r.Store.CurrentRulebook(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // no Book yet is not an error on a fresh installation
	}
	if err != nil {
		return nil, fmt.Errorf("read the stored rulebook: %w", err)
	}
	book, mistakes := r.cache.Load(rulebook.FS(record.Files))
	if book == nil {
		r.Log.ErrorContext(ctx, "the stored rulebook does not compile any more", "hash", record.Hash, "error", mistakes.Err())
	}
	return book, nil
}

// Reload reads the folder and puts its Book in use. When it has mistakes, it returns
// them and everything stays as it was. A folder that did not change changes nothing.
func (r *Rules) Reload(ctx context.Context) error {
	if r.Dir == "" {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	print, err := fingerprint(r.Dir)
	if err != nil {
		return r.keep(fault.Mistakes{{Position: fault.Position{File: r.Dir}, Text: err.Error()}})
	}
	if print == r.seen {
		return r.Status().Mistakes.Err()
	}
	book, mistakes := r.cache.Load(os.DirFS(r.Dir))
	if again, err := fingerprint(r.Dir); err != nil || again != print {
		return nil // it is being written; the next look sees it whole
	}
	r.seen = print
	if book == nil {
		return r.keep(mistakes)
	}
	return r.take(ctx, book, mistakes)
}

func (r *Rules) keep(mistakes fault.Mistakes) error {
	status := r.Status()
	status.Mistakes, status.At = mistakes.Sort(), r.Now()
	r.current.Store(&status)
	return mistakes.Err()
}

// take puts a Book of the folder in use, unless the folder is as it was when something
// newer was published over it.
func (r *Rules) take(ctx context.Context, book *rulebook.Book, warnings fault.Mistakes) error {
	current := r.Book()
	last, err := r.Store.LastRulebookOf(ctx, folderSource)
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return fmt.Errorf("read the stored rulebook: %w", err)
	case err == nil && last == book.Hash() && current != nil:
		book = current
	default:
		if err := r.save(ctx, book, "", folderSource); err != nil {
			return err
		}
		r.Log.InfoContext(ctx, "rulebook in use", "hash", book.Hash(), "name", book.Name, "from", r.Dir)
	}
	r.current.Store(&RulesStatus{Book: book, Mistakes: warnings.Sort(), At: r.Now()})
	return nil
}

// Where a stored Book came from.
const (
	folderSource = "folder"
	httpSource   = "http"
)

func (r *Rules) save(ctx context.Context, book *rulebook.Book, by, source string) error {
	err := r.Store.PublishRulebook(ctx, store.Rulebook{Hash: book.Hash(), Name: book.Name, Files: book.Files(),
		PublishedAt: r.Now(), PublishedBy: by, Source: source})
	if err != nil {
		return fmt.Errorf("store rulebook %s: %w", book.Hash(), err)
	}
	return nil
}

// Publish puts a Book that came over HTTP in use, if it has no mistakes.
func (r *Rules) Publish(ctx context.Context, files map[string]string, by string) (*rulebook.Book, fault.Mistakes, error) {
	book, mistakes := rulebook.Load(rulebook.FS(files))
	if book == nil {
		return nil, mistakes, mistakes.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.save(ctx, book, by, httpSource); err != nil {
		return nil, nil, err
	}
	r.current.Store(&RulesStatus{Book: book, Mistakes: mistakes, At: r.Now()})
	r.Log.InfoContext(ctx, "rulebook in use", "hash", book.Hash(), "name", book.Name, "from", httpSource, "by", by)
	return book, mistakes, nil
}

// How the folder is watched: a change is read when it has been quiet for a moment, and
// a slow look now and then catches what file systems do not report.
const (
	quiet = 200 * time.Millisecond
	look  = 10 * time.Second
)

// Watch reloads the folder whenever it changes, until ctx ends.
func (r *Rules) Watch(ctx context.Context) {
	if r.Dir == "" {
		return
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		r.Log.WarnContext(ctx, "rule files are only polled", "error", err)
		watcher = &fsnotify.Watcher{}
	} else {
		defer watcher.Close()
		r.watchFolders(watcher)
	}
	timer := time.NewTimer(look)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-watcher.Events:
			timer.Reset(quiet)
		case err := <-watcher.Errors:
			r.Log.WarnContext(ctx, "watch rule files", "error", err)
			timer.Reset(quiet)
		case <-timer.C:
			r.reloadAndLog(ctx)
			r.watchFolders(watcher) // folders may be new
			timer.Reset(look)
		}
	}
}

func (r *Rules) reloadAndLog(ctx context.Context) {
	before := r.Status().Mistakes.Err()
	err := r.Reload(ctx)
	if err != nil && fmt.Sprint(err) != fmt.Sprint(before) {
		r.Log.ErrorContext(ctx, "rule files have mistakes, the last good rulebook stays in use", "error", err)
	}
}

func (r *Rules) watchFolders(watcher *fsnotify.Watcher) {
	if watcher.Events == nil {
		return
	}
	_ = filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = watcher.Add(path)
		}
		return err // polling sees what cannot be watched
	})
}

// fingerprint changes whenever a file of the folder is added, removed or has another
// content. Times are not asked: two edits within one tick of a file system's clock have
// the same.
func fingerprint(dir string) ([sha256.Size]byte, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		hidden := path != dir && strings.HasPrefix(d.Name(), ".") // no part of a rulebook: .git is large
		switch {
		case err != nil:
			return err
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir() || hidden:
			return nil
		}
		return hashFile(h, path)
	})
	return [sha256.Size]byte(h.Sum(nil)), err
}

// largest is more than a rule file may have.
const largest = 2 << 20

// hashFile adds a file to a hash: its content, or the size and time of one that is
// too large to be a rule file.
func hashFile(h hash.Hash, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	fmt.Fprintf(h, "%s\x00%d\x00", path, info.Size())
	if !info.Mode().IsRegular() || info.Size() > largest {
		fmt.Fprintf(h, "%d\x00", info.ModTime().UnixNano())
		return nil
	}
	_, err = io.Copy(h, io.LimitReader(file, largest))
	return err
}
