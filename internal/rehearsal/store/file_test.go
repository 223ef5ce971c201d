// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package store_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/store"
)

// childFile names the data file to the test binary run as a child: it then counts in that file.
const childFile, childCount = "REHEARSAL_STORE_TEST_FILE", "REHEARSAL_STORE_TEST_COUNT"

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		if err := count(path, os.Getenv(childCount)); err != nil {
			panic(err) // the parent sees how the child ended
		}
		return
	}
	m.Run()
}

// count raises the counters in the file so many times, each time in one transaction and with pages
// enough to be caught in the middle, and says each number once it is kept.
func count(path, times string) error {
	limit, err := strconv.Atoi(times)
	if err != nil {
		return err
	}
	f, err := store.OpenFile(path, store.DefaultWait)
	if err != nil {
		return err
	}
	for range limit {
		var reached int
		err := f.Update(func(tx *store.Transaction) error {
			reached, _ = strconv.Atoi(string(tx.Get("first")))
			reached++
			number := []byte(strconv.Itoa(reached))
			tx.Put("first", number)
			for i := range 40 {
				tx.Put(fmt.Sprintf("page/%02d", i), bytes.Repeat(number, 2000/len(number)))
			}
			tx.Put("last", number)
			return nil
		})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(os.Stdout, reached); err != nil {
			return err
		}
	}
	return nil
}

func child(t *testing.T, path string, times int) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), binary)
	command.Env = append(os.Environ(), childFile+"="+path, childCount+"="+strconv.Itoa(times))
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, bufio.NewReader(output)
}

func TestFile_isWholeAfterAKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	reply := 0
	for round := range 25 {
		command, output := child(t, path, 1_000_000)
		// After how many commits the kill comes is told here; where in the next one it strikes
		// is up to the machine, and another place in each round.
		for range round % 7 {
			reply = number(t, output)
		}
		if err := command.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(output)
		if err != nil {
			t.Fatal(err)
		}
		_ = command.Wait() // says that it was killed
		if lines := strings.Fields(string(rest)); len(lines) > 0 {
			reply, _ = strconv.Atoi(lines[len(lines)-1])
		}
		reply = checkCounters(t, path, reply)
	}
}

func number(t *testing.T, output *bufio.Reader) int {
	t.Helper()
	line, err := output.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	reply, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// checkCounters finds what the child said it had kept, or the one commit more that it was killed
// before saying, and all of it or nothing.
func checkCounters(t *testing.T, path string, reply int) int {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && reply == 0 {
		return 0 // killed before it had made the file
	}
	var reached int
	update(t, openFile(t, path), func(tx store.Tx) {
		first, last := string(tx.Get("first")), string(tx.Get("last"))
		if first != last {
			t.Fatalf("half a transaction: first %s, last %s", first, last)
		}
		reached, _ = strconv.Atoi(first)
		tx.Scan("page/", "", func(key string, value []byte) bool {
			if !strings.HasPrefix(string(value), first) {
				t.Errorf("%s is not of transaction %s", key, first)
			}
			return true
		})
	})
	if reached != reply && reached != reply+1 {
		t.Fatalf("the child said %d, the file has %d", reply, reached)
	}
	return reached
}

func TestFile_isSharedByProcesses(t *testing.T) {
	t.Parallel()
	const processes, times = 4, 25
	path := filepath.Join(t.TempDir(), "data")
	var running []*exec.Cmd
	for range processes {
		command, output := child(t, path, times)
		running = append(running, command)
		t.Cleanup(func() { _, _ = io.Copy(io.Discard, output) })
	}
	for _, command := range running {
		if err := command.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := checkCounters(t, path, processes*times); got != processes*times {
		t.Errorf("counted to %d", got)
	}
}

func TestFile_isOnlyItsOwnersToRead(t *testing.T) {
	t.Parallel()
	path := openFile(t, filepath.Join(t.TempDir(), "data")).Path()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: the file holds keys", info.Mode(), err)
	}
}

func TestFile_takesAnEmptyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	writeFile(t, path, nil)
	f := openFile(t, path)
	update(t, f, func(tx store.Tx) { tx.Put("a", []byte("1")) })
	want(t, openFile(t, path), map[string]string{"a": "1"})
}

// TestFile_saysWhoHoldsTheFile while another process writes to it. Reading does not wait.
func TestFile_saysWhoHoldsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	f, err := store.OpenFile(path, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	update(t, f, func(tx store.Tx) { tx.Put("a", []byte("1")) })
	holder, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	if err := store.LockFile(holder, time.Time{}); err != nil {
		t.Fatal(err)
	}
	err = f.Update(func(tx *store.Transaction) error { tx.Put("a", []byte("2")); return nil })
	var busy *store.BusyError
	if !errors.As(err, &busy) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	want(t, f, map[string]string{"a": "1"})
}

// whole returns a file of 200 documents in as many records, and where each of these ends.
func whole(t *testing.T) (content []byte, ends []int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data")
	f := openFile(t, path)
	for i := range 200 {
		update(t, f, func(tx store.Tx) {
			tx.Put(fmt.Sprintf("key/%03d", i), bytes.Repeat([]byte("x"), 1000))
		})
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, info.Size())
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content, ends
}

func TestFile_leavesWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	content, ends := whole(t)
	contents := map[string][]byte{
		"a text":           []byte("resource \"azurerm_key_vault\" \"this\" {}\n"),
		"a long text":      bytes.Repeat([]byte("no database "), 5000),
		"another database": otherDatabase(t),
		"cut off":          content[:ends[100]+17],
		"cut off between":  content[:ends[100]],
		"cut in the head":  content[:30],
		"a lost record":    append(bytes.Clone(content[:ends[7]]), content[ends[8]:]...),
		"zeros":            append(bytes.Clone(content[:ends[150]]), make([]byte, int64(len(content))-ends[150])...),
	}
	// One byte is damaged, anywhere: in the header, in the middle and in the last record.
	for _, at := range []int64{3, 25, 35, 38, 40, 44, 48, ends[60] + 2, ends[90] + 6, ends[120] + 500, int64(len(content)) - 1} {
		damaged := bytes.Clone(content)
		damaged[at] ^= 0x40
		contents[fmt.Sprintf("byte %d", at)] = damaged
	}
	for name, content := range contents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "foreign")
			writeFile(t, path, content)
			for range 2 { // the second time would wait if the first had kept the lock
				_, err := store.OpenFile(path, 200*time.Millisecond)
				var corrupt *store.CorruptError
				if !errors.As(err, &corrupt) || !strings.Contains(err.Error(), path) {
					t.Fatalf("got %v", err)
				}
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(content, after) {
				t.Errorf("the file was touched (%v)", err)
			}
			if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
				t.Errorf("beside it there is %v (%v)", left, err)
			}
		})
	}
}

// TestFile_takesNoHalfRecord: what a killed process had not said in the header was not kept.
func TestFile_takesNoHalfRecord(t *testing.T) {
	t.Parallel()
	content, ends := whole(t)
	for _, spare := range [][]byte{content[100:117], content[ends[3]:ends[4]]} {
		path := filepath.Join(t.TempDir(), "data")
		writeFile(t, path, append(bytes.Clone(content), spare...))
		f := openFile(t, path)
		update(t, f, func(tx store.Tx) { tx.Put("more", nil) })
		for _, f := range []store.Store{f, openFile(t, path)} {
			update(t, f, func(tx store.Tx) {
				if got := len(keys(tx, "", 999)); got != 201 {
					t.Errorf("%d documents, want 201", got)
				}
			})
		}
	}
}

// TestFile_forgetsWhatIsOutOfDate and does not grow without end, while two use it.
func TestFile_forgetsWhatIsOutOfDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data")
	one, other := openFile(t, path), openFile(t, path)
	for i := range 400 {
		value := bytes.Repeat([]byte{byte(i)}, 10_000)
		update(t, one, func(tx store.Tx) { tx.Put("a", value) })
		update(t, other, func(tx store.Tx) {
			if !bytes.Equal(tx.Get("a"), value) {
				t.Fatalf("the other does not see write %d", i)
			}
			tx.Put("b", value)
		})
		if info, err := os.Stat(path); err != nil || info.Size() > 1<<20+50_000 {
			t.Fatalf("the file has %d bytes (%v)", info.Size(), err)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside it there is %v (%v)", left, err)
	}
}

// formerFile writes a data file of the former format.
func formerFile(t *testing.T, fill func(*bolt.Bucket) error) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "data")
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		made, err := tx.CreateBucket([]byte("azuremedia rehearsal 1"))
		if err != nil {
			return err
		}
		return fill(made)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFile_readsTheFormerFormat and leaves a damaged one alone.
func TestFile_readsTheFormerFormat(t *testing.T) {
	t.Parallel()
	path := formerFile(t, func(made *bolt.Bucket) error {
		for i := range 200 {
			if err := made.Put(fmt.Appendf(nil, "key/%03d", i), bytes.Repeat([]byte("x"), 1000)); err != nil {
				return err
			}
		}
		return made.Put([]byte("empty"), nil)
	})
	former, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		update(t, openFile(t, path), func(tx store.Tx) {
			if got := len(keys(tx, "", 999)); got != 201 || tx.Get("empty") == nil {
				t.Errorf("%d documents, want 201", got)
			}
		})
	}
	for i := 2 * os.Getpagesize(); i < len(former); i++ {
		former[i] = 0xEE
	}
	writeFile(t, path, former)
	_, err = store.OpenFile(path, time.Second)
	var corrupt *store.CorruptError
	if after, _ := os.ReadFile(path); !errors.As(err, &corrupt) || !bytes.Equal(after, former) {
		t.Errorf("got %v", err)
	}
}

// TestFile_convertsOnce, for many at once.
func TestFile_convertsOnce(t *testing.T) {
	t.Parallel()
	path := formerFile(t, func(*bolt.Bucket) error { return nil })
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			update(t, openFile(t, path), func(tx store.Tx) { tx.Put(strconv.Itoa(i), nil) })
		})
	}
	all.Wait()
	update(t, openFile(t, path), func(tx store.Tx) {
		if got := keys(tx, "", 99); len(got) != 8 {
			t.Errorf("kept %v", got)
		}
	})
}

func TestFile_becameForeignMeanwhile(t *testing.T) {
	t.Parallel()
	f := openFile(t, filepath.Join(t.TempDir(), "data"))
	writeFile(t, f.Path(), otherDatabase(t))
	err := f.Update(func(*store.Transaction) error { t.Error("ran"); return nil })
	var corrupt *store.CorruptError
	if !errors.As(err, &corrupt) {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(f.Path()); err != nil {
		t.Fatal(err)
	}
	if err := f.Update(func(*store.Transaction) error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
}

func TestOpenFile_namesWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"no folder": filepath.Join(t.TempDir(), "nowhere", "data"),
		"a folder":  t.TempDir(),
	} {
		if _, err := store.OpenFile(path, time.Second); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func openFile(t *testing.T, path string) *store.File {
	t.Helper()
	f, err := store.OpenFile(path, store.DefaultWait)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func otherDatabase(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other")
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoFreelistSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("somebody's"))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
