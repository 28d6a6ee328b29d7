package carrier

// mostAncestors bounds the way from a page up its tree.
const mostAncestors = 32

// perReference is what following a reference is charged: thousands of pages may share a list of thousands.
const perReference = 16

// pages reads the content of every page with the page's fonts. The streams of one page are one text (section 7.8.2).
func (p *pdf) pages() error {
	for _, o := range p.objects {
		d := o.dict()
		if _, ok := d["Contents"]; !ok || d["Type"] == pdfName("Annot") {
			continue
		}
		fonts, err := p.fontsOf(p.inherited(d, "Resources"))
		if err != nil {
			return err
		}
		page := newPDFPage(fonts)
		streams := p.contents(d["Contents"])
		if err := p.b.Spend(perReference * len(streams)); err != nil {
			return err
		}
		for _, ref := range streams {
			if err := p.stream(ref, page); err != nil {
				return err
			}
		}
		if err := p.shown(page); err != nil {
			return err
		}
	}
	return nil
}

// contents is one stream or an array of them.
func (p *pdf) contents(v any) []*pdfObject {
	list, ok := p.resolve(v).(pdfArray)
	if !ok {
		list = pdfArray{v}
	}
	var streams []*pdfObject
	for _, item := range list {
		if ref, ok := item.(pdfRef); ok && p.byNum[int(ref)] != nil && p.byNum[int(ref)].raw != nil {
			streams = append(streams, p.byNum[int(ref)])
		}
	}
	return streams
}

func (p *pdf) stream(o *pdfObject, page *pdfPage) error {
	o.read = true
	return p.decoded(o, func(plain []byte) error {
		if err := p.b.Spend(len(plain)); err != nil { // the text it becomes; many pages may show one stream
			return err
		}
		if !page.read(plain) {
			return broken("a PDF's page")
		}
		return p.loose("", plain)
	})
}

func (p *pdf) shown(page *pdfPage) error {
	defer clear(page.out)
	return p.paragraph(page.out)
}

// inherited is an attribute of a page or of what it hangs from (section 7.7.3.4).
func (p *pdf) inherited(d pdfDict, key string) pdfDict {
	for range mostAncestors {
		if own := p.dictAt(d[key]); own != nil || d == nil {
			return own
		}
		d = p.dictAt(d["Parent"])
	}
	return nil
}

func (p *pdf) fontsOf(resources pdfDict) (map[string]*pdfFont, error) {
	own := p.dictAt(resources["Font"])
	if err := p.b.Spend(perReference * len(own)); err != nil {
		return nil, err
	}
	if own == nil {
		return p.named, nil // a form without resources uses its page's
	}
	fonts := make(map[string]*pdfFont)
	for name, v := range own {
		f, err := p.font(v)
		if err != nil {
			return nil, err
		}
		fonts[name], p.named[name] = f, f
	}
	return fonts, nil
}

// others reads the streams that are no page's: forms and appearances with fonts of their own, attached files,
// metadata, and whatever nothing points at. Images and font programs are left as they are.
func (p *pdf) others() error {
	for _, o := range p.objects {
		if o.raw == nil || o.read || isPicture(o.dict()) {
			continue
		}
		o.read = true
		if err := p.other(o); err != nil {
			return err
		}
	}
	return nil
}

func (p *pdf) other(o *pdfObject) error {
	fonts, err := p.fontsOf(p.dictAt(o.dict()["Resources"]))
	if err != nil {
		return err
	}
	return p.decoded(o, func(plain []byte) error {
		if err := p.b.Spend(len(plain)); err != nil {
			return err
		}
		page := newPDFPage(fonts)
		if whole := page.read(plain); !whole && o.dict()["Subtype"] == pdfName("Form") {
			return broken("a PDF's form") // any other stream is no text but by chance
		}
		if err := p.shown(page); err != nil {
			return err
		}
		return p.file("", plain)
	})
}

// isPicture knows images and font programs by their dictionaries.
func isPicture(d pdfDict) bool {
	switch d["Subtype"] {
	case pdfName("Image"), pdfName("Type1C"), pdfName("CIDFontType0C"), pdfName("OpenType"):
		return true
	}
	_, font := d["Length1"]
	return font || d["Type"] == pdfName("XRef")
}
