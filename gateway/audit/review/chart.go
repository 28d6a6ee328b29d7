package review

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Size of the chart of days, in its own units.
const (
	chartWidth, chartHeight = 900, 190
	chartLeft, chartBottom  = 46, 22
	chartLabel              = 34 // width of a date
)

// chart draws the days of a period as stacked bars. Every text in it is ours or a date.
func chart(s *Summary) template.HTML {
	days := everyDay(s)
	if len(days) == 0 {
		return "<p>No request with card data was recorded.</p>"
	}
	most := int64(1)
	for _, d := range days {
		most = max(most, d.Refused+d.Masked+d.Let)
	}
	most = roundUp(most)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="Requests with card data by day">`, chartWidth, chartHeight+chartBottom)
	for i := range int64(3) {
		y := float64(chartHeight) * (1 - float64(i)/2) * 0.95
		y += chartHeight * 0.05
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#d9dee5"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`,
			chartLeft, chartWidth, y, y, chartLeft-6, y+4, group(most*i/2))
	}
	step := float64(chartWidth-chartLeft) / float64(len(days))
	for i, d := range days {
		drawDay(&b, d, float64(chartLeft)+float64(i)*step, step, most)
		if x := float64(chartLeft) + float64(i)*step; i%max(1, len(days)/10) == 0 && x < chartWidth-chartLabel {
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s</text>`, x, chartHeight+16, d.Date[5:])
		}
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // numbers, dates and words of ours alone
}

func drawDay(b *strings.Builder, d Day, x, step float64, most int64) {
	bottom := float64(chartHeight)
	fmt.Fprintf(b, `<g><title>%s: %d refused, %d masked, %d let through</title>`, d.Date, d.Refused, d.Masked, d.Let)
	for _, part := range []struct {
		n     int64
		color string
	}{{d.Refused, "--stop"}, {d.Masked, "--mask"}, {d.Let, "--let"}} {
		height := float64(part.n) / float64(most) * chartHeight * 0.95
		bottom -= height
		if part.n > 0 {
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" style="fill:var(%s)"/>`, x+1, bottom, max(1, step-2), height, part.color)
		}
	}
	b.WriteString(`</g>`)
}

// everyDay is the days of the period, those without a record too, when the period is bounded and not too long.
func everyDay(s *Summary) []Day {
	from, err1 := time.Parse(record.TimeLayout, s.From)
	to, err2 := time.Parse(record.TimeLayout, s.To)
	if err1 != nil || err2 != nil || to.Sub(from) > 400*24*time.Hour {
		return s.Days
	}
	known := map[string]Day{}
	for _, d := range s.Days {
		known[d.Date] = d
	}
	var days []Day
	for t := from; t.Before(to); t = t.AddDate(0, 0, 1) {
		date := t.Format(time.DateOnly)
		d := known[date]
		d.Date = date
		days = append(days, d)
	}
	return days
}

// roundUp is the next even number that reads well on an axis.
func roundUp(n int64) int64 {
	for unit := int64(2); ; unit *= 10 {
		for _, step := range []int64{1, 2, 5} {
			if n <= unit*step {
				return unit * step
			}
		}
	}
}

// bars is a table of the largest counts, with a bar each.
func bars(t Tallies, title string) template.HTML {
	rows := t.Top(10)
	if len(rows) == 0 {
		return "<p class=\"note\">None.</p>"
	}
	most := int64(1)
	for _, r := range rows {
		most = max(most, r.N)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<table><thead><tr><th>%s</th><th class="n">Count</th><th style="width:35%%"></th></tr></thead>`, template.HTMLEscapeString(title))
	for _, r := range rows {
		fmt.Fprintf(&b, `<tr><td>%s</td><td class="n">%s</td><td><span class="bar" style="width:%.1f%%"></span></td></tr>`,
			template.HTMLEscapeString(r.Name), group(r.N), float64(r.N)*100/float64(most))
	}
	b.WriteString(`</table>`)
	return template.HTML(b.String()) //nolint:gosec // names are escaped
}
