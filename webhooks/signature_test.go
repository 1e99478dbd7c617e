package webhooks

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"quotewright/internal/fault"
)

// TestPublishedVector signs the message that the Standard Webhooks project publishes.
func TestPublishedVector(t *testing.T) {
	data, err := os.ReadFile("testdata/standard-webhooks.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct {
		Secret    string
		ID        string `json:"webhook_id"`
		Timestamp int64  `json:"webhook_timestamp"`
		Payload   string
		Expected  string
	}
	if err := json.Unmarshal(data, &vector); err != nil {
		t.Fatal(err)
	}
	secret, err := ParseSecret(vector.Secret)
	if err != nil {
		t.Fatal(err)
	}
	header, err := secret.Sign(vector.ID, time.Unix(vector.Timestamp, 0), []byte(vector.Payload))
	if err != nil {
		t.Fatal(err)
	}
	if got := header.Get("webhook-signature"); got != vector.Expected {
		t.Errorf("signature %s, want %s", got, vector.Expected)
	}
}

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func mustSecret(t *testing.T, text string) Secret {
	t.Helper()
	s, err := ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVerify(t *testing.T) {
	secret := mustSecret(t, testSecret)
	other := mustSecret(t, "whsec_"+strings.Repeat("QUJD", 10))
	body := []byte(`{"type":"deal.won"}`)
	signed := func(at time.Time) http.Header {
		header, err := secret.Sign("msg_1", at, body)
		if err != nil {
			t.Fatal(err)
		}
		return header
	}
	now := time.Now()
	without := signed(now)
	without.Del("webhook-id")
	renamed := signed(now)
	renamed.Set("webhook-id", "msg_2")
	several := signed(now)
	several.Set("webhook-signature", "v1a,AAAA v1,AAAA "+several.Get("webhook-signature"))

	tests := []struct {
		name    string
		secrets []Secret
		header  http.Header
		body    string
		refused string // part of the public text; "": accepted
	}{
		{"fits", []Secret{secret}, signed(now), string(body), ""},
		{"one of several signatures fits", []Secret{secret}, several, string(body), ""},
		{"one of several secrets fits", []Secret{other, secret}, signed(now), string(body), ""},
		{"four minutes old", []Secret{secret}, signed(now.Add(-4 * time.Minute)), string(body), ""},
		{"six minutes old", []Secret{secret}, signed(now.Add(-6 * time.Minute)), string(body), "more than five minutes old"},
		{"six minutes ahead", []Secret{secret}, signed(now.Add(6 * time.Minute)), string(body), "more than five minutes ahead"},
		{"another body", []Secret{secret}, signed(now), string(body) + " ", "does not fit"},
		{"another id", []Secret{secret}, renamed, string(body), "does not fit"},
		{"another secret", []Secret{other}, signed(now), string(body), "does not fit"},
		{"no id", []Secret{secret}, without, string(body), "are required"},
		{"no secret set up", nil, signed(now), string(body), "does not fit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			id, err := verify(test.secrets, test.header, []byte(test.body))
			if test.refused == "" {
				if err != nil || id != "msg_1" {
					t.Fatalf("id %q, error %v", id, err)
				}
				return
			}
			if !fault.Is(err, fault.Unauthenticated) || !strings.Contains(err.Error(), test.refused) {
				t.Fatalf("error %v, want %q", err, test.refused)
			}
		})
	}
}

func TestParseSecretRefuses(t *testing.T) {
	for _, text := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_QUJD", "whsec_!", "whsec_" + strings.Repeat("QUJD", 30)} {
		if _, err := ParseSecret(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
