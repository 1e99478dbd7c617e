package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quotewright/catalog"
	"quotewright/erp/files"
	"quotewright/internal/fault"
	"quotewright/rulebook"
)

// loadRules reads a rulebook folder. Mistakes name files as they were given on the
// command line, so that an editor finds them; warnings come with the Book.
func loadRules(dir string) (*rulebook.Book, fault.Mistakes, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, nil, err
	} else if !info.IsDir() {
		return nil, nil, fault.New(fault.Invalid, "not_a_folder", "%s is not a folder", dir)
	}
	book, mistakes := rulebook.Load(os.DirFS(dir))
	for i := range mistakes {
		mistakes[i].File = filepath.Join(dir, mistakes[i].File)
	}
	if book == nil {
		return nil, mistakes, mistakes.Err()
	}
	return book, mistakes, nil
}

// loadCatalog reads a catalog folder. Without a folder the catalog is empty.
func loadCatalog(dir string) (*catalog.Snapshot, error) {
	if dir == "" {
		return catalog.NewSnapshot("none", catalog.Delta{}), nil
	}
	delta, version, err := files.Load(os.DirFS(dir), nil)
	var mistakes fault.Mistakes
	if errors.As(err, &mistakes) {
		for i := range mistakes {
			mistakes[i].File = filepath.Join(dir, mistakes[i].File)
		}
		return nil, mistakes
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "catalog_unreadable", "read the catalog in %s", dir)
	}
	return catalog.NewSnapshot(version, delta), nil
}

// input is what a command reads: one JSON document, or one a line.
type input struct {
	name   string
	reader *bufio.Reader
	lines  bool
	line   int // of the document that next returns, counted from 1
	close  func() error
}

// openInput opens a file, or stdin for "" and "-". Where it is not said that the input
// is NDJSON, it is when the first line is a document and another follows.
func openInput(file string, lines bool, stdin io.Reader) (*input, error) {
	in := &input{name: file, lines: lines, close: func() error { return nil }}
	if file == "" || file == "-" {
		in.name, in.reader = "stdin", bufio.NewReaderSize(stdin, 1<<16)
		return in, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	in.reader, in.close = bufio.NewReaderSize(f, 1<<16), f.Close
	return in, nil
}

// next returns the next document, and io.EOF after the last one.
func (in *input) next() ([]byte, error) {
	in.line++
	first, err := in.reader.ReadBytes('\n')
	switch {
	case len(bytes.TrimSpace(first)) == 0 && err != nil:
		return nil, err
	case in.lines && len(bytes.TrimSpace(first)) == 0:
		return in.next()
	case in.lines || err != nil:
		return first, nil
	}
	if json.Valid(first) && in.more() {
		in.lines = true
		return first, nil
	}
	rest, err := io.ReadAll(in.reader)
	return append(first, rest...), err
}

// more reports whether anything but space is left.
func (in *input) more() bool {
	for {
		b, err := in.reader.ReadByte()
		if err != nil {
			return false
		}
		if !strings.ContainsRune(" \t\r\n", rune(b)) {
			return in.reader.UnreadByte() == nil
		}
	}
}

// decode reads a document strictly: an unknown field, a wrong type or anything after
// the end is a mistake with its place.
func (in *input) decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return in.mistake(data, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return in.at(data, decoder.InputOffset(), "there is something after the end of the document")
	}
	return nil
}

var unknownField = regexp.MustCompile(`^json: unknown field ("(?:[^"\\]|\\.)*")$`)

func (in *input) mistake(data []byte, err error) error {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	field := unknownField.FindStringSubmatch(err.Error())
	switch {
	case errors.As(err, &syntax):
		return in.at(data, syntax.Offset-1, strings.TrimPrefix(syntax.Error(), "json: "))
	case errors.As(err, &wrongType):
		return in.at(data, wrongType.Offset-1, "a "+wrongType.Value+" is not possible for "+wrongType.Field)
	case field != nil:
		return in.at(data, offsetOfKey(data, field[1]), "unknown field "+field[1])
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return in.at(data, int64(len(data)), "the document ends in the middle")
	}
	return in.at(data, -1, strings.TrimPrefix(err.Error(), "json: "))
}

// offsetOfKey finds where a key is written: the decoder does not say.
func offsetOfKey(data []byte, quoted string) int64 {
	place := regexp.MustCompile(regexp.QuoteMeta(quoted) + `\s*:`).FindIndex(data)
	if place == nil {
		return -1
	}
	return int64(place[0])
}

func (in *input) at(data []byte, offset int64, text string) error {
	at := fault.Position{File: in.name}
	if offset >= 0 {
		before := data[:min(offset, int64(len(data)))]
		start := bytes.LastIndexByte(before, '\n') + 1
		at.Line = in.line + bytes.Count(before, []byte("\n"))
		at.Column = utf8.RuneCount(before[start:]) + 1
	} else if in.lines {
		at.Line = in.line
	}
	return fault.Mistakes{{Position: at, Text: text}}
}

// placed names the input, and in NDJSON the line, before the place inside a request
// that each mistake has.
func (in *input) placed(err error) error {
	name := in.name
	if in.lines {
		name += ":" + strconv.Itoa(in.line)
	}
	var known *fault.Error
	if !errors.As(err, &known) || len(known.Mistakes) == 0 {
		return fault.Mistakes{{Position: fault.Position{File: name}, Text: err.Error()}}
	}
	mistakes := slices.Clone(known.Mistakes)
	for i := range mistakes {
		mistakes[i].File = strings.TrimSuffix(name+" "+mistakes[i].File, " ")
	}
	return mistakes
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
