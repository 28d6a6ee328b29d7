package inspect

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// columns is tables whose columns are named in a row above: the name of an identifier holds for all cells below it.
func columns() map[string]identifier {
	list := map[string]identifier{}
	for place, in := range map[string]func(rows [][]string) string{
		"workbook":          func(rows [][]string) string { return uploaded("a.xlsx", workbook(rows, true)) },
		"workbook of Excel": func(rows [][]string) string { return uploaded("a.xlsx", workbook(append(rows, nil), true)) },
		"workbook, inline":  func(rows [][]string) string { return uploaded("a.xlsx", workbook(rows, false)) },
		"OpenDocument":      func(rows [][]string) string { return uploaded("a.ods", spreadsheet(rows)) },
		"file of Excel":     func(rows [][]string) string { return uploaded("Заказы.CSV", cyrillic(joined(rows, ";"))) },
		"CSV":               func(rows [][]string) string { return post("text/csv", joined(rows, ",")) },
		"pasted":            func(rows [][]string) string { return form("comment=" + url.QueryEscape(joined(rows, "\t"))) },
		"pasted in JSON": func(rows [][]string) string {
			return jsons(encoded(object{"text": "Добрый день!\n" + joined(rows, "\t")}))
		},
		"Markdown": func(rows [][]string) string { return form("comment=" + url.QueryEscape(markdown(rows))) },
	} {
		for _, head := range []string{"IMEI", "Трек-номер", "Штрихкод", "Серийный номер"} {
			under := func(text string) string {
				head, cell, _ := strings.Cut(text, "/")
				return in([][]string{{"Модель", head, "Цена"}, {"Лампа", "1", "5"}, {"Лента", cell, "7"}})
			}
			list["column "+head+" of a table: "+place] = identifier{under, head + "/{n}", []string{"Примечание/{n}", head + "/карта {n}", "Номер карты/{n}"}, !strings.HasPrefix(head, "Трек")}
		}
		list["column beside: "+place] = identifier{func(text string) string {
			return in([][]string{{"IMEI", "Телефон", "Примечание"}, {"1", "2", "3"}, strings.Split(text, "/")})
		}, "{n}/2/3", []string{"1/{n}/3", "1/2/{n}"}, true}
	}
	list["table with a column of codes"] = identifier{func(text string) string { return form("comment=" + url.QueryEscape(text)) },
		"IMEI|date|code\n{n}|12/28|123\n", []string{"IMEI|date|cvv\n{n}|12/28|123\n"}, true}
	list["table with words behind it"] = identifier{func(text string) string { return form("comment=" + url.QueryEscape(text)) },
		"IMEI\tСумма\n{n}\t500\n", []string{"IMEI\tСумма\n1\t500\n\n{n}\n", "IMEI\tСумма\n1\t500\nВот\n{n}\nспасибо"}, true}
	list["table under a title"] = identifier{func(text string) string {
		return uploaded("a.xlsx", workbook([][]string{{"Прайс"}, {"Модель", "IMEI"}, {"Лампа", text}}, true))
	}, "{n}", []string{"карта {n}"}, true}
	return list
}

// marked is HTML, as editors and letters have it, in which tags part a number from what names it.
func marked() map[string]identifier {
	list := map[string]identifier{}
	for place, in := range map[string]func(text string) string{
		"page":              func(text string) string { return post("text/html", text) },
		"comment":           func(text string) string { return form("comment=" + url.QueryEscape(text)) },
		"letter in JSON":    func(text string) string { return jsons(encoded(object{"html": "<div>" + text + "</div>"})) },
		"behind a greeting": func(text string) string { return form("comment=" + url.QueryEscape("Здравствуйте! "+text)) },
	} {
		for _, words := range []string{"IMEI", "Номер заказа", "Серийный номер"} {
			for layout, text := range map[string]string{
				"bold":       "<p>%s: <b>{n}</b></p>",
				"bold words": "<p><strong>%s:</strong> {n}</p>",
				"bold, then": "<p>%s: <b>{n}</b> шт.</p>",
				"styled":     `<p style="color:red">%s: <span>{n}</span></p>`,
				"cells":      "<table><tr><td>%s</td><td>{n}</td></tr></table>",
				"definition": "<dl><dt>%s</dt><dd>{n}</dd></dl>",
				"line":       "%s:<br>{n}",
			} {
				list[words+" "+layout+": "+place] = identifier{in, fmt.Sprintf(text, words), []string{
					fmt.Sprintf(strings.ReplaceAll(text, "{n}", "{n} 12/28 123"), words),
					fmt.Sprintf(text, "Оплата"), fmt.Sprintf(text, words+" не знаю. Карта"), fmt.Sprintf(text, words+" 15, вот"),
				}, true}
			}
		}
		if place == "behind a greeting" {
			continue
		}
		list["column of a table in HTML: "+place] = identifier{in, "<table><tr><th>Модель</th><th>IMEI</th></tr><tr><td>Лампа</td><td>{n}</td></tr></table>", []string{
			"<table><tr><th>IMEI</th><th>Модель</th></tr><tr><td>Лампа</td><td>{n}</td></tr></table>",
			"<table><tr><th>Модель</th><th>IMEI</th></tr><tr><td>{n}</td><td>1</td></tr></table>",
			`<table><tr><td>IMEI</td><td name="card_number">{n}</td></tr></table>`,
			"<table><tr><td>IMEI</td></tr></table><table><tr><td>1</td></tr><tr><td>{n}</td></tr></table>",
		}, place == "page"}
	}
	return list
}

// spreadsheet is a file of LibreOffice.
func spreadsheet(rows [][]string) string {
	var b, sheet bytes.Buffer
	for _, row := range rows {
		sheet.WriteString("<table:table-row>")
		for _, text := range row {
			sheet.WriteString(`<table:table-cell office:value-type="string"><text:p>` + text + `</text:p></table:table-cell>`)
		}
		sheet.WriteString("</table:table-row>")
	}
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"META-INF/manifest.xml", "<manifest:manifest/>"},
		{"content.xml", "<office:document-content><office:body><office:spreadsheet><table:table>" + sheet.String() + "</table:table></office:spreadsheet></office:body></office:document-content>"},
	} {
		f, _ := w.Create(part[0])
		_, _ = f.Write([]byte(part[1]))
	}
	_ = w.Close()
	return b.String()
}

func joined(rows [][]string, mark string) string {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, mark) + "\r\n")
	}
	return b.String()
}

func markdown(rows [][]string) string {
	return "| " + strings.Join(rows[0], " | ") + " |\n|---|---|---|\n| " + strings.Join(rows[1], " | ") + " |\n| " + strings.Join(rows[2], " | ") + " |\n"
}

func cyrillic(s string) string {
	s, _ = charmap.Windows1251.NewEncoder().String(s)
	return s
}

func uploaded(name, data string) string {
	return post("multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\""+name+"\"\r\n\r\n"+data+"\r\n--XX--\r\n")
}

// workbook is a file of Excel with its strings in a table of their own, or in the cells.
func workbook(rows [][]string, shared bool) string {
	var sheet, strs strings.Builder
	n := 0
	for i, row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d">`, i+1)
		for j, text := range row {
			at := string(rune('A'+j)) + fmt.Sprint(i+1)
			if !shared {
				fmt.Fprintf(&sheet, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, at, text)
				continue
			}
			fmt.Fprintf(&sheet, `<c r="%s" t="s"><v>%d</v></c>`, at, n)
			strs.WriteString("<si><t>" + text + "</t></si>")
			n++
		}
		sheet.WriteString("</row>")
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	parts := [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0"?><Types/>`},
		{"xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + sheet.String() + "</sheetData></worksheet>"},
		{"xl/sharedStrings.xml", "<sst>" + strs.String() + "</sst>"},
	}
	if len(rows)%2 == 1 { // in whatever order
		parts[1], parts[2] = parts[2], parts[1]
	}
	for _, part := range parts {
		f, _ := w.Create(part[0])
		_, _ = f.Write([]byte(part[1]))
	}
	_ = w.Close()
	return b.String()
}
