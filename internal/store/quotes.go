package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"quotewright/catalog"
	"quotewright/internal/fault"
	"quotewright/quote"
)

// Quote returns a quote by its ID or its number, or fault.NotFound.
func (s *Store) Quote(ctx context.Context, id string) (quote.Quote, error) {
	return s.one(ctx, id, `SELECT document FROM quotes WHERE id = $1 OR number = $1`, id)
}

// Ordered returns the quote of an order by our reference or the ERP's number, or
// fault.NotFound.
func (s *Store) Ordered(ctx context.Context, order string) (quote.Quote, error) {
	const query = `SELECT document FROM quotes WHERE state IN ('accepted', 'ordering', 'ordered')
		AND (number = $1 OR order_number <> '' AND order_number = $1)`
	q, err := s.one(ctx, order, query, order)
	if fault.Is(err, fault.NotFound) {
		return q, fault.New(fault.NotFound, "unknown_order", "There is no order %q.", order)
	}
	return q, err
}

func (s *Store) one(ctx context.Context, id, query string, args ...any) (quote.Quote, error) {
	var document string
	err := s.readers.QueryRowContext(ctx, sqlite(query), args...).Scan(&document)
	if err != nil {
		return quote.Quote{}, fmt.Errorf("read quote %s: %w", id, notFound(err, "unknown_quote", "There is no quote %q.", id))
	}
	return decodeQuote(document)
}

// notFound turns the absence of a row into fault.NotFound.
func notFound(err error, code, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, code, format, args...)
	}
	return err
}

func decodeQuote(document string) (q quote.Quote, err error) {
	if err := json.Unmarshal([]byte(document), &q); err != nil {
		return q, fmt.Errorf("read a stored quote: %w", err)
	}
	return q, nil
}

// List returns quotes, newest change first, and the cursor of the next page.
func (s *Store) List(ctx context.Context, f quote.Filter) ([]quote.Quote, string, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	query, args, err := listQuery(f, limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, err := s.readers.QueryContext(ctx, sqlite(query), args...)
	if err != nil {
		return nil, "", fmt.Errorf("list quotes: %w", err)
	}
	defer rows.Close()
	var page []quote.Quote
	next, last := "", ""
	for rows.Next() {
		var document, id string
		var at int64
		if err := rows.Scan(&document, &at, &id); err != nil {
			return nil, "", fmt.Errorf("list quotes: %w", err)
		}
		if len(page) == limit {
			next = last
			break
		}
		q, err := decodeQuote(document)
		if err != nil {
			return nil, "", err
		}
		page, last = append(page, q), fmt.Sprintf("%d.%s", at, id)
	}
	if err := rows.Err(); err != nil {
		return nil, "", fmt.Errorf("list quotes: %w", err)
	}
	return page, next, nil
}

func listQuery(f quote.Filter, limit int) (string, []any, error) {
	var where []string
	var args []any
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, strings.ReplaceAll(condition, "$n", "$"+strconv.Itoa(len(args))))
	}
	if f.State != "" {
		add(`state = $n`, string(f.State))
	}
	if f.Customer != "" {
		add(`customer = $n`, f.Customer)
	}
	if f.Deal != "" {
		add(`deal = $n AND deal <> ''`, f.Deal) // the second names the partial index
	}
	if !f.ValidBefore.IsZero() {
		add(`valid_until <> '' AND valid_until < $n`, f.ValidBefore.String())
	}
	for _, word := range strings.Fields(strings.ToLower(f.Text)) {
		add(`search LIKE $n ESCAPE '\'`, "%"+likeEscaper.Replace(word)+"%")
	}
	if f.After != "" {
		at, id, err := parseCursor(f.After)
		if err != nil {
			return "", nil, err
		}
		add(`updated_at <= $n`, at)
		before := len(args)
		add(fmt.Sprintf(`(updated_at < $%d OR id < $n)`, before), id)
	}
	query := `SELECT document, updated_at, id FROM quotes`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	return query + ` ORDER BY updated_at DESC, id DESC LIMIT ` + strconv.Itoa(limit), args, nil
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func parseCursor(cursor string) (at int64, id string, err error) {
	time, id, ok := strings.Cut(cursor, ".")
	at, err = strconv.ParseInt(time, 10, 64)
	if !ok || err != nil {
		return 0, "", fault.New(fault.Invalid, "bad_cursor", "%q is not where a page ended.", cursor)
	}
	return at, id, nil
}

const revisionColumns = `quote, number, at, by_name, content, request, evaluation, facts`

// Revision returns one revision, or fault.NotFound.
func (s *Store) Revision(ctx context.Context, id string, number int) (quote.Revision, error) {
	row := s.readers.QueryRowContext(ctx, sqlite(`SELECT `+revisionColumns+` FROM revisions WHERE quote = $1 AND number = $2`), id, number)
	r, err := scanRevision(row)
	if err != nil {
		return r, fmt.Errorf("read revision %d of quote %s: %w", number, id,
			notFound(err, "unknown_revision", "There is no revision %d.", number))
	}
	return r, nil
}

// Revisions returns all revisions of a quote, oldest first; of an unknown quote none.
func (s *Store) Revisions(ctx context.Context, id string) ([]quote.Revision, error) {
	return collect(ctx, s, "read the revisions of quote "+id, scanRevision,
		`SELECT `+revisionColumns+` FROM revisions WHERE quote = $1 ORDER BY number`, id)
}

// Events returns the audit log of a quote, oldest first; of an unknown quote none.
func (s *Store) Events(ctx context.Context, id string) ([]quote.Event, error) {
	return collect(ctx, s, "read the events of quote "+id, scanEvent,
		`SELECT `+eventColumns+` FROM events WHERE quote = $1 ORDER BY seq`, id)
}

const eventColumns = `id, quote, at, by_name, type, text, content, before`

// row is a row or the current one of several.
type row interface{ Scan(...any) error }

// collect reads all rows of a query.
func collect[R any](ctx context.Context, s *Store, what string, scan func(row) (R, error), query string, args ...any) ([]R, error) {
	rows, err := s.readers.QueryContext(ctx, sqlite(query), args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close()
	var all []R
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return all, nil
}

func scanRevision(from row) (r quote.Revision, err error) {
	var at int64
	var request, evaluation, facts string
	err = from.Scan(&r.Quote, &r.Number, &at, &r.By, &r.Content, &request, &evaluation, &facts)
	r.At = moment(at)
	r.Request, r.Evaluation, r.Facts = json.RawMessage(request), json.RawMessage(evaluation), json.RawMessage(facts)
	return r, err
}

func scanEvent(from row) (e quote.Event, err error) {
	var at int64
	err = from.Scan(&e.ID, &e.Quote, &at, &e.By, &e.Type, &e.Text, &e.Content, &e.Before)
	e.At = moment(at)
	return e, err
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// searchText is what List finds a quote by.
func searchText(q quote.Quote) string {
	return strings.ToLower(strings.Join([]string{q.Number, q.Title, q.CustomerName, q.Customer}, "\n"))
}

func dealKey(d *quote.Deal) string {
	if d == nil || d.ID == "" {
		return ""
	}
	return d.CRM + "/" + d.ID
}

func dateText(d catalog.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}
