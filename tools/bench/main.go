// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command bench measures what the provider promises about its own weight: the CPU time and the
// memory that it adds to terraform validate, and how soon a served rehearsal is ready.
//
// Terraform starts the provider itself, so bench stands between the two: under the provider's name
// it starts the real one, and writes down what the operating system says that it used.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The bars. A run beyond one of them fails.
const (
	maxValidateCPU    = 300 * time.Millisecond
	maxValidateMemory = 80 << 20
	maxServeStart     = 50 * time.Millisecond
)

// runs is how often each thing is measured; the median counts.
const runs = 7

// The environment variables that tell the program, started under the provider's name, what to start.
const (
	envProvider = "AZUREMEDIA_BENCH_PROVIDER"
	envUsage    = "AZUREMEDIA_BENCH_USAGE"
)

const providerName = "terraform-provider-azuremedia"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if filepath.Base(os.Args[0]) == providerName {
		err = standBefore(os.Getenv(envProvider), os.Getenv(envUsage), os.Args[1:])
	} else {
		err = measure(ctx, os.Args[1:], os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func measure(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	provider := flags.String("provider", "", "the provider's binary")
	terraform := flags.String("terraform", "", "the terraform or tofu to validate with")
	example := flags.String("example", "", "the folder to validate")
	estates := flags.String("estates", "", "the numbers of accounts to measure, such as 10,100; none leaves estates out")
	record := flags.String("record", "", "the file that keeps the costs of the estates, as JSON")
	guideTo := flags.String("guide", "", "the file to write the guide to, from the record")
	plotTo := flags.String("plot", "", "the file to draw the plot in, from the record")
	if err := flags.Parse(args); err != nil {
		return err
	}
	binary, err := filepath.Abs(*provider)
	if err != nil {
		return fmt.Errorf("finding the provider: %w", err)
	}
	if *estates != "" {
		if err := measureInto(ctx, binary, *terraform, *estates, *record, out); err != nil {
			return err
		}
	}
	if *guideTo != "" {
		return errors.Join(renderInto(*guideTo, guide, *record), renderInto(*plotTo, plot, *record))
	}
	if *estates != "" {
		return nil
	}
	return errors.Join(
		measureValidate(ctx, binary, *terraform, *example, out),
		measureServe(ctx, binary, out),
	)
}

// measureInto measures estates, prints what they cost, and keeps that in the record.
func measureInto(ctx context.Context, provider, terraform, estates, record string, out io.Writer) error {
	var sizes []int
	for text := range strings.SplitSeq(estates, ",") {
		size, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("reading the sizes of the estates: %w", err)
		}
		sizes = append(sizes, size)
	}
	costs, err := measureEstates(ctx, provider, terraform, sizes, out)
	if err != nil || record == "" {
		return err
	}
	text, err := json.MarshalIndent(costs, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(record, append(text, '\n'), 0o600)
}

// renderInto fills a template from the record, and writes it.
func renderInto(file, text, record string) error {
	kept, err := os.ReadFile(record)
	if err != nil {
		return err
	}
	var costs []cost
	if err := json.Unmarshal(kept, &costs); err != nil {
		return fmt.Errorf("reading %s: %w", record, err)
	}
	filled, err := render(text, costs)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(filled), 0o600)
}

func measureValidate(ctx context.Context, provider, terraform, example string, out io.Writer) error {
	measured, err := validations(ctx, provider, terraform, example)
	if err != nil {
		return fmt.Errorf("measuring terraform validate: %w", err)
	}
	var cpu []time.Duration
	var memory []int64
	for _, used := range measured {
		cpu = append(cpu, used.CPU)
		memory = append(memory, used.Memory)
	}
	return errors.Join(
		report(out, "terraform validate, the provider's CPU time", median(cpu), maxValidateCPU, milliseconds),
		report(out, "terraform validate, the provider's peak memory", median(memory), maxValidateMemory, mebibytes),
	)
}

func measureServe(ctx context.Context, provider string, out io.Writer) error {
	starts, err := serveStarts(ctx, provider)
	if err != nil {
		return fmt.Errorf("measuring rehearsal serve: %w", err)
	}
	return report(out, "rehearsal serve, until it is ready", median(starts), maxServeStart, milliseconds)
}

func report[T ~int64](out io.Writer, what string, have, bar T, show func(T) string) error {
	if _, err := fmt.Fprintf(out, "%-48s %10s   bar %10s\n", what, show(have), show(bar)); err != nil {
		return err
	}
	if have >= bar {
		return fmt.Errorf("%s: %s, and %s is the bar", what, show(have), show(bar))
	}
	return nil
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.0f ms", d.Seconds()*1000) }

func mebibytes(size int64) string { return fmt.Sprintf("%.1f MiB", float64(size)/(1<<20)) }

func median[T ~int64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// A usage is what the provider processes of one terraform run took together.
type usage struct {
	CPU    time.Duration
	Memory int64 // of the largest one, in bytes
}

func validations(ctx context.Context, provider, terraform, example string) ([]usage, error) {
	folder, err := os.MkdirTemp("", "azuremedia-bench-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()

	config, err := standIn(folder)
	if err != nil {
		return nil, err
	}
	var measured []usage
	for run := range runs {
		record := filepath.Join(folder, fmt.Sprintf("usage-%d", run))
		command := exec.CommandContext(ctx, terraform, "validate")
		command.Dir = example
		command.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1",
			"TF_DATA_DIR="+filepath.Join(folder, "data"), envProvider+"="+provider, envUsage+"="+record)
		if output, err := command.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(output))
		}
		sum, err := total(record)
		if err != nil {
			return nil, err
		}
		measured = append(measured, sum)
	}
	return measured, nil
}

// standIn puts this program in the provider's place, and returns Terraform's configuration for it.
func standIn(folder string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	if err := os.Symlink(self, filepath.Join(folder, providerName)); err != nil {
		return "", err
	}
	config := filepath.Join(folder, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n",
		"azuremedia/azuremedia", folder)
	return config, os.WriteFile(config, []byte(text), 0o600)
}

// total adds up what the provider processes of one run wrote into record, one line each.
func total(record string) (usage, error) {
	file, err := os.Open(record)
	if err != nil {
		return usage{}, fmt.Errorf("terraform did not start the provider: %w", err)
	}
	defer func() { _ = file.Close() }()
	var sum usage
	for lines := json.NewDecoder(file); ; {
		var one usage
		if err := lines.Decode(&one); errors.Is(err, io.EOF) {
			return sum, nil
		} else if err != nil {
			return usage{}, err
		}
		sum.CPU += one.CPU
		sum.Memory = max(sum.Memory, one.Memory)
	}
}

// standBefore runs the real provider on its own standard streams and appends to record what the
// provider used. Terraform ends a provider by asking it to, so the provider outlives no run.
func standBefore(provider, record string, args []string) error {
	// As the provider does, leave it to Terraform to pass on an interrupt.
	signal.Ignore(os.Interrupt)
	command := exec.Command(provider, args...) //nolint:noctx // lives exactly as long as Terraform wants
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	runErr := command.Run()
	if command.ProcessState == nil {
		return runErr
	}
	used, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("this operating system does not tell what a process used")
	}
	line, err := json.Marshal(usage{
		CPU:    command.ProcessState.UserTime() + command.ProcessState.SystemTime(),
		Memory: peak(used),
	})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(record, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(runErr, err, file.Close())
}

// peak returns the largest resident set in bytes: macOS counts in bytes, the others in KiB.
func peak(used *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return used.Maxrss
	}
	return used.Maxrss << 10
}

// serveStarts measures how long a rehearsal takes from its start to the line that says it is ready.
func serveStarts(ctx context.Context, provider string) ([]time.Duration, error) {
	var measured []time.Duration
	for range runs {
		took, err := serveStart(ctx, provider)
		if err != nil {
			return nil, err
		}
		measured = append(measured, took)
	}
	return measured, nil
}

func serveStart(ctx context.Context, provider string) (time.Duration, error) {
	folder, err := os.MkdirTemp("", "azuremedia-bench-*")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()

	var stderr strings.Builder
	command := exec.CommandContext(ctx, provider, "rehearsal", "serve", "--listen", "127.0.0.1:0",
		"--ca-file", filepath.Join(folder, "ca.pem"))
	command.Stderr = &stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now() //nolint:forbidigo // a stopwatch
	if err := command.Start(); err != nil {
		return 0, err
	}
	line, readErr := bufio.NewReader(stdout).ReadBytes('\n')
	took := time.Since(began) //nolint:forbidigo // a stopwatch
	_ = command.Process.Kill()
	_ = command.Wait()
	if readErr != nil || !json.Valid(line) {
		return 0, fmt.Errorf("it printed no line of JSON but %q: %s", line, strings.TrimSpace(stderr.String()))
	}
	return took, nil
}
