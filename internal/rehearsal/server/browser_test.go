// Copyright (c) The terraform-provider-azuremedia Authors
// SPDX-License-Identifier: MPL-2.0

package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/application"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/engine"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/fault"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/seed"
	"github.com/azuremedia/terraform-provider-azuremedia/internal/rehearsal/server"
)

// chromium returns the browser that CHROMIUM names or that is on the PATH. Without one the test is skipped.
func chromium(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); name != "" && err == nil {
			return found
		}
	}
	tb.Skip("no Chromium is here: `make browser` installs it, or set CHROMIUM to one")
	return ""
}

// browsed is the console of a rehearsal in a browser.
type browsed struct {
	*served

	client *server.Client
	tab    context.Context //nolint:containedctx // chromedp keeps the tab in it
}

// browse serves a rehearsal and opens its console.
func browse(tb testing.TB, plant func(*browsed)) *browsed {
	tb.Helper()
	program := chromium(tb)
	b := &browsed{served: start(tb, server.Options{Engine: []engine.Option{engine.WithTime(func() time.Time {
		return time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	})}})}
	b.client = b.control()
	plant(b)
	allocator, cancel := chromedp.NewExecAllocator(tb.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1280, 860))...)
	tb.Cleanup(cancel)
	b.tab, cancel = chromedp.NewContext(allocator)
	tb.Cleanup(cancel)
	b.do(chromedp.Navigate("about:blank"))
	var mu sync.Mutex
	var complaints []string
	if err := chromedp.Listen(b.tab, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch event := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, fmt.Sprint(event.ExceptionDetails.Text, event.ExceptionDetails.Exception))
		case *log.EventEntryAdded:
			complaints = append(complaints, event.Entry.Text)
		}
	}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if len(complaints) > 0 {
			tb.Errorf("the browser complains: %s", complaints)
		}
	})
	if _, err := chromedp.Call(b.tab, log.Enable, cdp.Empty{}); err != nil {
		tb.Fatal(err)
	}
	b.do(chromedp.Navigate(b.ready.Console))
	return b
}

func (b *browsed) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.tab, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// evaluate returns what a script in the page does.
func evaluate[T any](b *browsed, script string, args ...any) T {
	b.t.Helper()
	found, err := chromedp.Run(b.tab, chromedp.Evaluate[T](fmt.Sprintf(script, args...)))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// until waits until an element says something.
func (b *browsed) until(selector, text string) {
	b.t.Helper()
	const says = "[...document.querySelectorAll(%q)].some((e) => e.textContent.includes(%q))"
	for range 1200 { // a minute: the machine may do much else
		if evaluate[bool](b, says, selector, text) {
			return
		}
		time.Sleep(50 * time.Millisecond) //nolint:forbidigo // the browser's clock
	}
	b.t.Fatalf("%s never says %q:\n%s", selector, text, evaluate[string](b, "document.body.innerText"))
}

// press presses the button with this text, below an element with another text.
func (b *browsed) press(within, about, button string) {
	b.t.Helper()
	const pressed = "((button) => (button?.click(), button !== undefined))([...document.querySelectorAll(%q)]" +
		".filter((e) => e.textContent.includes(%q)).flatMap((e) => [...e.querySelectorAll('button')])" +
		".find((one) => one.textContent === %q))"
	if !evaluate[bool](b, pressed, within, about, button) {
		b.t.Fatalf("%s with %q has no button %q", within, about, button)
	}
}

// label returns the text that stands for a picture.
func (b *browsed) label(selector string) string {
	b.t.Helper()
	return evaluate[string](b, "document.querySelector(%q).getAttribute('aria-label')", selector)
}

// show goes to a view.
func (b *browsed) show(view string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(`nav a[href="#`+view+`"]`)), chromedp.WaitVisible(chromedp.CSS("#"+view)))
}

// picture keeps pictures of the page in the folder that SCREENSHOTS names, in light or in dark.
func (b *browsed) picture(name string, schemes ...string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	for _, scheme := range schemes {
		b.prefer(scheme)
		content, err := chromedp.Run(b.tab, chromedp.CaptureScreenshot())
		if err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+"-"+scheme+".png"), small(b.t, content), 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}

// prefer sets the color scheme that the system prefers.
func (b *browsed) prefer(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// followsTheScheme fails if words and what is red are hard to tell from what is behind them, in light or dark.
func (b *browsed) followsTheScheme() {
	b.t.Helper()
	const contrast = `(() => {
		const light = (color) => color.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255)
			.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
			.reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
		const ratio = (of, property, on, behind) => {
			const [a, b] = [light(getComputedStyle(document.querySelector(of))[property]), light(getComputedStyle(document.querySelector(on))[behind])].sort((a, b) => b - a);
			return (a + 0.05) / (b + 0.05);
		};
		return Math.min(ratio("body", "color", "body", "backgroundColor"), ratio("h2 + .quiet", "color", "body", "backgroundColor"),
			ratio(".why", "color", ".cards > li", "backgroundColor"), ratio(".node.bad .detail", "fill", ".node.bad rect", "fill"),
			ratio("nav a[aria-current]", "color", "nav a[aria-current]", "backgroundColor"));
	})()`
	grounds := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		b.prefer(scheme)
		grounds[evaluate[string](b, "getComputedStyle(document.body).backgroundColor")] = true
		if least := evaluate[float64](b, "%s", contrast); least < 4.5 {
			b.t.Errorf("%s: the least contrast is %.1f", scheme, least)
		}
	}
	if len(grounds) != 2 {
		b.t.Errorf("light and dark look alike: %v", grounds)
	}
}

// small returns a picture with the colors that it has most of.
func small(tb testing.TB, content []byte) []byte {
	tb.Helper()
	whole, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		tb.Fatal(err)
	}
	seen := map[color.Color]int{}
	for y := range whole.Bounds().Dy() {
		for x := range whole.Bounds().Dx() {
			seen[whole.At(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(seen), func(a, b color.Color) int { return seen[b] - seen[a] })
	drawn := image.NewPaletted(whole.Bounds(), colors[:min(len(colors), 64)])
	draw.Draw(drawn, drawn.Bounds(), whole, image.Point{}, draw.Src)
	var encoded bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&encoded, drawn); err != nil {
		tb.Fatal(err)
	}
	return encoded.Bytes()
}

// plantOn makes a small world with a stream, a secret and an application.
func plantOn(b *browsed) {
	t, client := b.t, b.client
	t.Helper()
	for _, name := range []string{"byok", "storage-batch-ml"} {
		found, size, err := seed.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := found.Plant(t.Context(), client, size); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.Streaming(t.Context(), b.filled(group("byok")+"/providers/Microsoft.Media/mediaservices/contosobyok")); err != nil {
		t.Fatal(err)
	}
	const vault = "https://contoso-app.vault.azure.net/secrets/storage-connection"
	ask(t, client, "PUT", group("app")+"/providers/Microsoft.KeyVault/vaults/contoso-app/accessPolicies/add?api-version=2023-07-01",
		`{"properties":{"accessPolicies":[{"tenantId":"{tenantId}","objectId":"{objectId}","permissions":{"secrets":["all"],"keys":["all"]}}]}}`)
	var listed struct{ Keys []struct{ Value string } }
	if err := json.Unmarshal(ask(t, client, "POST", storageAccount("app", "contosoapp")+"/listKeys?api-version=2023-01-01", ""), &listed); err != nil {
		t.Fatal(err)
	}
	ask(t, client, "PUT", vault+"?api-version=7.4", `{"value":"`+listed.Keys[0].Value+`"}`)
	if _, err := client.AddApplication(t.Context(), application.Application{
		Secret: vault, Account: "contosoapp", Cache: fault.Duration(24 * time.Hour),
	}); err != nil {
		t.Fatal(err)
	}
}

// filled returns an ID in this rehearsal.
func (b *browsed) filled(id string) string {
	return strings.ReplaceAll(id, "{subscriptionId}", b.ready.SubscriptionID)
}

func group(name string) string { return "/subscriptions/{subscriptionId}/resourceGroups/" + name }

func storageAccount(in, name string) string {
	return group(in) + "/providers/Microsoft.Storage/storageAccounts/" + name
}

func ask(tb testing.TB, client *server.Client, method, url, body string) json.RawMessage {
	tb.Helper()
	answer, err := client.Ask(tb.Context(), rehearsal.Question{Method: method, URL: url, Body: json.RawMessage(body)})
	if err != nil || answer.Refused() {
		tb.Fatalf("%s %s: %v %d %s", method, url, err, answer.Status, answer.Body)
	}
	return answer.Body
}

func regenerate(tb testing.TB, client *server.Client, in, name, key string) {
	tb.Helper()
	ask(tb, client, "POST", storageAccount(in, name)+"/regenerateKey?api-version=2023-01-01", `{"keyName":"`+key+`"}`)
}

// TestConsole_drivenInABrowser does what a person does with the console, view by view.
func TestConsole_drivenInABrowser(t *testing.T) {
	t.Parallel()
	b := browse(t, plantOn)

	// The envelope, drawn and in words; nothing secret, and the token is not in the address.
	b.until("#keys-list .node", "contosobyok")
	label, address := b.label("#keys-list svg"), evaluate[string](b, "location.href")
	for _, link := range []string{"Media Services contosobyok", "Key version", "Key media", "Vault contoso-byok", "Grant", "Identity contosobyok", "Not broken"} {
		if !strings.Contains(label, link) {
			t.Errorf("the picture does not say %q: %s", link, label)
		}
	}
	if !strings.HasSuffix(address, "/console/#keys") {
		t.Errorf("the address is %s", address)
	}
	b.until("#standing", "All accounts reach their keys")
	// By the keyboard; the focus stays where it was, on what is now the way back.
	b.do(chromedp.Focus(chromedp.CSS(`[data-focus^="grant"][data-focus$="mediaservices/contosobyok"]`)), chromedp.KeyEvent(kb.Enter))
	b.until("#keys-list > li.bad .why", "contosobyok lacks get, wrapKey, unwrapKey in the vault contoso-byok.")
	b.until("#keys-list > li.bad .node.bad", "Grant")
	b.until("#standing", "1 account is out of reach of its key")
	if focused := evaluate[string](b, "document.activeElement.textContent"); focused != "Grant again" {
		t.Errorf("the focus is on %q", focused)
	}
	if label := b.label("#keys-list > li.bad svg"); !strings.Contains(label, "Broken at the grant: contosobyok lacks get") {
		t.Errorf("the picture says %s", label)
	}
	b.followsTheScheme()
	b.picture("keys", "light", "dark")
	b.press("#keys-list > li", "Media Services", "Grant again")
	b.until("#standing", "All accounts reach their keys")
	b.press("#keys-list > li", "Media Services", "Disable the version")
	b.until("#keys-list > li.bad .why", "is disabled")
	b.press("#keys-list > li", "Media Services", "Enable the version")
	b.until("#standing", "All accounts reach their keys")

	// The clock, by the keyboard.
	before, err := b.client.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Focus(chromedp.CSS(`[data-advance="6h"]`)), chromedp.KeyEvent(kb.Enter))
	b.until("#status", "The clock moves on (+6 h): done.")
	if after, err := b.client.Now(t.Context()); err != nil || after.Sub(before) < 6*time.Hour {
		t.Errorf("the clock went from %v to %v (%v)", before, after, err)
	}

	// Storage keys: who is behind, and the origins.
	regenerate(t, b.client, "app", "contosoapp", "key1")
	regenerate(t, b.client, "byok", "contosobyok", "key1")
	b.show("storage")
	b.until("#storage-list tr", "behind key1")
	b.until("#storage-list tr", "down: storage account contosoapp")
	b.until("#storage-list tr", "a former key")
	b.until("#storage-list", "6 of 6 origins answer")
	media := group("byok") + "/providers/Microsoft.Media/mediaservices/contosobyok"
	ask(t, b.client, "POST", media+"/syncStorageKeys?api-version=2021-06-01", `{"id":"`+storageAccount("byok", "contosobyok")+`"}`)
	b.until("#storage-list .origins", "on earlier keys")
	regenerate(t, b.client, "byok", "contosobyok", "key2")
	b.until("#storage-list .origins li.bad", "refused")
	b.picture("storage", "dark")

	// Rotations.
	b.show("rotations")
	b.until("#rotations-due li", "takes over the new keys")
	b.until("#rotations-chart text", "contosobyok key1")
	if label := b.label("#rotations-chart svg"); !strings.Contains(label, "contosobyok (behind key2): synced 2026-03-02") {
		t.Errorf("the time line says %s", label)
	}
	b.picture("rotations", "light")
	b.do(chromedp.Click(chromedp.CSS("#next")))
	b.until("#status", "takes over the new keys): done.")

	// Requests, filtered, and one of them as curl.
	b.show("requests")
	b.do(chromedp.SetValue(chromedp.CSS("#requests-method"), "POST"), chromedp.SendKeys(chromedp.CSS("#requests-text"), "regeneratekey"))
	b.until("#requests-count", "3 of ")
	b.picture("requests", "light")
	b.do(chromedp.Click(chromedp.CSS("#requests-list button")))
	curl := evaluate[string](b, "document.querySelector('#requests-curl').value")
	if !strings.Contains(curl, "curl --request POST 'https://management.azure.com/subscriptions/"+b.ready.SubscriptionID) ||
		!strings.Contains(curl, `--header "Authorization: Bearer $TOKEN"`) || !strings.Contains(curl, "--proxy "+b.ready.Proxy) {
		t.Errorf("as curl: %s", curl)
	}

	// Faults and locks, and the way back.
	b.show("faults")
	b.do(chromedp.SetValue(chromedp.CSS("#fault-add [name=kind]"), "throttle"),
		chromedp.SendKeys(chromedp.CSS("#fault-add [name=path]"), "*/mediaservices/*"), chromedp.Click(chromedp.CSS("#fault-add button")))
	b.until("#fault-list li", "throttle on any request at */mediaservices/*; used 0 times")
	b.do(chromedp.SendKeys(chromedp.CSS("#lock-add [name=scope]"), "contosoapp"), chromedp.Click(chromedp.CSS("#lock-add button")))
	b.until("#lock-list li", "CanNotDelete on contosoapp")
	b.picture("faults", "dark")
	b.press("#fault-list li", "throttle", "Remove")
	b.until("#fault-list li", "There are no faults.")
	b.press("#lock-list li", "contosoapp", "Unlock")
	b.until("#lock-list li", "There are no locks.")
	b.accessible()

	// Where roles decide, the same buttons remove the assignment and make one.
	ask(t, b.client, "PATCH", group("byok")+"/providers/Microsoft.KeyVault/vaults/contoso-byok?api-version=2023-07-01",
		`{"properties":{"enableRbacAuthorization":true}}`)
	b.show("keys")
	b.until("#keys-list > li.bad", "Grant, by role")
	for _, account := range []string{"Media Services", "Storage account"} {
		b.press("#keys-list > li.bad", account, "Grant again")
		b.until("#keys-list > li.good", account)
	}
	b.until("#standing", "All accounts reach their keys")
	b.press("#keys-list > li.good", "Media Services", "Revoke the grant")
	b.until("#keys-list > li.bad", "Media Services")
	b.press("#keys-list > li.bad", "Media Services", "Grant again")
	b.until("#standing", "All accounts reach their keys")
}

// TestConsole_withoutTheToken: the page shows all, and its buttons are off.
func TestConsole_withoutTheToken(t *testing.T) {
	t.Parallel()
	b := browse(t, func(b *browsed) {
		b.ready.Console, _, _ = strings.Cut(b.ready.Console, "#")
		plantOn(b)
	})
	b.until("#keys-list > li.good", "contosobyok")
	b.until("#status", "This page only watches")
	const enabled = "[...document.querySelectorAll('.clock button, .acts button, #fault-add button, #lock-add button')].filter((one) => !one.disabled).length"
	if on := evaluate[int](b, enabled); on != 0 {
		t.Errorf("%d buttons are on", on)
	}
}

// BenchmarkConsole_firstScreen opens the console of a large estate, and fails where its first screen takes a second.
func BenchmarkConsole_firstScreen(bench *testing.B) {
	b := browse(bench, func(b *browsed) {
		estate, size, err := seed.Find([]string{"estate", "1000"})
		if err != nil {
			bench.Fatal(err)
		}
		if _, err := estate.Plant(bench.Context(), b.client, size); err != nil {
			bench.Fatal(err)
		}
	})
	fastest := time.Hour // a machine that does something else as well says nothing about the page
	for bench.Loop() {
		b.do(chromedp.Navigate("about:blank"))
		began := time.Now() //nolint:forbidigo // the browser's clock
		b.do(chromedp.Navigate(b.ready.Control+"/console/"), chromedp.WaitVisible(chromedp.CSS("#keys-list svg")))
		fastest = min(fastest, time.Since(began)) //nolint:forbidigo // the same
	}
	bench.ReportMetric(fastest.Seconds(), "s/fastest")
	if fastest > time.Second {
		bench.Errorf("the first screen took %v", fastest)
	}
}

// accessible fails for what a screen reader cannot name.
func (b *browsed) accessible() {
	b.t.Helper()
	for _, view := range []string{"keys", "storage", "requests", "rotations", "faults"} {
		b.show(view)
		tree, err := chromedp.Call(b.tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			b.t.Fatal(err)
		}
		for _, node := range tree.Nodes {
			role, name := said(node.Role), said(node.Name)
			switch role {
			case "button", "link", "textbox", "searchbox", "combobox", "checkbox", "spinbutton", "image", "region", "navigation":
				if !node.Ignored && strings.TrimSpace(name) == "" {
					b.t.Errorf("%s: a %s has no name", view, role)
				}
			}
		}
	}
}

func said(value *accessibility.Value) string {
	var text string
	if value != nil {
		_ = json.Unmarshal(value.Value, &text)
	}
	return text
}
