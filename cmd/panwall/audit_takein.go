package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/cappertrophy/panwall/gateway/admin"
)

// auditTakeInCmd hands a reviewer's file to the running gateway, which records it.
type auditTakeInCmd struct {
	File string `arg:"" type:"existingfile" help:"What 'audit case' or 'audit sign-off' wrote."`
	adminFlag
}

// Run asks the running gateway over its private socket, where the kernel says who asks.
func (c *auditTakeInCmd) Run(a *app) error {
	judgement, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the judgement: %w", err)
	}
	var answer struct {
		TakenIn bool `json:"taken_in"`
	}
	if err := admin.NewClient(c.Admin).Post(a.Ctx, "/audit/take-in", json.RawMessage(judgement), &answer); err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.Stdout, "recorded")
	return err
}
