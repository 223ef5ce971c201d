// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// log is an open file in the format of [File].
type log struct {
	file   *os.File
	info   os.FileInfo
	header header
}

// header says how far a log goes, and ends with a checksum of itself.
type header struct {
	end int64
	sum uint32 // of all records before the end
}

// magic begins a file. Another format would have another one.
const (
	magic       = "azuremedia rehearsal 2\n\x00"
	headerEnd   = int64(len(magic)) + 16
	recordStart = 8 // length and checksum
)

func newHeader() header { return header{end: headerEnd} }

func (h header) encode() []byte { return append([]byte(magic), h.slot()...) }

// slot is the part of a header that changes.
func (h header) slot() []byte {
	slot := binary.BigEndian.AppendUint64(nil, uint64(h.end)) //nolint:gosec // not negative
	slot = binary.BigEndian.AppendUint32(slot, h.sum)
	return binary.BigEndian.AppendUint32(slot, checksum(0, slot))
}

func checksum(before uint32, content []byte) uint32 {
	return crc32.Update(before, crc32.MakeTable(crc32.Castagnoli), content)
}

// damage is what is wrong with a file.
type damage struct{ found any }

// Error implements error.
func (d *damage) Error() string { return fmt.Sprint(d.found) }

// openLog opens the file at path and reads and checks all of it.
func openLog(path string) (opened *log, read *contents, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	l := &log{file: file, header: newHeader()}
	if l.info, err = file.Stat(); err != nil {
		return nil, nil, err
	}
	start := make([]byte, len(magic))
	if n, err := file.ReadAt(start, 0); string(start[:n]) != magic {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		return nil, nil, &damage{"it has contents of another kind"}
	}
	head, ok := l.head()
	if !ok {
		return nil, nil, &damage{"its header has a wrong checksum"}
	}
	read = newContents()
	err = l.read(head, func(writes []document) { read.apply(writes, nil) })
	return l, read, err
}

// at reports whether the log is the file at path.
func (l *log) at(path string) bool {
	info, err := os.Stat(path)
	return err == nil && os.SameFile(info, l.info)
}

// head reads the header as it is now, and reports whether it is whole.
func (l *log) head() (header, bool) {
	var slot [16]byte
	if _, err := l.file.ReadAt(slot[:], int64(len(magic))); err != nil {
		return header{}, false
	}
	head := header{
		end: int64(binary.BigEndian.Uint64(slot[:])), //nolint:gosec // the comparison shows
		sum: binary.BigEndian.Uint32(slot[8:]),
	}
	return head, string(head.slot()) == string(slot[:]) && head.end >= headerEnd
}

// read calls fn for each record from the end of what is known to where the header says.
func (l *log) read(head header, fn func(writes []document)) error {
	if head == l.header {
		return nil
	}
	from := bufio.NewReaderSize(
		io.NewSectionReader(l.file, l.header.end, head.end-l.header.end), 1<<18)
	for at, sum := l.header.end, l.header.sum; at < head.end; {
		wrong := &damage{fmt.Sprintf("the record at byte %d has a wrong checksum", at)}
		var start [recordStart]byte
		if _, err := io.ReadFull(from, start[:]); err != nil {
			return orMissing(err)
		}
		length := int64(binary.BigEndian.Uint32(start[:]))
		if at += recordStart + length; at > head.end {
			return wrong
		}
		record := make([]byte, length)
		if _, err := io.ReadFull(from, record); err != nil {
			return orMissing(err)
		}
		if sum = checksum(sum, record); sum != binary.BigEndian.Uint32(start[4:]) {
			return wrong
		}
		writes, ok := decodeWrites(record)
		if !ok {
			return wrong
		}
		fn(writes)
		l.header = header{end: at, sum: sum}
	}
	if head != l.header {
		return &damage{"its header and its records do not belong together"}
	}
	return nil
}

// orMissing treats an end that comes too early as damage.
func orMissing(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &damage{"its end is missing"}
	}
	return err
}

// add appends a record and then says so in the header.
func (l *log) add(writes []document) error {
	record := encodeRecord(writes, l.header.sum)
	if _, err := l.file.WriteAt(record, l.header.end); err != nil {
		return err
	}
	next := header{
		end: l.header.end + int64(len(record)), sum: binary.BigEndian.Uint32(record[4:]),
	}
	if _, err := l.file.WriteAt(next.slot(), int64(len(magic))); err != nil {
		return err
	}
	l.header = next
	return nil
}

// wasteful reports whether most of a log is out of date.
func (l *log) wasteful(size int) bool { return l.header.end > 1<<20+2*int64(size) }

// encodeRecord returns a record that follows one with a checksum.
func encodeRecord(writes []document, sum uint32) []byte {
	record := make([]byte, 0, recordStart+2*len(writes)*binary.MaxVarintLen64)
	record = append(record, make([]byte, recordStart)...)
	for _, w := range writes {
		record = binary.AppendUvarint(record, uint64(len(w.key)))
		record = append(record, w.key...)
		if w.value == nil {
			record = binary.AppendUvarint(record, 0)
			continue
		}
		record = binary.AppendUvarint(record, uint64(len(w.value))+1)
		record = append(record, w.value...)
	}
	binary.BigEndian.PutUint32(record, uint32(len(record)-recordStart)) //nolint:gosec // requests are far smaller
	binary.BigEndian.PutUint32(record[4:], checksum(sum, record[recordStart:]))
	return record
}

// decodeWrites returns what a record says was written.
func decodeWrites(record []byte) (writes []document, ok bool) {
	part := func(spare uint64) ([]byte, bool) {
		length, n := binary.Uvarint(record)
		if n <= 0 || length > uint64(len(record[n:]))+spare {
			return nil, false
		}
		record = record[n:]
		if spare > 0 && length == 0 {
			return nil, true
		}
		content := record[: length-spare : length-spare]
		record = record[length-spare:]
		return content, true
	}
	for len(record) > 0 {
		key, keyed := part(0)
		value, valued := part(1)
		if !keyed || !valued {
			return nil, false
		}
		writes = append(writes, document{string(key), value})
	}
	return writes, true
}

// writeLog writes contents to a new file beside path.
func writeLog(path string, c *contents) (written *log, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	l := &log{file: file, header: newHeader()}
	defer func() {
		if err != nil {
			l.discard()
		}
	}()
	out := bufio.NewWriterSize(file, 1<<20)
	_, _ = out.Write(l.header.encode()) // an error stays until Flush
	c.tree.Ascend(func(d document) bool {
		record := encodeRecord([]document{d}, l.header.sum)
		_, err = out.Write(record)
		l.header.end += int64(len(record))
		l.header.sum = binary.BigEndian.Uint32(record[4:])
		return err == nil
	})
	if err := out.Flush(); err != nil {
		return nil, err
	}
	if l.info, err = file.Stat(); err != nil {
		return nil, err
	}
	_, err = file.WriteAt(l.header.slot(), int64(len(magic)))
	return l, err
}

// discard closes a file that [writeLog] wrote, and removes it where it was written.
func (l *log) discard() {
	_ = l.file.Close()
	_ = os.Remove(l.file.Name())
}
