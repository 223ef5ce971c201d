// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// File is a store in a file that several processes share. Each has all of the contents in memory.
//
// The file is a log: a header, then one record for each transaction with what it wrote. The header
// says where the log ends, and is written last: a transaction is kept as a whole or not at all, and a
// killed process leaves a whole file. Every record has a checksum over itself and all before it. What
// others have written is read from the end of what is known, without a lock. Writing takes a lock
// of the operating system, which releases it when the process dies. A log that is mostly out of date
// is written anew beside the file and takes its place.
//
// A transaction does not wait for the disk. A killed process loses nothing: the kernel writes what it
// was handed, and the next process reads it from the kernel's cache. Only a crash of the whole machine
// can lose transactions, or the file; for a rehearsal that is a fair price for its speed.
type File struct {
	path     string
	wait     time.Duration
	contents *contents // its mutex guards log, too
	log      *log
	writers  sync.Mutex // transactions of this process wait here, not at the lock that they poll
}

// DefaultWait is how long a transaction waits for other processes to let go of the file.
const DefaultWait = 30 * time.Second

// CorruptError reports that a file is not a rehearsal data file, or is corrupted.
type CorruptError struct {
	Path string
	Err  error
}

// Error implements error.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("%s is not a rehearsal data file, or is corrupted (%v); it was left as it "+
		"is. Name another file, or remove this one to begin anew", e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// BusyError reports that other processes kept a data file locked for too long.
type BusyError struct {
	Path string
	Wait time.Duration
}

// Error implements error.
func (e *BusyError) Error() string {
	return fmt.Sprintf("waiting for %s: another process has kept it locked for %v", e.Path, e.Wait)
}

// OpenFile returns the store in the file at path, and creates the file if there is none. It reads all of
// the file and checks it. A transaction waits at most wait for other processes.
func OpenFile(path string, wait time.Duration) (*File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the data file: %w", err)
	}
	f := &File{path: path, wait: wait, contents: newContents()}
	err = ensure(path, wait)
	if err == nil {
		err = convert(path, wait)
	}
	if err == nil {
		err = f.open()
	}
	if err != nil {
		return nil, f.explain(err)
	}
	return f, nil
}

// ensure creates the file if there is none: beside its place, then linked there once it is whole. If two
// processes do so at once, the first one's file stays.
func ensure(path string, wait time.Duration) error {
	found, err := os.Stat(path)
	switch {
	case err == nil && found.Mode().IsRegular() && found.Size() == 0:
		return begin(path, wait)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	unfinished, err := writeLog(path, newContents())
	if err != nil {
		return err
	}
	defer unfinished.discard()
	if err := os.Link(unfinished.file.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// begin makes an empty file, as mktemp leaves it, a data file.
func begin(path string, wait time.Duration) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if err := lockFile(file, now().Add(wait)); err != nil {
		return err
	}
	if found, err := file.Stat(); err != nil || found.Size() > 0 {
		return err
	}
	_, err = file.WriteAt(newHeader().encode(), 0)
	return err
}

// Path returns where the file is.
func (f *File) Path() string { return f.path }

// Close implements [Store].
func (f *File) Close() error {
	f.contents.mu.Lock()
	defer f.contents.mu.Unlock()
	return f.log.file.Close()
}

// Update implements [Store].
func (f *File) Update(fn func(*Transaction) error) error {
	var own error
	err := f.contents.update(f, func(t *Transaction) error {
		own = fn(t)
		return own
	})
	if err == nil || own != nil {
		return err
	}
	return f.explain(err)
}

// explain translates an error for the person who named the file.
func (f *File) explain(err error) error {
	var broken *damage
	switch {
	case errors.Is(err, errBusy):
		return &BusyError{Path: f.path, Wait: f.wait}
	case errors.As(err, &broken):
		return &CorruptError{Path: f.path, Err: broken}
	}
	return fmt.Errorf("using the data file %s: %w", f.path, err)
}

// open reads the file at the path, which may have taken the place of another. The caller has the mutex of
// the contents.
func (f *File) open() error {
	opened, read, err := openLog(f.path)
	if err != nil {
		return err
	}
	if f.log != nil {
		_ = f.log.file.Close() // nothing of it is needed any more
	}
	f.log = opened
	f.contents.replace(read)
	return nil
}

// lock implements [keeper]. A file that has taken the place of the locked one is locked instead.
func (f *File) lock() (unlock func(), err error) {
	f.writers.Lock()
	defer func() {
		if err != nil {
			f.writers.Unlock()
		}
	}()
	for deadline := now().Add(f.wait); ; {
		if err := lockFile(f.log.file, deadline); err != nil {
			return nil, err
		}
		if f.log.at(f.path) {
			return func() {
				_ = unlockFile(f.log.file)
				f.writers.Unlock()
			}, nil
		}
		f.contents.mu.Lock()
		err := f.open() // the lock goes with the file that it was on
		f.contents.mu.Unlock()
		if err != nil {
			return nil, err
		}
	}
}

// refresh implements [keeper].
func (f *File) refresh(locked bool) error {
	ok, err := f.follow()
	if ok || err != nil {
		return err
	}
	// The header cannot be read while another process writes it, and the file may be another one.
	if !locked {
		unlock, err := f.lock()
		if err != nil {
			return err
		}
		defer unlock()
		if ok, err := f.follow(); ok || err != nil {
			return err
		}
	}
	f.contents.mu.Lock()
	defer f.contents.mu.Unlock()
	if err := f.open(); err != nil {
		return err
	}
	return lockFile(f.log.file, now().Add(f.wait))
}

// follow reads what others have added to the file, and reports whether it is still the same file.
func (f *File) follow() (ok bool, err error) {
	f.contents.mu.Lock()
	defer f.contents.mu.Unlock()
	if !f.log.at(f.path) {
		return false, nil
	}
	head, ok := f.log.head()
	if !ok || head.end < f.log.header.end {
		return false, nil
	}
	return true, f.log.read(head, func(writes []document) {
		keys := make([]string, len(writes))
		for i, w := range writes {
			keys[i] = w.key
		}
		f.contents.apply(writes, keys)
	})
}

// write implements [keeper].
func (f *File) write(writes []document) error {
	if f.log.wasteful(f.contents.size) {
		f.compact()
	}
	return f.log.add(writes)
}

// compact writes the file anew, without what is out of date. If that fails, the file stays as it is.
func (f *File) compact() {
	next, err := writeLog(f.path, f.contents)
	if err != nil {
		return
	}
	if lockFile(next.file, now()) != nil || os.Rename(next.file.Name(), f.path) != nil {
		next.discard()
		return
	}
	_ = f.log.file.Close() // with its lock: who waits for it finds the new file
	f.log = next
}

func now() time.Time { return time.Now() } //nolint:forbidigo // processes wait by the machine's clock
