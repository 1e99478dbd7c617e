-- +goose Up

-- One row: what the tables hold, by the connector's cursor, and when that was last
-- known to be all there is (microseconds since 1970).
CREATE TABLE replica (
	id        BIGINT PRIMARY KEY CHECK (id = 1),
	cursor    TEXT NOT NULL,
	synced_at BIGINT NOT NULL
);

-- Decimals are exact texts. Dates are ISO texts, the empty text is no date. Key fields
-- and attributes are JSON objects.

CREATE TABLE products (
	sku            TEXT NOT NULL,
	name           TEXT NOT NULL,
	description    TEXT NOT NULL,
	family         TEXT NOT NULL,
	unit           TEXT NOT NULL,
	status         TEXT NOT NULL,
	successor      TEXT NOT NULL,
	model          TEXT NOT NULL,
	grade          TEXT NOT NULL,
	cost           TEXT NOT NULL, -- empty: not known
	cost_currency  TEXT NOT NULL,
	weight_kg      TEXT NOT NULL,
	lead_time_days BIGINT NOT NULL,
	min_quantity   TEXT NOT NULL,
	multiple       TEXT NOT NULL,
	tax_category   TEXT NOT NULL,
	attributes     TEXT NOT NULL,
	PRIMARY KEY (sku)
) WITHOUT ROWID;

CREATE TABLE units (
	sku         TEXT NOT NULL,
	unit        TEXT NOT NULL,
	numerator   TEXT NOT NULL,
	denominator TEXT NOT NULL,
	PRIMARY KEY (sku, unit)
) WITHOUT ROWID;

CREATE TABLE conditions (
	id           TEXT NOT NULL,
	type         TEXT NOT NULL,
	keys         TEXT NOT NULL,
	min_quantity TEXT NOT NULL,
	value        TEXT NOT NULL,
	measure      TEXT NOT NULL,
	currency     TEXT NOT NULL,
	per          TEXT NOT NULL,
	unit         TEXT NOT NULL,
	valid_from   TEXT NOT NULL,
	valid_to     TEXT NOT NULL,
	PRIMARY KEY (id)
) WITHOUT ROWID;

CREATE TABLE bom_items (
	parent            TEXT NOT NULL,
	position          TEXT NOT NULL,
	component         TEXT NOT NULL,
	condition         TEXT NOT NULL,
	valid_from        TEXT NOT NULL,
	quantity          TEXT NOT NULL,
	unit              TEXT NOT NULL,
	scrap_percent     TEXT NOT NULL,
	phantom           BIGINT NOT NULL,
	valid_to          TEXT NOT NULL,
	alternative_group TEXT NOT NULL,
	priority          BIGINT NOT NULL,
	file              TEXT NOT NULL,
	line              BIGINT NOT NULL,
	PRIMARY KEY (parent, position, component, condition, valid_from)
) WITHOUT ROWID;

CREATE TABLE customers (
	id             TEXT NOT NULL,
	name           TEXT NOT NULL,
	customer_group TEXT NOT NULL,
	price_list     TEXT NOT NULL,
	currency       TEXT NOT NULL,
	country        TEXT NOT NULL,
	region         TEXT NOT NULL,
	tax_exempt     BIGINT NOT NULL,
	payment_terms  TEXT NOT NULL,
	credit         TEXT NOT NULL,
	attributes     TEXT NOT NULL,
	PRIMARY KEY (id)
) WITHOUT ROWID;

CREATE TABLE contacts (
	customer TEXT NOT NULL,
	id       TEXT NOT NULL,
	name     TEXT NOT NULL,
	role     TEXT NOT NULL,
	email    TEXT NOT NULL,
	phone    TEXT NOT NULL,
	language TEXT NOT NULL,
	PRIMARY KEY (customer, id)
) WITHOUT ROWID;

CREATE TABLE addresses (
	customer    TEXT NOT NULL,
	id          TEXT NOT NULL,
	kind        TEXT NOT NULL,
	name        TEXT NOT NULL,
	street      TEXT NOT NULL,
	postal_code TEXT NOT NULL,
	city        TEXT NOT NULL,
	region      TEXT NOT NULL,
	country     TEXT NOT NULL,
	PRIMARY KEY (customer, id)
) WITHOUT ROWID;

CREATE TABLE stock (
	sku           TEXT NOT NULL,
	site          TEXT NOT NULL,
	on_hand       TEXT NOT NULL,
	reserved      TEXT NOT NULL,
	incoming      TEXT NOT NULL,
	incoming_date TEXT NOT NULL,
	PRIMARY KEY (sku, site)
) WITHOUT ROWID;

CREATE TABLE rates (
	from_currency TEXT NOT NULL,
	to_currency   TEXT NOT NULL,
	date          TEXT NOT NULL,
	rate          TEXT NOT NULL,
	PRIMARY KEY (from_currency, to_currency, date)
) WITHOUT ROWID;

CREATE TABLE parts (
	alias      TEXT NOT NULL,
	customer   TEXT NOT NULL,
	valid_from TEXT NOT NULL,
	sku        TEXT NOT NULL,
	valid_to   TEXT NOT NULL,
	PRIMARY KEY (alias, customer, valid_from)
) WITHOUT ROWID;

CREATE TABLE orders (
	id        TEXT NOT NULL,
	reference TEXT NOT NULL,
	customer  TEXT NOT NULL,
	status    TEXT NOT NULL,
	date      TEXT NOT NULL,
	currency  TEXT NOT NULL,
	total     TEXT NOT NULL,
	PRIMARY KEY (id)
) WITHOUT ROWID;

CREATE TABLE order_lines (
	order_id TEXT NOT NULL,
	line     TEXT NOT NULL,
	sku      TEXT NOT NULL,
	ordered  TEXT NOT NULL,
	shipped  TEXT NOT NULL,
	invoiced TEXT NOT NULL,
	PRIMARY KEY (order_id, line)
) WITHOUT ROWID;

CREATE TABLE invoices (
	id       TEXT NOT NULL,
	order_id TEXT NOT NULL,
	customer TEXT NOT NULL,
	date     TEXT NOT NULL,
	due      TEXT NOT NULL,
	currency TEXT NOT NULL,
	total    TEXT NOT NULL,
	open     TEXT NOT NULL,
	PRIMARY KEY (id)
) WITHOUT ROWID;

-- +goose Down

DROP TABLE replica;
DROP TABLE products;
DROP TABLE units;
DROP TABLE conditions;
DROP TABLE bom_items;
DROP TABLE customers;
DROP TABLE contacts;
DROP TABLE addresses;
DROP TABLE stock;
DROP TABLE rates;
DROP TABLE parts;
DROP TABLE orders;
DROP TABLE order_lines;
DROP TABLE invoices;
