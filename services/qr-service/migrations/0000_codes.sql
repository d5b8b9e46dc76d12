CREATE SCHEMA IF NOT EXISTS "qr";
--> statement-breakpoint
CREATE TABLE "qr"."codes" (
  "id" text PRIMARY KEY,
  "owner_id" text NOT NULL,
  "type" text NOT NULL CHECK ("type" IN ('url')),
  "title" text,
  "destination_url" text NOT NULL,
  "status" text NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'disabled')),
  "logo" bytea,
  "created_at" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE INDEX "codes_owner_id_created_at" ON "qr"."codes" ("owner_id", "created_at" DESC);
--> statement-breakpoint
CREATE TABLE "qr"."owners" (
  "id" text PRIMARY KEY,
  "codes_created" integer NOT NULL
);
