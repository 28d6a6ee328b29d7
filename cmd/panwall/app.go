package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kong"
)

// app is what a command is given of the world.
type app struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Ctx            context.Context
}

// exitError ends the program with its code, without a further word: the command has said what there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Exit codes that every command shares.
const (
	exitFailure = 1
	exitUsage   = 64 // EX_USAGE of sysexits.h
)

// commands is the door: one field a subcommand, each in its own file.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Run a demo shop behind the gateway, all in one process."`
	Serve   serveCmd   `cmd:"" help:"Run the gateway."`
	Check   checkCmd   `cmd:"" help:"Read configuration and rules, and tell every fault."`
	Test    testCmd    `cmd:"" help:"Run the cases of the rules."`
	Schema  schemaCmd  `cmd:"" help:"Print the JSON Schema of a file, for editors."`
	Explain explainCmd `cmd:"" help:"Show what is found in one raw HTTP request, where, and which rule decides."`
	Replay  replayCmd  `cmd:"" help:"Put requests to two rule sets and show only what comes out differently."`
	Exempt  exemptCmd  `cmd:"" help:"Write the narrowest exemption for one incident, test it and apply it."`
	Rules   rulesCmd   `cmd:"" help:"The life of an edit of the rules."`
	Health  healthCmd  `cmd:"" help:"Ask a running gateway whether it is well; for HEALTHCHECK."`
	Status  statusCmd  `cmd:"" help:"Show what a running gateway does: mode, rules, age."`
	Scan    scanCmd    `cmd:"" help:"Find card numbers in files, folders and standard input."`
	Cert    certCmd    `cmd:"" help:"List, obtain and renew certificates."`
	Bench   benchCmd   `cmd:"" help:"Score a proxy: send the leak bench through it and show what got through."`
	Audit   auditCmd   `cmd:"" help:"Verify and read a redaction log, offline."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// run parses the arguments, runs the command and gives its exit code.
func (a *app) run(args []string) int {
	parser, err := kong.New(&commands{},
		kong.Name("panwall"),
		kong.Description("Keeps payment card numbers off an online shop's servers."),
		kong.Writers(a.Stdout, a.Stderr),
		kong.UsageOnError(),
		kong.Exit(func(code int) { panic(exitError(code)) }),
	)
	if err != nil {
		fmt.Fprintln(a.Stderr, "panwall:", err)
		return exitFailure
	}
	return a.parseAndRun(parser, args)
}

func (a *app) parseAndRun(parser *kong.Kong, args []string) (code int) {
	// kong ends the program for --help by calling Exit and expects never to return from it.
	defer func() {
		switch e := recover().(type) {
		case nil:
		case exitError:
			code = int(e)
		default:
			panic(e)
		}
	}()
	line, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(a.Stderr, "panwall: %v\nhint: panwall --help lists the commands\n", err)
		return exitUsage
	}
	err = line.Run(a)
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return int(exit)
	default:
		fmt.Fprintf(a.Stderr, "panwall: %v\n", err)
		return exitFailure
	}
}

// usageError is a mistake in the arguments that the parser cannot see.
func (a *app) usageError(format string, args ...any) error {
	fmt.Fprintf(a.Stderr, "panwall: "+format+"\n", args...)
	return exitError(exitUsage)
}
