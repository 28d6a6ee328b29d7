package main

import (
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// holdsCard reports whether text holds a number that would act in a request.
func holdsCard(text string) bool {
	table, err := pan.NewTable()
	if err != nil {
		panic(err)
	}
	for _, m := range pan.NewScanner(table).Scan(nil, pan.Text{Data: []byte(text)}) {
		if m.Kind != finding.Cryptogram && m.Confidence.Acts() {
			return true
		}
	}
	return false
}
