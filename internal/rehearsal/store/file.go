// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// File is a store in a file of the bbolt database.
//
// The file is opened for each transaction and closed after it. Meanwhile bbolt holds a lock of the
// operating system, which releases it when the process dies: several processes share the file, and a
// killed one leaves no lock behind.
//
// A commit does not wait for the disk. A killed process loses nothing: the kernel writes what it was
// handed, and the next process reads it from the kernel's cache. Only a crash of the whole machine can
// lose commits, or the file; for a rehearsal that is a fair price for commits in less than a
// millisecond. After a kill the file is whole because of bbolt's order of writes: new pages first,
// beside the old ones, then one of two meta pages, with a checksum, that points to them.
type File struct {
	path string
	wait time.Duration
	mu   sync.Mutex // transactions of this process wait here, not at the lock that bbolt polls
}

// DefaultWait is how long a transaction waits for other processes to let go of the file.
const DefaultWait = 30 * time.Second

// bucket holds everything. Another layout of the file would have another name.
var bucket = []byte("azuremedia rehearsal 1") //nolint:gochecknoglobals // a constant

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

// OpenFile returns the store in the file at path, and creates the file if there is none. A transaction
// waits at most wait for other processes.
func OpenFile(path string, wait time.Duration) (*File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the data file: %w", err)
	}
	f := &File{path: path, wait: wait}
	if err := ensure(path, wait); err != nil {
		return nil, f.explain(err)
	}
	// Opened for reading, a file of somebody else's stays exactly as it is.
	err = f.with(&bolt.Options{ReadOnly: true, PreLoadFreelist: true}, func(db *bolt.DB) error {
		return db.View(func(tx *bolt.Tx) error {
			_, err := open(tx)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// ensure creates the file if there is none: beside its place, then linked there once it is whole. If two
// processes do so at once, the first one's file stays.
func ensure(path string, wait time.Duration) error {
	found, err := os.Stat(path)
	switch {
	case err == nil && found.Mode().IsRegular() && found.Size() == 0:
		return initialize(path, wait) // as mktemp leaves it
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	unfinished, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(unfinished.Name()) }()
	if err := unfinished.Close(); err != nil {
		return err
	}
	if err := initialize(unfinished.Name(), wait); err != nil {
		return err
	}
	if err := os.Link(unfinished.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func initialize(empty string, wait time.Duration) error {
	db, err := bolt.Open(empty, 0o600,
		&bolt.Options{NoSync: true, NoGrowSync: true, Timeout: wait})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
	return errors.Join(err, db.Close())
}

// Path returns where the file is.
func (f *File) Path() string { return f.path }

// Close implements [Store]; between transactions nothing is held.
func (f *File) Close() error { return nil }

// Update implements [Store].
func (f *File) Update(fn func(Tx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	options := &bolt.Options{NoSync: true, NoGrowSync: true, NoStatistics: true}
	return f.with(options, func(db *bolt.DB) error {
		tx, err := db.Begin(true)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // says ErrTxClosed after a commit
		contents, err := open(tx)
		if err != nil {
			return err
		}
		stored := &pages{bucket: contents}
		overlay := NewOverlay(stored)
		if err := fn(overlay); err != nil {
			return &refusal{err}
		}
		overlay.Flush()
		switch {
		case stored.err != nil:
			return stored.err
		case stored.changed:
			return tx.Commit()
		}
		return nil
	})
}

// refusal is an error of the transaction's own, which says nothing about the file.
type refusal struct{ error }

// with opens the file for as long as fn runs.
func (f *File) with(options *bolt.Options, fn func(*bolt.DB) error) (err error) {
	defer func() {
		var refused *refusal
		if errors.As(err, &refused) {
			err = refused.error
		} else if err != nil {
			err = f.explain(err)
		}
	}()
	// bbolt maps the file into memory: reading beyond the end of one that was cut off is a fault,
	// and a page that makes no sense is a panic.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	options.Timeout = f.wait
	var file *os.File
	options.OpenFile = func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
		file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
		return file, err
	}
	var db *bolt.DB
	if broken := guard(func() { db, err = bolt.Open(f.path, 0o600, options) }); broken != nil {
		return errors.Join(broken, file.Close()) // with its lock
	}
	if err != nil {
		return unlessSystem(err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	defer func() {
		if failure := recover(); failure != nil {
			broken, ok := failure.(*damage)
			if !ok {
				panic(failure)
			}
			err = broken
		}
	}()
	return fn(db)
}

// explain translates an error of bbolt for the person who named the file.
func (f *File) explain(err error) error {
	var broken *damage
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return &BusyError{Path: f.path, Wait: f.wait}
	case errors.As(err, &broken):
		return &CorruptError{Path: f.path, Err: broken}
	}
	return fmt.Errorf("using the data file %s: %w", f.path, err)
}

// unlessSystem treats an error of bbolt at opening as damage, unless it comes from the operating system
// or reports that the file is locked: bbolt has no types for all of its errors.
func unlessSystem(err error) error {
	var path *fs.PathError
	var number syscall.Errno
	if errors.As(err, &path) || errors.As(err, &number) || errors.Is(err, bolterrors.ErrTimeout) {
		return err
	}
	return &damage{err}
}

func open(tx *bolt.Tx) (*bolt.Bucket, error) {
	var contents *bolt.Bucket
	if broken := guard(func() { contents = tx.Bucket(bucket) }); broken != nil {
		return nil, broken
	}
	if contents == nil {
		return nil, &damage{"it has contents of another kind"}
	}
	return contents, nil
}

// damage is a panic of bbolt over a corrupted file.
type damage struct{ found any }

// Error implements error.
func (d *damage) Error() string { return fmt.Sprint(d.found) }

// guard runs work of bbolt and returns its panic as an error.
func guard(work func()) (broken error) {
	defer func() {
		if found := recover(); found != nil {
			broken = &damage{found}
		}
	}()
	work()
	return nil
}

// pages is the [Tx] on the file's own pages. It panics with a *damage where they cannot be read.
type pages struct {
	bucket  *bolt.Bucket
	changed bool
	err     error
}

func read(work func()) {
	if broken := guard(work); broken != nil {
		panic(broken)
	}
}

func (p *pages) Get(key string) (value []byte) {
	read(func() { value = p.bucket.Get([]byte(key)) })
	return value
}

func (p *pages) Put(key string, value []byte) {
	p.write(func() error { return p.bucket.Put([]byte(key), value) })
}

func (p *pages) Delete(key string) {
	p.write(func() error { return p.bucket.Delete([]byte(key)) })
}

// write changes a page, or nothing once a write has failed: the transaction will not be committed.
func (p *pages) write(change func() error) {
	if p.err != nil {
		return
	}
	p.changed = true
	read(func() { p.err = change() })
}

func (p *pages) Scan(prefix string, fn func(string, []byte) bool) {
	cursor := p.bucket.Cursor()
	var key, value []byte
	read(func() { key, value = cursor.Seek([]byte(prefix)) })
	for key != nil && bytes.HasPrefix(key, []byte(prefix)) && fn(string(key), value) {
		read(func() { key, value = cursor.Next() })
	}
}
