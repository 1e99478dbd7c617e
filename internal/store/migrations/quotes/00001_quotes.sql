-- +goose Up

-- Times are microseconds since 1970. Documents are JSON as package quote writes it; the
-- columns beside a document repeat what is searched for.

CREATE TABLE quotes (
	id           TEXT PRIMARY KEY,
	number       TEXT NOT NULL UNIQUE,
	version      BIGINT NOT NULL CHECK (version > 0),
	state        TEXT NOT NULL CHECK (state IN ('draft', 'in_approval', 'approved', 'sent', 'accepted',
		'ordering', 'ordered', 'declined', 'expired', 'cancelled')),
	customer     TEXT NOT NULL,
	deal         TEXT NOT NULL, -- crm/id, or empty
	order_number TEXT NOT NULL, -- the ERP's, or empty
	valid_until  TEXT NOT NULL, -- ISO date, or empty
	search       TEXT NOT NULL, -- lower case
	updated_at   BIGINT NOT NULL,
	document     TEXT NOT NULL
);
CREATE INDEX quotes_updated ON quotes (updated_at, id);
CREATE INDEX quotes_state ON quotes (state, updated_at, id);
CREATE INDEX quotes_customer ON quotes (customer, updated_at, id);
CREATE INDEX quotes_deal ON quotes (deal, updated_at, id) WHERE deal <> '';
CREATE INDEX quotes_order ON quotes (order_number) WHERE order_number <> '';

CREATE TABLE revisions (
	quote      TEXT NOT NULL REFERENCES quotes (id),
	number     BIGINT NOT NULL CHECK (number > 0),
	at         BIGINT NOT NULL,
	by_name    TEXT NOT NULL,
	content    TEXT NOT NULL,
	request    TEXT NOT NULL,
	evaluation TEXT NOT NULL,
	facts      TEXT NOT NULL,
	PRIMARY KEY (quote, number)
);

-- The audit log of quotes.
CREATE TABLE events (
	quote   TEXT NOT NULL REFERENCES quotes (id),
	seq     BIGINT NOT NULL,
	id      TEXT NOT NULL UNIQUE,
	at      BIGINT NOT NULL,
	by_name TEXT NOT NULL,
	type    TEXT NOT NULL,
	text    TEXT NOT NULL,
	content TEXT NOT NULL,
	before  TEXT NOT NULL,
	PRIMARY KEY (quote, seq)
);

CREATE TABLE idempotency_keys (
	actor   TEXT NOT NULL,
	key     TEXT NOT NULL,
	content TEXT NOT NULL,
	quote   TEXT NOT NULL REFERENCES quotes (id),
	at      BIGINT NOT NULL,
	PRIMARY KEY (actor, key)
);

CREATE TABLE counters (
	name  TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);

-- Every rulebook that was ever in use, by content: replaying an old revision needs it.
CREATE TABLE rulebooks (
	hash  TEXT PRIMARY KEY,
	name  TEXT NOT NULL,
	files TEXT NOT NULL -- JSON: content by path
);

-- Which rulebook came into use when; the last one is in use.
CREATE TABLE publications (
	seq     BIGINT PRIMARY KEY,
	hash    TEXT NOT NULL REFERENCES rulebooks (hash),
	at      BIGINT NOT NULL,
	by_name TEXT NOT NULL,
	source  TEXT NOT NULL
);
CREATE INDEX publications_source ON publications (source, seq);

-- Tokens that work once, until they expire anyway.
CREATE TABLE spent_tokens (
	kind       TEXT NOT NULL,
	id         TEXT NOT NULL,
	expires_at BIGINT NOT NULL,
	PRIMARY KEY (kind, id)
);

-- Webhooks that came in, so that one that comes twice has one effect.
CREATE TABLE webhooks_in (
	id     TEXT PRIMARY KEY,
	at     BIGINT NOT NULL,
	answer TEXT NOT NULL -- JSON
);

-- What is owed to subscribers.
CREATE TABLE deliveries (
	event      TEXT NOT NULL REFERENCES events (id),
	subscriber TEXT NOT NULL,
	body       TEXT NOT NULL,
	status     TEXT NOT NULL CHECK (status IN ('open', 'delivered', 'failed')),
	attempts   BIGINT NOT NULL,
	problem    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (event, subscriber)
);

CREATE TABLE disabled_subscribers (
	subscriber TEXT PRIMARY KEY,
	reason     TEXT NOT NULL,
	at         BIGINT NOT NULL
);
