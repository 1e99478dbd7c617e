package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the transcripts of the README and the docs")

// TestReadme runs every command of the console blocks of the README, and of those docs whose
// blocks run in the repository, and compares what it prints.
func TestReadme(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "quotewright")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for file, least := range map[string]int{"README.md": 4, "docs/goal-seek.md": 2} {
		t.Run(file, func(t *testing.T) { runTranscripts(t, binary, filepath.Join("../..", file), least) })
	}
}

func runTranscripts(t *testing.T, binary, file string, least int) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```console\n")
	commands := 0
	for i, block := range blocks[1:] {
		transcript, rest, _ := strings.Cut(block, "```")
		got := transcribe(t, binary, transcript, &commands)
		if got != transcript && !*update {
			t.Errorf("%s says\n%s\nbut it prints\n%s", file, transcript, got)
		}
		blocks[i+1] = got + "```" + rest
	}
	if commands < least {
		t.Errorf("%s has only %d commands", file, commands)
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(blocks, "```console\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// transcribe returns a transcript with the output that its commands have now.
func transcribe(t *testing.T, binary, transcript string, commands *int) string {
	t.Helper()
	var got strings.Builder
	for _, line := range strings.Split(transcript, "\n") {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		if got.Len() > 0 {
			got.WriteString("\n")
		}
		*commands++
		shell := exec.Command("sh", "-c", strings.ReplaceAll(command, "bin/quotewright", binary))
		shell.Dir = "../.."
		out, _ := shell.CombinedOutput() // a mistake is an answer too
		got.WriteString(line + "\n" + string(out))
	}
	return got.String()
}
