package server

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"quotewright/catalog"
	"quotewright/quote"
	"quotewright/testdata"
)

// BenchmarkEvaluateHTTP sends evaluations over the loopback to a server that logs into a
// file and has memory to spare, as a service does: p50-ms from one connection, requests/s from sixteen. The
// clients are in the same process and on the same processors.
func BenchmarkEvaluateHTTP(b *testing.B) {
	h := demoHouse(b)
	address := h.listen()
	headroom := make([]byte, 128<<20) // as quotewright serve has it
	defer runtime.KeepAlive(headroom)
	for _, lines := range []int{1, 50, 1000} {
		for _, trace := range []quote.Trace{quote.TraceNone, quote.TraceNormal} {
			message := h.evaluation(lines, trace)
			name := fmt.Sprintf("lines=%d/trace=%s", lines, trace)
			b.Run(name+"/connections=1", func(b *testing.B) { load(b, address, message, 1) })
			b.Run(name+"/connections=16", func(b *testing.B) { load(b, address, message, 16) })
		}
	}
}

// BenchmarkHealthHTTP is what an answer costs that says nothing: the floor under the others.
func BenchmarkHealthHTTP(b *testing.B) {
	address := demoHouse(b).listen()
	load(b, address, "GET /healthz HTTP/1.1\r\nHost: quotewright\r\n\r\n", 16)
}

func demoHouse(b *testing.B) *house {
	b.Helper()
	company, err := fs.Sub(testdata.Demo, "demo")
	if err != nil {
		b.Fatal(err)
	}
	log, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { log.Close() })
	return newHouseOf(b, company, NewLog(log, slog.LevelInfo))
}

// listen serves on a free port until the test ends.
func (h *house) listen() (address string) {
	h.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	go func() { _ = h.App().Listener(listener) }()
	h.t.Cleanup(func() { _ = h.App().Shutdown() })
	return listener.Addr().String()
}

// sold are the products that a line may have without a configuration and without an error.
func (h *house) sold() []catalog.Product {
	book, snapshot := h.Rules.Book(), h.Replica.Snapshot()
	products, _ := snapshot.Search(catalog.Query{Limit: 1000, Status: catalog.Active})
	return slices.DeleteFunc(products, func(p catalog.Product) bool {
		request := quote.Request{SalesModel: "direct", Customer: "C-100", Date: catalog.Date{Year: 2026, Month: 11, Day: 23},
			Lines: []quote.Line{{ID: "1", SKU: p.SKU, Quantity: "1"}}}
		return len(quote.Evaluate(book, snapshot, request).Errors()) > 0
	})
}

// evaluation is the HTTP request for so many different lines.
func (h *house) evaluation(lines int, trace quote.Trace) string {
	products := h.sold()
	var body strings.Builder
	body.WriteString(`{"sales_model":"direct","customer":"C-100","date":"2026-11-23","lines":[`)
	for i := range lines {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"id":"%d","sku":%q,"quantity":%d}`, i, products[i%len(products)].SKU, 1+i%30)
	}
	body.WriteString("]}")
	return fmt.Sprintf("POST /v1/evaluate?trace=%s HTTP/1.1\r\nHost: quotewright\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		trace, h.keys[quote.RoleRep], body.Len(), body.String())
}

// load sends b.N messages over so many connections, one at a time on each.
func load(b *testing.B, address, message string, connections int) {
	var left atomic.Int64
	var all sync.WaitGroup
	took := make([][]time.Duration, connections)
	clients := make([]client, connections)
	for i := range clients {
		clients[i] = dial(b, address)
		clients[i].exchange(b, message)
	}
	left.Store(int64(b.N))
	b.SetBytes(int64(len(clients[0].body)))
	b.ResetTimer()
	for i := range clients {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				start := time.Now()
				if !clients[i].exchange(b, message) {
					return
				}
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	all.Wait()
	b.StopTimer()
	times := slices.Concat(took...)
	slices.Sort(times)
	if len(times) == 0 {
		return
	}
	b.ReportMetric(float64(len(times))/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
}

// client is one connection that is kept.
type client struct {
	net.Conn
	in   *bufio.Reader
	body []byte // of the last answer
}

func dial(t testing.TB, address string) client {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return client{Conn: connection, in: bufio.NewReaderSize(connection, 64<<10)}
}

// exchange sends a message and reads the answer, which has to be 200.
func (c *client) exchange(t testing.TB, message string) bool {
	if _, err := io.WriteString(c, message); err != nil {
		t.Error(err)
		return false
	}
	status, err := c.in.ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 200") {
		t.Errorf("%s: %v", status, err)
		return false
	}
	size := 0
	for {
		header, err := c.in.ReadSlice('\n')
		if err != nil {
			t.Error(err)
			return false
		}
		if len(header) == len("\r\n") {
			break
		}
		if n, ok := strings.CutPrefix(string(header), "Content-Length: "); ok {
			size, _ = strconv.Atoi(strings.TrimSpace(n))
		}
	}
	c.body = slices.Grow(c.body[:0], size)[:size]
	_, err = io.ReadFull(c.in, c.body)
	return err == nil
}
