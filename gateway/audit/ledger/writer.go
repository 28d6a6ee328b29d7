package ledger

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Writer appends to a log. It belongs to one goroutine, and to one process: take the Lock first.
//
// After an error nothing that the failed call was given counts as written; the next call first cuts the file back to
// what is known to be durable. A failed sync says nothing about what reached the disk, and a second sync of the same
// pages may claim success, so they are never trusted.
type Writer struct {
	folder Folder
	origin string
	signer note.Signer

	tree    Frontier
	number  int   // of the segment being written
	durable int64 // its length that is known to be on the disk
	segment File
	dirty   bool

	owed        []byte // stored hashes since the last checkpoint; recovery can rebuild them
	hashed      int64  // records whose hashes are in the hashes file
	checkpoints int64  // durable length of the checkpoints file
}

// NewWriter goes on where state ends.
func NewWriter(folder Folder, origin string, signer note.Signer, state *State) (*Writer, error) {
	w := &Writer{
		folder: folder, origin: origin, signer: signer,
		tree: *state.Tree, number: state.Segment, durable: state.Offset,
		hashed: state.Tree.Size(), checkpoints: state.Checkpoints, dirty: true,
	}
	if w.number == 0 {
		w.number = 1
	}
	return w, w.repair()
}

// Size is how many records the log has.
func (w *Writer) Size() int64 { return w.tree.Size() }

// Root is the root of the tree over them.
func (w *Writer) Root() tlog.Hash { return w.tree.Root() }

// Segment is the name of the segment being written, and Length its bytes.
func (w *Writer) Segment() string { return SegmentName(w.number) }

// Length is how many bytes the segment being written has.
func (w *Writer) Length() int64 { return w.durable }

// Durable is how much of a log is known to be on the disk: whole segments before Segment, and of it and of the
// checkpoints so many bytes. What is not must not leave the host: after a crash the log may go on differently.
type Durable struct {
	Segment            int // number
	Bytes, Checkpoints int64
}

// Durable is how much is on the disk.
func (w *Writer) Durable() Durable { return Durable{w.number, w.durable, w.checkpoints} }

// Append writes lines, each without LF, and returns once they are on the disk. Either all of them become records
// or none does.
func (w *Writer) Append(lines ...[]byte) error {
	if err := w.repair(); err != nil {
		return err
	}
	var text []byte
	for _, line := range lines {
		text = append(append(text, line...), '\n')
	}
	if err := w.write(text); err != nil {
		_ = w.repair() // so that a reader sees no half line; if it fails the next call repairs
		return err
	}
	w.durable += int64(len(text))
	for _, line := range lines {
		hashes, err := w.tree.Add(tlog.RecordHash(line))
		if err != nil {
			return err
		}
		for _, h := range hashes {
			w.owed = append(w.owed, h[:]...)
		}
	}
	return nil
}

func (w *Writer) write(text []byte) error {
	w.dirty = true
	if _, err := w.segment.Write(text); err != nil {
		return fmt.Errorf("writing segment %s: %w", w.Segment(), err)
	}
	if err := w.segment.Sync(); err != nil {
		return fmt.Errorf("syncing segment %s: %w", w.Segment(), err)
	}
	w.dirty = false
	return nil
}

// repair opens the segment, if need be anew, and cuts it back to its durable length.
func (w *Writer) repair() error {
	if !w.dirty {
		return nil
	}
	if w.segment != nil {
		_ = w.segment.Close() // its error is the one we are here for
		w.segment = nil
	}
	f, err := w.folder.Open(w.Segment(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("opening segment: %w", err)
	}
	w.segment = f
	if err := errors.Join(f.Truncate(w.durable), f.Sync(), w.folder.Sync()); err != nil {
		return fmt.Errorf("cutting segment %s to what is durable: %w", w.Segment(), err)
	}
	w.dirty = false
	return nil
}

// Rotate begins a new segment. The caller has made a checkpoint.
func (w *Writer) Rotate() error {
	if err := w.repair(); err != nil {
		return err
	}
	if w.durable == 0 {
		return nil
	}
	f, err := w.folder.Open(SegmentName(w.number+1), os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return fmt.Errorf("beginning segment: %w", err)
	}
	if err := w.folder.Sync(); err != nil {
		_ = f.Close()
		return errors.Join(fmt.Errorf("beginning segment: %w", err), w.folder.Remove(SegmentName(w.number+1)))
	}
	old := w.segment
	w.segment, w.durable = f, 0
	w.number++
	return old.Close()
}

// Checkpoint makes the tree durable as far as it goes and signs it. It returns the signed note.
func (w *Writer) Checkpoint() ([]byte, error) {
	if err := w.storeHashes(); err != nil {
		return nil, err
	}
	signed, err := Checkpoint{w.origin, w.Size(), w.Root()}.Sign(w.signer)
	if err != nil {
		return nil, err
	}
	end, err := appendAt(w.folder, CheckpointsName, w.checkpoints, append(signed, '\n'))
	if err != nil {
		return nil, fmt.Errorf("writing checkpoint: %w", err)
	}
	w.checkpoints = end
	return signed, nil
}

func (w *Writer) storeHashes() error {
	if _, err := appendAt(w.folder, HashesName, HashesSize(w.hashed), w.owed); err != nil {
		return fmt.Errorf("writing hashes: %w", err)
	}
	w.owed, w.hashed = w.owed[:0], w.Size()
	return nil
}

// appendAt appends content to a file of which offset bytes are known to be good, and returns its new length.
func appendAt(folder Folder, name string, offset int64, content []byte) (int64, error) {
	f, err := folder.Open(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return offset, err
	}
	size, err := f.Size()
	switch {
	case err == nil && size < offset:
		err = fmt.Errorf("%s lost %d bytes", name, offset-size)
	case err == nil && size > offset:
		err = f.Truncate(offset) // the rest of a call that failed
	}
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = f.Sync()
	}
	if err == nil && offset == 0 {
		err = folder.Sync()
	}
	return offset + int64(len(content)), errors.Join(err, f.Close())
}

// Close lets go of the segment. What was appended is durable already.
func (w *Writer) Close() error {
	if w.segment == nil {
		return nil
	}
	return w.segment.Close()
}
