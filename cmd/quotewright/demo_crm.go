package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"quotewright/server"
	"quotewright/webhooks"
)

//go:embed demo
var crmFiles embed.FS

var crmPages = template.Must(template.ParseFS(crmFiles, "demo/*.html"))

// demoCRM is a plain CRM: deals, users, the panel in a frame, and webhooks. It stands in
// for a real one and speaks to the service as a real one does, over HTTP alone.
type demoCRM struct {
	service string // public URL of the service
	launch  []byte
	webhook webhooks.Secret
	now     func() time.Time

	mu    sync.Mutex
	deals []*demoDeal
}

// demoUser is somebody who works in the CRM.
type demoUser struct {
	ID, Name, Role string
	Roles          []string
}

var demoUsers = []demoUser{
	{ID: "rep", Name: "Mei Rep", Role: "rep"},
	{ID: "approver", Name: "Anton Approver", Role: "approver",
		Roles: []string{"sales-manager", "sales-director", "service-manager", "finance", "quality", "product-safety"}},
}

// demoDeal is a record of the CRM.
type demoDeal struct {
	ID, Name, Customer, CustomerName, SalesModel string
	Stage                                        string
	Lines                                        []map[string]any
	Answer                                       string // to the last webhook
}

// newCRM returns the CRM with its deals, some of which have products on them.
func (d *demo) newCRM() *demoCRM {
	line := func(id, sku, quantity string) map[string]any {
		return map[string]any{"id": id, "sku": sku, "quantity": quantity}
	}
	return &demoCRM{service: d.service, launch: d.launch, webhook: d.hook, now: time.Now, deals: []*demoDeal{
		{ID: "D-1001", Name: "Pump station Taoyuan", Customer: "C-100", CustomerName: "Taoyuan Water Works", SalesModel: "direct", Stage: "open",
			Lines: []map[string]any{line("10", "CP-050-160C", "4"), line("20", "GV-DN100", "8")}},
		{ID: "D-1002", Name: "Spring stock", Customer: "C-200", CustomerName: "Formosa Flow Trading", SalesModel: "distributor", Stage: "open",
			Lines: []map[string]any{line("10", "CP-050-160C", "20"), line("20", "GV-DN100", "40")}},
		{ID: "D-1003", Name: "Chiller series", Customer: "C-300", CustomerName: "Skyline HVAC Systems", SalesModel: "oem", Stage: "open"},
		{ID: "D-1004", Name: "Spare parts", Customer: "C-400", CustomerName: "North Loop Pump Service", SalesModel: "service", Stage: "open"},
		{ID: "D-1005", Name: "Pump skids Lakeshore", Customer: "C-111", CustomerName: "Lakeshore Municipal Water", SalesModel: "direct", Stage: "open"},
	}}
}

func (c *demoCRM) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.showDeals)
	mux.HandleFunc("GET /deals/{id}", c.showDeal)
	mux.HandleFunc("POST /deals/{id}/events", c.sendEvent)
	for _, name := range []string{"crm.js", "crm.css"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, crmFiles, "demo/"+name)
		})
	}
	return mux
}

// crmPage is what the templates show.
type crmPage struct {
	Users   []demoUser
	User    demoUser
	Deals   []demoDeal
	Deal    demoDeal
	Service string
	Launch  string
}

func (c *demoCRM) page(r *http.Request) crmPage {
	user := demoUsers[0]
	for _, u := range demoUsers {
		if u.ID == r.URL.Query().Get("as") {
			user = u
		}
	}
	return crmPage{Users: demoUsers, User: user, Service: c.service}
}

func (c *demoCRM) showDeals(w http.ResponseWriter, r *http.Request) {
	page := c.page(r)
	c.mu.Lock()
	for _, d := range c.deals {
		page.Deals = append(page.Deals, *d)
	}
	c.mu.Unlock()
	show(w, "deals.html", page)
}

func (c *demoCRM) showDeal(w http.ResponseWriter, r *http.Request) {
	deal, ok := c.deal(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	page := c.page(r)
	page.Deal = deal
	launch, err := server.SignLaunch(c.launch, page.User.ID, server.LaunchClaims{
		Name: page.User.Name, Role: page.User.Role, Roles: page.User.Roles,
		CRM: "generic", Deal: deal.ID, DealName: deal.Name, Customer: deal.Customer}, c.now())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	page.Launch = launch
	show(w, "deal.html", page)
}

func show(w http.ResponseWriter, name string, page crmPage) {
	var body bytes.Buffer
	if err := crmPages.ExecuteTemplate(&body, name, page); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = body.WriteTo(w)
}

func (c *demoCRM) deal(id string) (demoDeal, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.deals, func(d *demoDeal) bool { return d.ID == id })
	if i < 0 {
		return demoDeal{}, false
	}
	return *c.deals[i], true
}

// sendEvent tells the service, by a signed webhook, what became of a deal.
func (c *demoCRM) sendEvent(w http.ResponseWriter, r *http.Request) {
	deal, ok := c.deal(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := r.FormValue("type")
	answer, accepted, err := c.post(r.Context(), kind, eventData(kind, deal, c.page(r).User))
	if err != nil {
		answer = err.Error()
	}
	c.mu.Lock()
	for _, d := range c.deals {
		if d.ID == deal.ID {
			d.Answer = kind + ": " + answer
			if stage, ends := map[string]string{"deal.won": "won", "deal.lost": "lost"}[kind]; ends && accepted {
				d.Stage = stage
			}
		}
	}
	c.mu.Unlock()
	http.Redirect(w, r, "/deals/"+deal.ID+"?as="+c.page(r).User.ID, http.StatusSeeOther)
}

func eventData(kind string, d demoDeal, by demoUser) map[string]any {
	deal := map[string]any{"id": d.ID, "name": d.Name}
	switch kind {
	case "deal.won":
		return map[string]any{"deal": deal, "name": by.Name}
	case "deal.lost":
		return map[string]any{"deal": deal}
	}
	return map[string]any{"deal": deal, "customer": d.Customer, "sales_model": d.SalesModel, "lines": d.Lines}
}

func (c *demoCRM) post(ctx context.Context, kind string, data map[string]any) (answer string, ok bool, err error) {
	body, err := json.Marshal(map[string]any{"type": kind, "timestamp": c.now().UTC().Format(time.RFC3339), "data": data})
	if err != nil {
		return "", false, err
	}
	header, err := c.webhook.Sign("msg_"+uuid.NewString(), c.now(), body)
	if err != nil {
		return "", false, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.service+"/webhooks/generic", bytes.NewReader(body))
	if err != nil {
		return "", false, err
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", false, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	return fmt.Sprintf("%s %s", response.Status, bytes.TrimSpace(text)), response.StatusCode == http.StatusOK, err
}
