package server

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"quotewright/quote"
)

// open posts a launch as a CRM's page does.
func (h *house) open(launch, origin string) response {
	h.t.Helper()
	request := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, "/embed/generic", strings.NewReader(url.Values{"launch": {launch}}.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		request.Header.Set("Origin", origin)
	}
	return h.send(request)
}

func (h *house) launch(role string) string {
	h.t.Helper()
	text, err := SignLaunch(launchSecret, "u-1", LaunchClaims{Name: "Mei", Role: role, Deal: "D-1", DealName: "Deal", Customer: "C-1"}, time.Now())
	h.must(err)
	return text
}

var launchScript = regexp.MustCompile(`<script type="application/json" id="launch">\{"code":"([^"]+)"(?:,"origin":"([^"]*)")?\}</script></head>`)

// TestLaunch goes from the CRM's signed launch to a request of the panel.
func TestLaunch(t *testing.T) {
	h := newHouse(t)
	launch := h.launch(quote.RoleRep)
	a := h.expect(h.open(launch, "https://crm.example.com"), 200)
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors https://crm.example.com"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %q has no %q", policy, part)
		}
	}
	if a.header.Get("X-Frame-Options") != "" || a.header.Get("Set-Cookie") != "" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", a.header)
	}
	found := launchScript.FindStringSubmatch(a.body)
	if found == nil || found[2] != "https://crm.example.com" {
		t.Fatalf("no launch in %s", a.body)
	}

	body := `{"code":"` + found[1] + `"}`
	session := h.expect(h.call("", "POST", "/v1/session", body), 200).json(t)
	if got := session["context"].(map[string]any); got["deal"] != "D-1" || got["crm"] != "generic" || got["customer"] != "C-1" {
		t.Errorf("context %v", got)
	}
	token := session["token"].(string)
	me := h.expect(h.call("", "GET", "/v1/me", "", "Authorization", "Bearer "+token), 200).json(t)
	if me["name"] != "Mei" || me["role"] != quote.RoleRep {
		t.Errorf("me %v", me)
	}

	h.problem(h.call("", "POST", "/v1/session", body), 401, "already_used")
	h.expect(h.open(launch, "https://crm.example.com"), 401)
	for _, other := range []string{found[1], launch} { // a code and a launch are no bearer tokens
		h.problem(h.call("", "GET", "/v1/me", "", "Authorization", "Bearer "+other), 401, "unauthenticated")
	}
	h.problem(h.call("", "POST", "/v1/session", `{"code":"`+token+`"}`), 401, "bad_code")
}

func TestLaunchIsRefused(t *testing.T) {
	h := newHouse(t)
	now := time.Now()
	good := func() jwt.MapClaims {
		return jwt.MapClaims{"sub": "u", "name": "Mei", "role": "rep", "aud": "quotewright", "jti": unique(), "exp": now.Add(time.Minute).Unix()}
	}
	sign := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		claims := good()
		change(claims)
		text, err := jwt.NewWithClaims(method, claims).SignedString(key)
		h.must(err)
		return text
	}
	with := func(name string, value any) string {
		return sign(jwt.SigningMethodHS256, launchSecret, func(c jwt.MapClaims) { c[name] = value })
	}
	without := func(name string) string {
		return sign(jwt.SigningMethodHS256, launchSecret, func(c jwt.MapClaims) { delete(c, name) })
	}
	same := func(jwt.MapClaims) {}
	valid := sign(jwt.SigningMethodHS256, launchSecret, same)
	parts := strings.Split(valid, ".")
	admin := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"u","role":"approver","aud":"quotewright","jti":"x","exp":99999999999}`))
	tests := map[string]struct {
		launch, origin string
		status         int
	}{
		"valid":                   {valid, "https://crm.example.com", 200},
		"no origin":               {sign(jwt.SigningMethodHS256, launchSecret, same), "", 200},
		"another origin":          {sign(jwt.SigningMethodHS256, launchSecret, same), "https://evil.example", 403},
		"empty":                   {"", "", 401},
		"another secret":          {sign(jwt.SigningMethodHS256, []byte("another secret, as long as the one"), same), "", 401},
		"algorithm none":          {sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same), "", 401},
		"HS512":                   {sign(jwt.SigningMethodHS512, launchSecret, same), "", 401},
		"changed claims":          {parts[0] + "." + admin + "." + parts[2], "", 401},
		"expired":                 {with("exp", now.Add(-time.Second).Unix()), "", 401},
		"expires in six minutes":  {with("exp", now.Add(6*time.Minute).Unix()), "", 401},
		"no expiry":               {without("exp"), "", 401},
		"no jti":                  {without("jti"), "", 401},
		"no sub":                  {without("sub"), "", 401},
		"no audience":             {without("aud"), "", 401},
		"another audience":        {with("aud", "somebody"), "", 401},
		"a role it may not grant": {with("role", "admin"), "", 403},
		"no role":                 {without("role"), "", 403},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := h.open(test.launch, test.origin)
			if a.status != test.status {
				t.Fatalf("status %d, want %d: %s", a.status, test.status, a.body)
			}
			if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.header.Get("Content-Security-Policy") == "" {
				t.Errorf("headers %v", a.header)
			}
			if a.status != 200 && launchScript.MatchString(a.body) {
				t.Error("a refused launch got a code")
			}
		})
	}
}

func unique() string { key, _ := NewKey(); return key }

func TestPanelTokensEnd(t *testing.T) {
	later := time.Now()
	issuer := tokens{key: []byte(strings.Repeat("k", 32)), now: func() time.Time { return later }}
	text, err := issuer.issue(audiencePanel, LaunchClaims{Name: "Mei", Role: "rep"}, PanelTokenLife)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := issuer.read(audiencePanel, text); err != nil {
		t.Errorf("fresh: %v", err)
	}
	later = later.Add(PanelTokenLife + time.Second)
	if _, err := issuer.read(audiencePanel, text); err == nil {
		t.Error("a token of 30 minutes is good after that")
	}
}

func TestPanelPagesAndAssets(t *testing.T) {
	h := newHouse(t)
	a := h.expect(h.call("", "GET", "/panel", ""), 200)
	if strings.Contains(a.body, `id="launch"`) || !strings.Contains(a.header.Get("Content-Security-Policy"), "frame-ancestors") {
		t.Errorf("panel %s %v", a.body, a.header)
	}
	a = h.expect(h.call("", "GET", "/assets/app-1234.js", ""), 200)
	if !strings.Contains(a.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(a.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("asset %v", a.header)
	}
	for _, path := range []string{"/assets/none.js", "/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/"} {
		h.expect(h.call("", "GET", path, ""), 404)
	}
}
