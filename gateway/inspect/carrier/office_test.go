package carrier

import (
	"errors"
	"strings"
	"testing"
)

const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`

func docxOf(t testing.TB, body string) []byte {
	return zipped(t, member{"[Content_Types].xml", types}, member{"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`})
}

func xlsxOf(t testing.TB, strings, rows string) []byte {
	return zipped(t, member{"[Content_Types].xml", types}, member{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`},
		member{"xl/sharedStrings.xml", `<sst>` + strings + `</sst>`})
}

func odfOf(t testing.TB, body string) []byte {
	return zipped(t, member{"mimetype", "application/vnd.oasis.opendocument.text"}, member{"META-INF/manifest.xml", `<manifest:manifest/>`},
		member{"content.xml", `<office:document-content><office:body><office:text>` + body + `</office:text></office:body></office:document-content>`})
}

func TestOffice(t *testing.T) {
	tests := map[string]struct {
		make func(n string) []byte
		form func(n string) string
	}{
		"a paragraph":          {func(n string) []byte { return docxOf(t, "<w:p><w:r><w:t>card "+n+"</w:t></w:r></w:p>") }, nil},
		"a number cut by runs": {func(n string) []byte { return docxOf(t, runs(n)) }, nil},
		"runs with deleted words": {func(n string) []byte {
			return docxOf(t, "<w:p><w:r><w:t>"+n[:5]+"</w:t></w:r><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:r><w:t>"+n[5:]+"</w:t></w:r></w:p>")
		}, nil},
		"runs with a field code": {func(n string) []byte {
			return docxOf(t, "<w:p><w:r><w:t>"+n[:5]+"</w:t><w:instrText>PAGE</w:instrText><w:t>"+n[5:]+"</w:t></w:r></w:p>")
		}, nil},
		"runs with a text box": {func(n string) []byte {
			return docxOf(t, "<w:p><w:r><w:t>"+n[:5]+"</w:t><w:txbx><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbx><w:t>"+n[5:]+"</w:t></w:r></w:p>")
		}, nil},
		"groups with tabs": {func(n string) []byte {
			return docxOf(t, "<w:p><w:r><w:t>"+n[:4]+"</w:t><w:tab/><w:t>"+n[4:8]+"</w:t><w:tab/><w:t>"+n[8:12]+"</w:t><w:tab/><w:t>"+n[12:]+"</w:t></w:r></w:p>")
		}, spaced},
		"hard hyphens": {func(n string) []byte {
			return docxOf(t, "<w:p><w:r><w:t>"+n[:8]+"</w:t><w:noBreakHyphen/><w:t>"+n[8:]+"</w:t></w:r></w:p>")
		}, func(n string) string { return n[:8] + "-" + n[8:] }},
		"character references": {func(n string) []byte { return docxOf(t, "<w:p><w:r><w:t>&#x34;"+n[1:]+"</w:t></w:r></w:p>") }, nil},
		"CDATA": {func(n string) []byte {
			return docxOf(t, "<w:p><w:r><w:t>"+n[:3]+"<![CDATA["+n[3:]+"]]></w:t></w:r></w:p>")
		}, nil},
		"a part in UTF-16": {func(n string) []byte {
			return zipped(t, member{"[Content_Types].xml", types}, member{"word/document.xml", utf16Of("<w:document>" + runs(n) + "</w:document>")})
		}, nil},
		"a slide": {func(n string) []byte {
			return zipped(t, member{"[Content_Types].xml", types}, member{"ppt/slides/slide1.xml", "<p:sld><a:p><a:r><a:t>" + n[:6] + "</a:t></a:r><a:r><a:t>" + n[6:] + "</a:t></a:r></a:p></p:sld>"})
		}, nil},
		"a shared string": {func(n string) []byte {
			return xlsxOf(t, "<si><t>card</t></si><si><r><t>"+n[:4]+"</t></r><r><t>"+n[4:]+"</t></r></si>", `<row><c r="A1" t="s"><v>1</v></c></row>`)
		}, nil},
		"a string no cell shows": {func(n string) []byte { return xlsxOf(t, "<si><r><t>"+n[:4]+"</t></r><r><t>"+n[4:]+"</t></r></si>", "") }, nil},
		"an inline string": {func(n string) []byte {
			return xlsxOf(t, "", `<row><c r="A1" t="inlineStr"><is><r><t>`+n[:4]+`</t></r><r><t>`+n[4:]+`</t></r></is></c></row>`)
		}, nil},
		"a number in a cell":        {func(n string) []byte { return xlsxOf(t, "", `<row><c r="A1"><v>`+n+`</v></c></row>`) }, nil},
		"a number with an exponent": {func(n string) []byte { return xlsxOf(t, "", `<row><c r="A1"><v>`+n[:1]+`.`+n[1:]+`E15</v></c></row>`) }, nil},
		"a comment on a cell": {func(n string) []byte {
			return zipped(t, member{"[Content_Types].xml", types}, member{"xl/comments1.xml", "<comments><comment><text><r><t>" + n[:4] + "</t></r><r><t>" + n[4:] + "</t></r></text></comment></comments>"})
		}, nil},
		"a formula's text": {func(n string) []byte {
			return xlsxOf(t, "", `<row><c r="A1" t="str"><f>A2&amp;A3</f><v>`+n+`</v></c></row>`)
		}, nil},
		"ODF: a paragraph": {func(n string) []byte {
			return odfOf(t, "<text:p>card "+n[:7]+"<text:span>"+n[7:]+"</text:span></text:p>")
		}, nil},
		"ODF: spaces as elements": {func(n string) []byte {
			return odfOf(t, "<text:p>"+strings.ReplaceAll(spaced(n), " ", "<text:s/>")+"</text:p>")
		}, spaced},
		"ODF: a cell's value": {func(n string) []byte {
			return odfOf(t, `<table:table-cell office:value-type="float" office:value="`+n[:1]+`.`+n[1:]+`E15"><text:p>4,1E15</text:p></table:table-cell>`)
		}, nil},
		"a part under another name": {func(n string) []byte {
			return zipped(t, member{"[Content_Types].xml", types}, member{"a/b.bin", "<w:document>" + runs(n) + "</w:document>"})
		}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, n := range []string{card, clean} {
				got, err := look(test.make(n), "", newPurse())
				want := n
				if test.form != nil {
					want = test.form(n)
				}
				if err != nil || !got.has(want) {
					t.Fatalf("walking: %v; %q is not among the texts%s", err, want, got.shape())
				}
			}
		})
	}
}

// runs is a paragraph with every digit in a run of its own, as spell checkers and editing leave them.
func runs(n string) string {
	var b strings.Builder
	for _, c := range n {
		b.WriteString("<w:r><w:t>" + string(c) + "</w:t></w:r><w:proofErr/>")
	}
	return "<w:p>" + b.String() + "</w:p>"
}

func utf16Of(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, c := range s {
		b.WriteString(string([]byte{byte(c), byte(c >> 8)}))
	}
	return b.String()
}

func TestCellsAreSeparateValues(t *testing.T) {
	got, err := look(xlsxOf(t, "<si><t>Карта</t></si><si><t>1111</t></si>", `<row><c r="A1" t="s"><v>0</v></c><c r="B1"/></row>`+
		`<row><c r="A2"><v>4111</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>1</v></c><c r="D2"><v>1111</v></c></row>`), "", newPurse())
	must(t, err)
	var cells []string
	for _, text := range got.texts {
		if text.View == "xlsx" && text.Whole && len(text.Data) == 4 {
			cells = append(cells, text.Name+"="+string(text.Data))
		}
	}
	if want := "Карта=4111 =1111 =1111 =1111"; strings.Join(cells, " ") != want {
		t.Errorf("cells %q, want %q", cells, want)
	}
}

func TestPlainNumber(t *testing.T) {
	for in, want := range map[string]string{
		"4.111111111111111E15": card, "4.111111111111111e+15": card, "41111111111111.11E2": card, "4E3": "4000",
		"4.5E-3": "4.5E-3", "1.23456E2": "1.23456E2", "E15": "E15", "4E": "4E", "4E999999999": "4E999999999", "x4E3": "x4E3", "": "", "12": "12",
	} {
		if got := plainNumber(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestHostileDocuments(t *testing.T) {
	tests := map[string]struct {
		content []byte
		err     error
	}{
		"a DTD":                      {docxOf(t, `</w:body></w:document><!DOCTYPE x [<!ENTITY a "1">]><w:document><w:body>`), ErrBroken},
		"no XML behind a bracket":    {docxOf(t, "<w:p <<<"), ErrBroken},
		"nesting":                    {docxOf(t, strings.Repeat("<w:p>", 100)), ErrBroken},
		"a binary workbook":          {zipped(t, member{"[Content_Types].xml", `<Types><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>`}), ErrOpaque},
		"an ODF under a password":    {zipped(t, member{"content.xml", "\x00\x01"}, member{"META-INF/manifest.xml", "<m:manifest><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"}), ErrEncrypted},
		"a shared string everywhere": {xlsxOf(t, "<si><t>"+strings.Repeat("x", 1<<20)+"</t></si>", strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 20000)), nil},
		"a legacy document":          {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 504)), ErrOpaque},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := look(test.content, "", newPurse()); !errors.Is(err, test.err) || test.err == nil && err != nil {
				t.Errorf("walking: %v, want %v", err, test.err)
			}
		})
	}
}
