package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"quotewright": main})
}

// TestScript runs the command line as its users do; testdata/script reads as its manual.
func TestScript(t *testing.T) {
	company, err := filepath.Abs("testdata/company")
	if err != nil {
		t.Fatal(err)
	}
	demo, err := filepath.Abs("../../testdata/demo")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("COMPANY", company)
			e.Setenv("DEMO", demo)
			return os.CopyFS(filepath.Join(e.WorkDir, "company"), os.DirFS(company))
		},
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exitcode": exitCodeIs},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
	})
}

// exitCodeIs runs `exitcode CODE quotewright …` and fails unless the command ends so.
func exitCodeIs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode code command args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if err != nil {
		code = exitStatus(err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

func exitStatus(err error) string {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return strconv.Itoa(ended.ExitCode())
	}
	return err.Error()
}
