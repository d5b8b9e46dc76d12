CREATE SCHEMA IF NOT EXISTS "analytics";
--> statement-breakpoint
-- As they arrived, for as long as late ones are taken. "day" is that of "time" in UTC.
CREATE TABLE "analytics"."scans" (
  "insert_id" text PRIMARY KEY,
  "time" timestamptz NOT NULL,
  "day" date NOT NULL,
  "owner_id" text NOT NULL,
  "qr_id" text NOT NULL,
  "visitor" text NOT NULL,
  "device_type" text NOT NULL,
  "browser" varchar(64) NOT NULL,
  "country" text NOT NULL,
  "is_bot" boolean NOT NULL
);
--> statement-breakpoint
-- For the roll-up, days that are not rolled up yet, and erasures.
CREATE INDEX "scans_owner_id_qr_id_day" ON "analytics"."scans" ("owner_id", "qr_id", "day");
--> statement-breakpoint
-- For the end of their retention.
CREATE INDEX "scans_day" ON "analytics"."scans" ("day");
--> statement-breakpoint
CREATE TABLE "analytics"."daily_scans" (
  "owner_id" text NOT NULL,
  "qr_id" text NOT NULL,
  "day" date NOT NULL,
  "country" text NOT NULL,
  "device_type" text NOT NULL,
  "browser" varchar(64) NOT NULL,
  "is_bot" boolean NOT NULL,
  "scans" integer NOT NULL,
  PRIMARY KEY ("owner_id", "qr_id", "day", "country", "device_type", "browser", "is_bot")
);
--> statement-breakpoint
-- For all codes of a person.
CREATE INDEX "daily_scans_owner_id_day" ON "analytics"."daily_scans" ("owner_id", "day");
--> statement-breakpoint
CREATE TABLE "analytics"."daily_visitors" (
  "owner_id" text NOT NULL,
  "qr_id" text NOT NULL,
  "day" date NOT NULL,
  "visitors" integer NOT NULL,
  PRIMARY KEY ("owner_id", "qr_id", "day")
);
--> statement-breakpoint
CREATE INDEX "daily_visitors_owner_id_day" ON "analytics"."daily_visitors" ("owner_id", "day");
--> statement-breakpoint
-- Days of codes whose roll-up lacks a scan.
CREATE TABLE "analytics"."dirty_days" (
  "owner_id" text NOT NULL,
  "qr_id" text NOT NULL,
  "day" date NOT NULL,
  PRIMARY KEY ("owner_id", "qr_id", "day")
);
--> statement-breakpoint
-- One row: the first day of which all scans are still there. Days before it cannot be rolled up again.
CREATE TABLE "analytics"."kept_from" (
  "day" date NOT NULL
);
--> statement-breakpoint
INSERT INTO "analytics"."kept_from" ("day") VALUES ('0001-01-01');
