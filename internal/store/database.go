package store

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"
)

// readers is how many reads of quotes run at once, beside the one writer.
const readers = 4

// openQuotes opens the two sides of a database: one connection that writes, several
// that read what is committed.
func openQuotes(path string) (writer, reader *sql.DB, err error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute)}
	// FULL: what was answered to a caller survives a power failure.
	file.RawQuery = "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=true&_busy_timeout=10000&_txlock=immediate"
	if writer, err = sql.Open("sqlite3", file.String()); err != nil {
		return nil, nil, err
	}
	writer.SetMaxOpenConns(1)
	file.RawQuery = "_foreign_keys=true&_busy_timeout=10000&_query_only=true"
	if reader, err = sql.Open("sqlite3", file.String()); err != nil {
		writer.Close()
		return nil, nil, err
	}
	reader.SetMaxOpenConns(readers)
	return writer, reader, nil
}

// sqlite writes a statement's $1 as ?1. The statements are PostgreSQL's; the SQLite
// driver would bind $2, $1 in the order in which they appear.
func sqlite(query string) string { return strings.ReplaceAll(query, "$", "?") }
