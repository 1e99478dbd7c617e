package server

import (
	"context"
	"time"

	"quotewright/internal/fault"
	"quotewright/rulebook"
)

// Rulebook is one published set of rule files.
type Rulebook struct {
	Hash        string    `json:"hash"`
	Name        string    `json:"name"`
	PublishedAt time.Time `json:"published_at"`
	PublishedBy string    `json:"published_by,omitempty"`
	Source      string    `json:"source" enum:"folder,http"`
	Current     bool      `json:"current"`
}

// RulebookList is every Book that was in use, newest first, and what is wrong with
// newer files that are not.
type RulebookList struct {
	Items    []Rulebook `json:"items" nullable:"false"`
	Mistakes []Mistake  `json:"mistakes" nullable:"false" doc:"Of the rule folder as it is now. While there is an error among them, the last good rulebook stays in use."`
}

// Mistake is something wrong at a place of a rule file.
type Mistake struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Severity string `json:"severity" enum:"error,warning"`
	Text     string `json:"text"`
}

func mistakes(list fault.Mistakes) []Mistake {
	out := []Mistake{}
	for _, m := range list {
		severity := "error"
		if m.Severity == fault.SeverityWarning {
			severity = "warning"
		}
		out = append(out, Mistake{File: m.File, Line: m.Line, Column: m.Column, Severity: severity, Text: m.Text})
	}
	return out
}

// RulebookCheck is the result of a check.
type RulebookCheck struct {
	OK       bool      `json:"ok"`
	Hash     string    `json:"hash,omitempty"`
	Mistakes []Mistake `json:"mistakes" nullable:"false"`
}

// ruleFiles is a rulebook as it is sent.
type ruleFiles struct {
	Files   map[string]string `json:"files" doc:"Content by path, such as rulebook.yaml or sales-models/direct.yaml." minProperties:"1"`
	Comment string            `json:"comment,omitempty" maxLength:"1000"`
}

func (s *Server) listRulebooks(ctx context.Context, _ *struct{}) (*body[RulebookList], error) {
	stored, err := s.Store.Rulebooks(ctx)
	if err != nil {
		return nil, err
	}
	out := RulebookList{Items: []Rulebook{}, Mistakes: mistakes(s.Rules.Status().Mistakes)}
	for _, b := range stored {
		out.Items = append(out.Items, Rulebook{Hash: b.Hash, Name: b.Name, PublishedAt: b.PublishedAt,
			PublishedBy: b.PublishedBy, Source: b.Source, Current: b.Current})
	}
	return reply(out), nil
}

func (s *Server) checkRulebook(_ context.Context, in *struct{ Body ruleFiles }) (*body[RulebookCheck], error) {
	book, found := rulebook.Load(rulebook.FS(in.Body.Files))
	out := RulebookCheck{OK: book != nil, Mistakes: mistakes(found.Sort())}
	if book != nil {
		out.Hash = book.Hash()
	}
	return reply(out), nil
}

func (s *Server) publishRulebook(ctx context.Context, in *struct{ Body ruleFiles }) (*body[Rulebook], error) {
	by := actor(ctx).Name
	book, _, err := s.Rules.Publish(ctx, in.Body.Files, by)
	if err != nil {
		return nil, err
	}
	return reply(Rulebook{Hash: book.Hash(), Name: book.Name, PublishedAt: s.Now(), PublishedBy: by, Source: httpSource, Current: true}), nil
}
