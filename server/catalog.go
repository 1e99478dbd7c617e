package server

import (
	"context"
	"errors"
	"time"

	"quotewright/catalog"
	"quotewright/internal/fault"
)

// Customer is a customer with contacts and addresses.
type Customer struct {
	catalog.Customer
	Contacts  []catalog.Contact `json:"contacts" nullable:"false"`
	Addresses []catalog.Address `json:"addresses" nullable:"false"`
}

// CatalogStatus says which catalog is in use and how fresh it is.
type CatalogStatus struct {
	Version    string         `json:"version"`
	SyncedAt   time.Time      `json:"synced_at,omitzero" doc:"When the ERP was last asked for changes with success."`
	AgeSeconds int64          `json:"age_seconds"`
	Counts     catalog.Counts `json:"counts" doc:"Records by kind."`
	Stale      bool           `json:"stale" doc:"Older than the limit set."`
	Problem    string         `json:"problem,omitempty" doc:"Why the last attempt failed."`
}

func (s *Server) searchCustomers(_ context.Context, in *struct {
	Paging
	Q string `query:"q" doc:"Words in number or name." maxLength:"200"`
}) (*body[List[catalog.Customer]], error) {
	page, next := s.Replica.Snapshot().SearchCustomers(in.Q, in.After, in.Limit)
	return reply(list(page, next)), nil
}

func (s *Server) getCustomer(_ context.Context, in *struct {
	ID string `path:"id"`
}) (*body[Customer], error) {
	snapshot := s.Replica.Snapshot()
	customer, ok := snapshot.Customer(in.ID)
	if !ok {
		return nil, fault.New(fault.NotFound, "unknown_customer", "There is no customer %q.", in.ID)
	}
	return reply(Customer{
		Customer:  *customer,
		Contacts:  list(snapshot.Contacts(in.ID), "").Items,
		Addresses: list(snapshot.Addresses(in.ID), "").Items,
	}), nil
}

func (s *Server) searchProducts(ctx context.Context, in *struct {
	Paging
	Q      string `query:"q" doc:"Words in SKU, name or description." maxLength:"200"`
	Family string `query:"family" doc:"This family and those below it."`
	Status string `query:"status" enum:"active,phase_out,blocked,obsolete"`
	Model  string `query:"model" doc:"Products of this configuration model."`
}) (*body[List[catalog.Product]], error) {
	page, next := s.Replica.Snapshot().Search(catalog.Query{
		Text: in.Q, Family: in.Family, Status: catalog.Status(in.Status), Model: in.Model, Limit: in.Limit, After: in.After})
	shown := make([]catalog.Product, len(page))
	for i, p := range page {
		shown[i] = showProduct(ctx, p)
	}
	return reply(list(shown, next)), nil
}

func (s *Server) getProduct(ctx context.Context, in *struct {
	SKU string `path:"sku"`
}) (*body[catalog.Product], error) {
	product, ok := s.Replica.Snapshot().Product(in.SKU)
	if !ok {
		return nil, fault.New(fault.NotFound, "unknown_sku", "There is no product %q.", in.SKU)
	}
	return reply(showProduct(ctx, *product)), nil
}

func (s *Server) getCatalog(_ context.Context, _ *struct{}) (*body[CatalogStatus], error) {
	return reply(s.catalogStatus()), nil
}

func (s *Server) syncCatalog(ctx context.Context, _ *struct{}) (*body[CatalogStatus], error) {
	if err := s.Replica.Sync(ctx, false, nil); err != nil {
		failed := fault.Wrap(err, fault.Unavailable, "erp_unavailable", "The ERP's changes could not be read. The catalog stays as it was.")
		_ = errors.As(err, &failed.Mistakes) // every mistake in the ERP's files, where that is the reason
		return nil, failed
	}
	return reply(s.catalogStatus()), nil
}

func (s *Server) catalogStatus() CatalogStatus {
	status := s.Replica.Status()
	return CatalogStatus{
		Version: status.Snapshot.Version(), SyncedAt: status.SyncedAt, AgeSeconds: int64(s.Replica.Age().Seconds()),
		Counts: status.Snapshot.Counts(), Stale: s.Replica.Stale(), Problem: status.Problem,
	}
}
