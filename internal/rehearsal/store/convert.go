// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// formerBucket holds everything in a file of the former format, which is that of the bbolt database.
const formerBucket = "azuremedia rehearsal 1"

// formerHead is how much of a former file changes with every transaction.
const formerHead = 1 << 17

// convert writes a file of the former format anew. It leaves any other file alone.
func convert(path string, wait time.Duration) error {
	for {
		before, err := head(path)
		if err != nil || bytes.HasPrefix(before, []byte(magic)) {
			return err
		}
		former, err := readFormer(path, wait)
		if err != nil {
			if after, _ := head(path); !bytes.Equal(before, after) {
				continue // another process has changed it
			}
			return err
		}
		if done, err := replaceFormer(path, before, former, wait); done || err != nil {
			return err
		}
	}
}

func head(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, formerHead))
}

// replaceFormer puts contents into the place of a former file, and reports whether the file was still as
// it had been read.
func replaceFormer(
	path string, before []byte, former *contents, wait time.Duration,
) (done bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false, err
	}
	defer func() { _ = file.Close() }()
	if err := lockFile(file, now().Add(wait)); err != nil {
		return false, err
	}
	if after, err := head(path); err != nil || !bytes.Equal(before, after) {
		return false, err
	}
	unfinished, err := writeLog(path, former)
	if err != nil {
		return false, err
	}
	if runtime.GOOS == "windows" { // which renames no open file, and to none
		_ = unfinished.file.Close()
		_ = file.Close()
	}
	if err := os.Rename(unfinished.file.Name(), path); err != nil {
		unfinished.discard()
		return false, err
	}
	_ = unfinished.file.Close() // it is written
	return true, nil
}

// readFormer returns the contents of a former file. It opens the file for reading, so that a file of
// somebody else's stays exactly as it is.
func readFormer(path string, wait time.Duration) (former *contents, err error) {
	// bbolt maps the file into memory: reading beyond the end of one that was cut off is a fault,
	// and a page that makes no sense is a panic.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	options := &bolt.Options{ReadOnly: true, PreLoadFreelist: true, Timeout: wait}
	var file *os.File
	options.OpenFile = func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
		file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
		return file, err
	}
	var db *bolt.DB
	if broken := guard(func() { db, err = bolt.Open(path, 0o600, options) }); broken != nil {
		return nil, errors.Join(broken, file.Close()) // with its lock
	}
	if err != nil {
		return nil, unlessSystem(err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	former = newContents()
	broken := guard(func() { err = db.View(former.copyFormer) })
	return former, errors.Join(broken, err)
}

func (c *contents) copyFormer(tx *bolt.Tx) error {
	bucket := tx.Bucket([]byte(formerBucket))
	if bucket == nil {
		return &damage{"it has contents of another kind"}
	}
	return bucket.ForEach(func(key, value []byte) error {
		c.apply([]document{{string(key), bytes.Clone(value)}}, nil)
		return nil
	})
}

// unlessSystem treats an error of bbolt at opening as damage, unless it comes from the operating system
// or reports that the file is locked: bbolt has no types for all of its errors.
func unlessSystem(err error) error {
	var path *fs.PathError
	var number syscall.Errno
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return errBusy
	case errors.As(err, &path) || errors.As(err, &number):
		return err
	}
	return &damage{err}
}

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
