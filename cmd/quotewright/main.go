// Command quotewright configures, prices and quotes: as a service, and one request at
// a time on the command line.
//
// Exit codes: 0 fine, 1 the answer is no, 2 the input cannot be used, 3 the environment
// failed. Errors go to stderr, one line each, with file:line:column where there is one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"quotewright/internal/fault"
)

// version is set when a release is built.
var version = "dev"

// commands is the command line.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"Serve the demo company on a fresh folder and say where everything is."`
	Serve     serveCommand     `cmd:"" help:"Run the service."`
	Evaluate  evaluateCommand  `cmd:"" help:"Configure and price one request, or many as NDJSON, without a server."`
	Configure configureCommand `cmd:"" help:"Resolve a selection: domains, forced values, conflicts, completion."`
	GoalSeek  goalSeekCommand  `cmd:"" name:"goal-seek" help:"Find the value of an input, a quantity or an option that brings a figure to a target."`
	Check     checkCommand     `cmd:"" help:"Print every mistake of a rulebook folder."`
	Test      testCommand      `cmd:"" help:"Run the examples of a rulebook folder."`
	Sync      syncCommand      `cmd:"" help:"Pull changes from the ERP once."`
	Key       keyCommand       `cmd:"" help:"Make an API key and the hash for the configuration."`
	Version   kong.VersionFlag `help:"Print the version."`
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errNo is returned by a command that worked and whose answer is no. What there is to
// say has been printed.
var errNo = errors.New("no")

// exit codes of FORMATS section 4.
const (
	exitFine = iota
	exitNo
	exitInput
	exitEnvironment
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run runs one command line and returns its exit code.
func run(ctx context.Context, args []string, io streams) (code int) {
	exited := -1
	parser, err := kong.New(&commands{}, kong.Name("quotewright"),
		kong.Description("Configure, price, quote: on a local replica of your ERP."),
		kong.Vars{"version": version}, kong.Writers(io.out, io.err),
		kong.Exit(func(c int) { exited = c; panic(exited) }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(io), kong.UsageOnError())
	if err != nil {
		return report(io.err, err)
	}
	defer func() { // --help and --version end here
		if r := recover(); r != nil {
			if exited < 0 {
				panic(r)
			}
			code = exited
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return report(io.err, fault.New(fault.Invalid, "usage", "%s (quotewright --help shows how)", err))
	}
	return report(io.err, command.Run())
}

// report prints an error, one line each mistake, and returns the exit code.
func report(w io.Writer, err error) int {
	var mistakes fault.Mistakes
	var known *fault.Error
	var reported codeError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errNo):
		return exitNo
	case errors.As(err, &reported):
		return int(reported)
	case errors.As(err, &known) && len(known.Mistakes) > 0:
		fmt.Fprintln(w, known.Mistakes.Sort().Error())
		return exitInput
	case errors.As(err, &mistakes):
		fmt.Fprintln(w, mistakes.Sort().Error())
		return exitInput
	}
	fmt.Fprintln(w, "quotewright: "+strings.ReplaceAll(err.Error(), "\n", "; "))
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound, fault.TooLarge:
		return exitInput
	}
	if errors.Is(err, fs.ErrNotExist) {
		return exitInput
	}
	return exitEnvironment
}
