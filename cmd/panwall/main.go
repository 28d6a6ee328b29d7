// Command panwall is a TLS gateway that stands in front of an online shop and keeps payment card numbers off the
// shop's servers.
package main

import (
	"context"
	"os"
	"time"
)

func main() {
	a := &app{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Ctx: context.Background()}
	os.Exit(a.run(os.Args[1:]))
}
