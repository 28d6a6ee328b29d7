package carrier

import "math"

// pdfText writes down what a page's content shows (section 9.4). Strings that stand on one line without a gap become
// one text, however many operators show them; a gap is a space, another line a line break.
type pdfPage struct {
	fonts map[string]*pdfFont
	out   []byte

	font        *pdfFont
	size        float64
	scaleX      float64 // of the text matrix
	scaleY      float64
	x, y        float64 // where the line begins
	leading     float64
	moved       bool
	lastX, base float64 // where the last text began
	wide        float64 // and how wide it is, in ems
}

// What looks like a space between words is at least a seventh of an em wide; less is kerning.
const gap = 0.15

var plainFont = &pdfFont{widths: pdfWidths{otherwise: unknownWidth}}

func newPDFPage(fonts map[string]*pdfFont) *pdfPage {
	return &pdfPage{fonts: fonts, font: plainFont, size: 1, scaleX: 1, scaleY: 1}
}

// mostOperand bounds the values of one operand.
const mostOperand = 1 << 16

// read goes through the operators of one content stream; false says that it could not go to the end.
func (t *pdfPage) read(content []byte) (whole bool) {
	l := &pdfLexer{src: content}
	var args pdfArray
	for {
		l.values = mostOperand
		v, ok := l.value(0)
		if !ok {
			return !l.spent
		}
		op, isOperator := v.(pdfOperator)
		if !isOperator {
			if args = append(args, v); len(args) > 64 {
				args = args[32:]
			}
			continue
		}
		if op == "ID" {
			l.skipInlineImage()
		}
		t.operate(op, args)
		args = args[:0]
	}
}

func (t *pdfPage) operate(op pdfOperator, args pdfArray) {
	switch op {
	case "BT":
		t.scaleX, t.scaleY = 1, 1
		t.move(0, 0)
	case "Tf":
		t.setFont(args)
	case "TL":
		t.leading = number(args, 0)
	case "Td", "TD":
		if op == "TD" {
			t.leading = -number(args, 1)
		}
		t.move(t.x+number(args, 0)*t.scaleX, t.y+number(args, 1)*t.scaleY)
	case "Tm":
		t.scaleX = math.Hypot(number(args, 0), number(args, 1))
		t.scaleY = math.Hypot(number(args, 2), number(args, 3))
		t.move(number(args, 4), number(args, 5))
	case "T*":
		t.move(t.x, t.y-t.leading*t.scaleY)
	case "'", `"`:
		t.move(t.x, t.y-t.leading*t.scaleY)
		t.show(args[max(0, len(args)-1):])
	case "Tj":
		t.show(args)
	case "TJ":
		if len(args) > 0 {
			pieces, _ := args[len(args)-1].(pdfArray)
			t.show(pieces)
		}
	}
}

func number(args pdfArray, i int) float64 {
	if i >= len(args) {
		return 0
	}
	n, _ := args[i].(float64)
	return n
}

func (t *pdfPage) setFont(args pdfArray) {
	if len(args) < 2 {
		return
	}
	name, _ := args[len(args)-2].(pdfName)
	if t.font = t.fonts[string(name)]; t.font == nil {
		t.font = plainFont
	}
	t.size = math.Abs(number(args, len(args)-1))
}

func (t *pdfPage) move(x, y float64) { t.x, t.y, t.moved = x, y, true }

// show writes strings; numbers between them are kerning.
func (t *pdfPage) show(pieces pdfArray) {
	if t.moved {
		t.part()
	}
	for _, piece := range pieces {
		switch v := piece.(type) {
		case pdfString:
			t.out = t.font.text(t.out, v)
			t.wide += t.font.advance(v)
		case float64:
			if t.wide -= v / 1000; v < -gap*1000 {
				t.put(' ')
			}
		}
	}
}

// part puts a space or line break where the text moved on, unless it goes on right where it ended.
func (t *pdfPage) part() {
	em := t.size * t.scaleX
	switch ahead := t.x - t.lastX; {
	case len(t.out) == 0:
	case math.Abs(t.y-t.base) > 0.3*t.size*t.scaleY:
		t.put('\n')
	case ahead < 0 || ahead > (t.wide+gap)*em:
		t.put(' ')
	}
	t.moved, t.lastX, t.base, t.wide = false, t.x, t.y, 0
}

func (t *pdfPage) put(c byte) {
	if n := len(t.out); n > 0 && t.out[n-1] != ' ' && t.out[n-1] != '\n' {
		t.out = append(t.out, c)
	}
}

// skipInlineImage goes to the end of an inline image's bytes (section 8.9.7).
func (l *pdfLexer) skipInlineImage() {
	for i := l.at; i+3 < len(l.src); i++ {
		if isPDFSpace(l.src[i]) && l.src[i+1] == 'E' && l.src[i+2] == 'I' && isPDFSpace(l.src[i+3]) {
			l.at = i + 3
			return
		}
	}
	l.at = len(l.src)
}
