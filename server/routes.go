package server

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"quotewright/quote"
)

// routes lists every route of the service.
func (s *Server) routes(app *fiber.App) {
	app.Use(s.around, plainBodies)

	app.Get("/healthz", s.healthz)
	app.Get("/readyz", s.readyz)
	app.Get("/metrics", s.metrics.handler())

	app.Get("/", func(c *fiber.Ctx) error { return c.Redirect("/panel") })
	app.Get("/panel", s.showPanel)
	app.Post("/embed/generic", s.launchGeneric)
	app.Get("/assets/*", s.panel.asset)

	if s.Webhooks != nil {
		app.Post("/webhooks/generic", s.receiveWebhook)
	}

	api := humafiber.New(app, apiConfig(s.Version))
	s.operations(api)
	app.Get("/openapi.json", openAPI(api))
	app.Get("/docs", docs(api))
}

// operations lists every operation of the JSON API.
func (s *Server) operations(api huma.API) {
	const get, post, patch = http.MethodGet, http.MethodPost, http.MethodPatch
	edits := []int{404, 409, 412, 428}

	register(s, api, operation{id: "open-session", method: post, path: "/v1/session", tag: "Session", needs: Public, errors: []int{401},
		summary: "Exchange the one-time code of the panel's page for a token"}, s.openSession)
	register(s, api, operation{id: "get-me", method: get, path: "/v1/me", tag: "Session", needs: Quote,
		summary: "Who is calling, and what the caller may do"}, s.whoAmI)

	registerRaw[evaluateInput, body[*quote.Evaluation]](s, api, operation{id: "evaluate", method: post, path: "/v1/evaluate", tag: "Evaluation", needs: Quote,
		summary:     "Configure and price a request without storing it",
		description: "A line that cannot be priced does not fail the request: its error is in messages, and the other lines are priced."}, s.evaluate)
	register(s, api, operation{id: "configure", method: post, path: "/v1/configure", tag: "Evaluation", needs: Quote, errors: []int{404},
		summary:     "Resolve a selection of a configurable product",
		description: "Domains are exact: an option is offered if and only if a complete valid configuration has it together with the selection."}, s.configure)
	register(s, api, operation{id: "seek-goal", method: post, path: "/v1/goal-seek", tag: "Evaluation", needs: Quote,
		summary:     "Find the value of an input, a quantity or an option that brings a figure to a target",
		description: "Evaluates the request with one value after the other, 400 times at most, and says how sure the answer is. Figures that tell of costs need a role that may see them."}, s.seekGoal)
	register(s, api, operation{id: "list-sales-models", method: get, path: "/v1/sales-models", tag: "Evaluation", needs: Quote,
		summary: "List sales models and what may be entered in each"}, s.listSalesModels)

	register(s, api, operation{id: "search-customers", method: get, path: "/v1/customers", tag: "Catalog", needs: Quote,
		summary: "Search customers"}, s.searchCustomers)
	register(s, api, operation{id: "get-customer", method: get, path: "/v1/customers/{id}", tag: "Catalog", needs: Quote, errors: []int{404},
		summary: "Get a customer with contacts and addresses"}, s.getCustomer)
	register(s, api, operation{id: "search-products", method: get, path: "/v1/products", tag: "Catalog", needs: Quote,
		summary: "Search products"}, s.searchProducts)
	register(s, api, operation{id: "get-product", method: get, path: "/v1/products/{sku}", tag: "Catalog", needs: Quote, errors: []int{404},
		summary: "Get a product"}, s.getProduct)
	register(s, api, operation{id: "get-catalog", method: get, path: "/v1/catalog", tag: "Catalog", needs: Quote,
		summary: "Which catalog is in use and how fresh it is"}, s.getCatalog)
	register(s, api, operation{id: "sync-catalog", method: post, path: "/v1/catalog/sync", tag: "Catalog", needs: SyncCatalog,
		summary: "Ask the ERP for changes now"}, s.syncCatalog)

	register(s, api, operation{id: "create-quote", method: post, path: "/v1/quotes", tag: "Quotes", needs: Quote, status: 201, errors: []int{409},
		summary: "Create a quote", description: "With an Idempotency-Key, sending the same again returns the quote that was created; sending something else under it is refused."}, s.createQuote)
	register(s, api, operation{id: "list-quotes", method: get, path: "/v1/quotes", tag: "Quotes", needs: Quote,
		summary: "List quotes, newest change first"}, s.listQuotes)
	register(s, api, operation{id: "get-quote", method: get, path: "/v1/quotes/{id}", tag: "Quotes", needs: Quote, errors: []int{404},
		summary: "Get a quote with its current revision"}, s.getQuote)
	register(s, api, operation{id: "edit-quote", method: patch, path: "/v1/quotes/{id}", tag: "Quotes", needs: Quote, errors: edits,
		summary: "Change a draft", description: "A changed request makes a new revision."}, s.editQuote)
	for _, a := range actions {
		register(s, api, operation{id: string(a.action) + "-quote", method: post, path: "/v1/quotes/{id}/" + string(a.action), tag: "Quotes",
			needs: a.needs, errors: edits, summary: a.summary}, s.act(a.action))
	}
	register(s, api, operation{id: "list-revisions", method: get, path: "/v1/quotes/{id}/revisions", tag: "Quotes", needs: Quote, errors: []int{404},
		summary: "List the revisions of a quote"}, s.listRevisions)
	register(s, api, operation{id: "get-revision", method: get, path: "/v1/quotes/{id}/revisions/{number}", tag: "Quotes", needs: Quote, errors: []int{404},
		summary: "Get a revision as it was stored"}, s.getRevision)
	register(s, api, operation{id: "list-events", method: get, path: "/v1/quotes/{id}/events", tag: "Quotes", needs: Quote, errors: []int{404},
		summary: "Read the audit log of a quote"}, s.listEvents)
	register(s, api, operation{id: "get-order", method: get, path: "/v1/orders/{id}", tag: "Orders", needs: Quote, errors: []int{404},
		summary: "Get the order of an accepted quote by our reference or the ERP's number"}, s.getOrder)

	register(s, api, operation{id: "list-rulebooks", method: get, path: "/v1/rulebooks", tag: "Rulebooks", needs: ReadRules,
		summary: "List rulebooks that were published"}, s.listRulebooks)
	register(s, api, operation{id: "check-rulebook", method: post, path: "/v1/rulebooks/check", tag: "Rulebooks", needs: ReadRules,
		summary: "Find every mistake in rule files without publishing them"}, s.checkRulebook)
	register(s, api, operation{id: "publish-rulebook", method: post, path: "/v1/rulebooks", tag: "Rulebooks", needs: Publish, status: 201,
		summary: "Put rule files in use", description: "Rule files with mistakes are refused with every mistake and its place."}, s.publishRulebook)
}
