package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestPanelInABrowser carries a deal to its order number in real Chromium: the panel in
// the frame of the stand-in CRM, with the demo company behind it.
func TestPanelInABrowser(t *testing.T) {
	for _, tool := range []string{"node", "chromium"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; `make setup` installs it", tool)
		}
	}
	if _, err := os.Stat("../../web/node_modules/playwright-core"); err != nil {
		t.Skip("the pages' packages are not installed; `make setup` installs them")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	opened, closed := make(chan demo, 1), make(chan error, 1)
	go func() {
		closed <- runDemo(ctx, t.TempDir(), 0, streams{out: io.Discard, err: io.Discard}, func(d demo) { opened <- d })
	}()
	select {
	case d := <-opened:
		browser := exec.CommandContext(ctx, "node", "--test", "tests/")
		browser.Dir = "../../web"
		browser.Env = append(os.Environ(), "BASE_URL="+d.crm)
		if out, err := browser.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	case err := <-closed:
		t.Fatal(err)
	}
	cancel()
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
