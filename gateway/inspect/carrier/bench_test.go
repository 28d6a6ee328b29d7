package carrier

import (
	"strings"
	"testing"
)

// Benchmarks of the readers that are ours, on what shops are sent: megabytes of decoded text a second.
func BenchmarkWalk(b *testing.B) {
	sheet := strings.Repeat(`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>14990</v></c><c r="C2"><v>0.5</v></c></row>`, 20000)
	prose := strings.Repeat(`<w:p><w:r><w:t xml:space="preserve">Заказ 17 из </w:t></w:r><w:r><w:t>Алматы</w:t></w:r></w:p>`, 20000)
	page := strings.Repeat("BT /F1 9 Tf 1 0 0 1 72 700 Tm [(Order) -20 (17)] TJ ET\n", 30000)
	for name, work := range map[string]struct {
		content []byte
		plain   int
	}{
		"sheet":    {xlsxOf(b, "<si><t>x</t></si>", sheet), len(sheet)},
		"document": {docxOf(b, prose), len(prose)},
		"pdf":      {pageOf("/Subtype /Type1", "/Filter /Fl", string(zlibbed(b, page))), len(page)},
		"zip":      {zipped(b, member{"a.txt", prose}), len(prose)},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(work.plain))
			b.ReportAllocs()
			for b.Loop() {
				p := newPurse()
				if err := Walk(Sniff(work.content, ""), work.content, "", p, func(Text) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
