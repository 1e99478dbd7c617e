-- +goose Up

-- Empty: no limit.
ALTER TABLE conditions ADD COLUMN lower_limit TEXT NOT NULL DEFAULT '';
ALTER TABLE conditions ADD COLUMN upper_limit TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN parent TEXT NOT NULL DEFAULT '';

-- What the tables hold was read without these columns: the next sync reads all again.
DELETE FROM replica;

-- +goose Down

ALTER TABLE conditions DROP COLUMN lower_limit;
ALTER TABLE conditions DROP COLUMN upper_limit;
ALTER TABLE customers DROP COLUMN parent;
