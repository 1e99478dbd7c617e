// Package webhooks carries events both ways as Standard Webhooks: what a CRM says about
// its deals comes in, what happens to quotes goes out.
//
// In: every message is verified on its raw bytes before anything reads it, is good for
// five minutes around its timestamp, and takes effect once: its id is the key of every
// change it makes (see Receiver).
//
// Out: an event reaches each subscriber at least once, under an id that stays the same
// over all attempts, so that the subscriber can drop repeats (see Sender).
package webhooks

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"quotewright/internal/fault"
)

// Secret signs and verifies messages between two parties.
type Secret struct{ hook *standardwebhooks.Webhook }

// ParseSecret reads `whsec_` followed by the base64 of 24 to 64 bytes.
func ParseSecret(text string) (Secret, error) {
	text = strings.TrimSpace(text)
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	if err != nil || !strings.HasPrefix(text, "whsec_") {
		return Secret{}, errors.New("a webhook secret is whsec_ followed by base64")
	}
	if len(key) < 24 || len(key) > 64 {
		return Secret{}, fmt.Errorf("a webhook secret has 24 to 64 bytes, this one has %d", len(key))
	}
	hook, err := standardwebhooks.NewWebhookRaw(key)
	return Secret{hook}, err
}

// Sign returns the headers of a message with this id, sent at this time.
func (s Secret) Sign(id string, at time.Time, body []byte) (http.Header, error) {
	signature, err := s.hook.Sign(id, at, body)
	if err != nil {
		return nil, fmt.Errorf("sign webhook %s: %w", id, err)
	}
	h := http.Header{}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(at.Unix()))
	h.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return h, nil
}

// verify checks a message against every secret, so that a secret can be replaced
// without a gap, and returns the message's id.
func verify(secrets []Secret, header http.Header, body []byte) (id string, err error) {
	id = header.Get(standardwebhooks.HeaderWebhookID)
	if len(id) > 200 {
		return "", fault.New(fault.Invalid, "bad_webhook_id", "The webhook-id is longer than 200 characters.")
	}
	var last error = errors.New("no secret is set up")
	for _, s := range secrets {
		if last = s.hook.Verify(body, header); last == nil {
			return id, nil
		}
	}
	return "", fault.Wrap(last, fault.Unauthenticated, "bad_signature", "%s", reason(last))
}

func reason(err error) string {
	switch {
	case errors.Is(err, standardwebhooks.ErrMessageTooOld):
		return "The webhook's timestamp is more than five minutes old."
	case errors.Is(err, standardwebhooks.ErrMessageTooNew):
		return "The webhook's timestamp is more than five minutes ahead."
	case errors.Is(err, standardwebhooks.ErrRequiredHeaders):
		return "The headers webhook-id, webhook-timestamp and webhook-signature are required."
	}
	return "The webhook's signature does not fit its content."
}
