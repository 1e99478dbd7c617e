-- +goose Up

-- Which coupons the accepted quotes have used. A quote that is cancelled gives them back.
CREATE TABLE redemptions (
	coupon   TEXT NOT NULL,
	customer TEXT NOT NULL,
	quote    TEXT NOT NULL REFERENCES quotes (id),
	PRIMARY KEY (coupon, quote)
);
CREATE INDEX redemptions_customer ON redemptions (customer, coupon);
CREATE INDEX redemptions_quote ON redemptions (quote);

