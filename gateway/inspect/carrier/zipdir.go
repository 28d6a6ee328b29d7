package carrier

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Signatures and sizes of APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16.
const (
	localSignature     = "PK\x03\x04"
	directorySignature = "PK\x01\x02"
	endSignature       = "PK\x05\x06"
	localSize          = 30
	directorySize      = 46
	endSize            = 22
	unknown32          = 0xffffffff // the value is in the zip64 extra field (section 4.5.3)
	unknown16          = 0xffff
)

// Bits of the general purpose flag (section 4.4.4).
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // sizes follow the data
	flagStrong     = 1 << 6
	flagMasked     = 1 << 13
)

// zipEntry is what a directory record or a local header says of one entry.
type zipEntry struct {
	name, extra, comment []byte
	flags, method        uint16
	packed               uint64 // bytes of compressed data
	header, start        int    // where the local header and its data begin
}

func (e *zipEntry) end() int { return e.start + int(e.packed) } // never beyond content: fits checks

// fits reports whether the entry's data lie before limit.
func (e *zipEntry) fits(limit int) bool {
	return e.start <= limit && e.packed <= uint64(limit-e.start)
}

func (e *zipEntry) sealed() bool {
	return e.flags&(flagEncrypted|flagStrong|flagMasked) != 0 || e.method == methodAES
}

// zipDirectory is the reading of a zip from its end: what most programs see.
type zipDirectory struct {
	entries  []zipEntry // by place of their local headers
	from, to int        // the directory and its end record in content
	comment  []byte
}

// locate finds the end record: the last one, as every reader that searches backwards does.
func locate(content []byte) (d zipDirectory, records int, base int, ok bool) {
	end := bytes.LastIndex(content, []byte(endSignature))
	if end < 0 || len(content)-end < endSize {
		return d, 0, 0, false
	}
	r := content[end:]
	size, offset := uint64(binary.LittleEndian.Uint32(r[12:])), uint64(binary.LittleEndian.Uint32(r[16:]))
	records = int(binary.LittleEndian.Uint16(r[10:]))
	comment := int(binary.LittleEndian.Uint16(r[20:]))
	if comment > len(r)-endSize {
		return d, 0, 0, false
	}
	d.comment, d.to = r[endSize:endSize+comment], end+endSize+comment
	before := end
	if records == unknown16 || size == unknown32 || offset == unknown32 {
		if before, records, size, offset, ok = locate64(content[:end]); !ok {
			return d, 0, 0, false
		}
	}
	if size > uint64(before) || offset > uint64(before)-size {
		return d, 0, 0, false
	}
	d.from = before - int(size)
	return d, records, d.from - int(offset), true // base > 0: something was put in front of the archive
}

// locate64 finds the zip64 end record (sections 4.3.14 and 4.3.15) directly before its locator.
func locate64(before []byte) (at, records int, size, offset uint64, ok bool) {
	const locator, record = 20, 56
	at = len(before) - locator - record
	if at < 0 || !bytes.HasPrefix(before[at:], []byte("PK\x06\x06")) || !bytes.HasPrefix(before[at+record:], []byte("PK\x06\x07")) {
		return 0, 0, 0, 0, false
	}
	r := before[at:]
	n := binary.LittleEndian.Uint64(r[32:])
	if n > uint64(len(before)/directorySize) {
		return 0, 0, 0, 0, false
	}
	return at, int(n), binary.LittleEndian.Uint64(r[40:]), binary.LittleEndian.Uint64(r[48:]), true
}

// readDirectory reads the directory and holds it against the local headers. An entry whose two headers disagree, or
// that shares bytes with another, is refused: programs differ in which they believe, and bombs are built of it.
func readDirectory(content []byte) (zipDirectory, error) {
	d, records, base, ok := locate(content)
	if !ok {
		return d, broken("a zip directory")
	}
	rest := content[d.from:d.to]
	for ; bytes.HasPrefix(rest, []byte(directorySignature)); records-- {
		e, size, ok := directoryEntry(rest)
		if !ok || !e.matches(content, base) {
			return d, broken("a zip directory")
		}
		d.entries = append(d.entries, e)
		rest = rest[size:]
	}
	if records != 0 {
		return d, broken("a zip directory")
	}
	slices.SortFunc(d.entries, func(a, b zipEntry) int { return a.header - b.header })
	for i, e := range d.entries {
		limit := d.from
		if i+1 < len(d.entries) {
			limit = d.entries[i+1].header
		}
		if !e.fits(limit) {
			return d, broken("overlapping zip entries")
		}
	}
	return d, nil
}

func directoryEntry(r []byte) (e zipEntry, size int, ok bool) {
	if len(r) < directorySize {
		return e, 0, false
	}
	name, extra, comment := int(binary.LittleEndian.Uint16(r[28:])), int(binary.LittleEndian.Uint16(r[30:])), int(binary.LittleEndian.Uint16(r[32:]))
	if size = directorySize + name + extra + comment; size > len(r) {
		return e, 0, false
	}
	e.flags, e.method = binary.LittleEndian.Uint16(r[8:]), binary.LittleEndian.Uint16(r[10:])
	e.name, e.extra, e.comment = r[46:46+name], r[46+name:46+name+extra], r[46+name+extra:size]
	packed, plain, at := binary.LittleEndian.Uint32(r[20:]), binary.LittleEndian.Uint32(r[24:]), binary.LittleEndian.Uint32(r[42:])
	wide, ok := zip64(e.extra, plain, packed, at)
	e.packed, e.header = wide.packed, int(wide.offset)
	return e, size, ok && wide.offset < 1<<40
}

// wide are sizes after the zip64 extra field was looked at.
type wide struct{ packed, offset uint64 }

// zip64 reads the extended information (section 4.5.3): fields in fixed order, each there only if its 32 bits are all
// ones.
func zip64(extra []byte, plain, packed, offset uint32) (wide, bool) {
	out := wide{packed: uint64(packed), offset: uint64(offset)}
	var fields []byte
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if size > len(extra)-4 {
			break // padding, as some writers align with
		}
		if id == 1 {
			fields = extra[4 : 4+size]
			break
		}
		extra = extra[4+size:]
	}
	next := func(value uint64) (uint64, bool) {
		if value != unknown32 {
			return value, true
		}
		if len(fields) < 8 {
			return 0, false
		}
		value, fields = binary.LittleEndian.Uint64(fields), fields[8:]
		return value, true
	}
	_, ok := next(uint64(plain))
	var ok2, ok3 bool
	out.packed, ok2 = next(out.packed)
	out.offset, ok3 = next(out.offset)
	return out, ok && ok2 && ok3
}

// matches finds e's local header and holds it against e. base is added to offsets; where it is not zero and a header
// stands at the plain offset too, readers would choose differently.
func (e *zipEntry) matches(content []byte, base int) bool {
	if base != 0 && e.header < len(content) && bytes.HasPrefix(content[e.header:], []byte(localSignature)) {
		return false
	}
	local, ok := localEntry(content, e.header+base)
	if !ok || !bytes.Equal(local.name, e.name) || local.method != e.method || local.sealed() != e.sealed() {
		return false
	}
	if local.packed != e.packed && !(local.flags&flagDescriptor != 0 && local.packed == 0) {
		return false
	}
	e.header, e.start = local.header, local.start
	return e.fits(len(content))
}

// localEntry reads the local header at a place.
func localEntry(content []byte, at int) (e zipEntry, ok bool) {
	if at < 0 || at > len(content)-localSize || !bytes.HasPrefix(content[at:], []byte(localSignature)) {
		return e, false
	}
	r := content[at:]
	name, extra := int(binary.LittleEndian.Uint16(r[26:])), int(binary.LittleEndian.Uint16(r[28:]))
	if localSize+name+extra > len(r) {
		return e, false
	}
	e.flags, e.method = binary.LittleEndian.Uint16(r[6:]), binary.LittleEndian.Uint16(r[8:])
	e.name, e.extra = r[localSize:localSize+name], r[localSize+name:localSize+name+extra]
	sizes, ok := zip64(e.extra, binary.LittleEndian.Uint32(r[22:]), binary.LittleEndian.Uint32(r[18:]), 0)
	e.packed, e.header, e.start = sizes.packed, at, at+localSize+name+extra
	return e, ok
}
