package server

import (
	"context"

	"quotewright/catalog"
	"quotewright/quote"
)

// Costs and margins are shown to callers with SeeMargin alone. Everything that holds
// one passes one of these functions on its way out.

func showProduct(ctx context.Context, p catalog.Product) catalog.Product {
	if !may(actor(ctx), SeeMargin) {
		p.Cost, p.CostCurrency = nil, ""
	}
	return p
}

func showEvaluation(ctx context.Context, e *quote.Evaluation) *quote.Evaluation {
	if may(actor(ctx), SeeMargin) {
		return e
	}
	return e.WithoutCosts()
}
