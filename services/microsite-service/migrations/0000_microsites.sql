CREATE SCHEMA IF NOT EXISTS "microsite";
--> statement-breakpoint
CREATE TABLE "microsite"."microsites" (
  "id" text PRIMARY KEY,
  "owner_id" text NOT NULL,
  "slug" text NOT NULL UNIQUE CHECK ("slug" ~ '^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$'),
  "title" text NOT NULL CHECK ("title" <> ''),
  "description" text CHECK ("description" <> ''),
  "links" jsonb NOT NULL,
  "published" jsonb,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "published_at" timestamptz,
  CONSTRAINT "published_at_a_time" CHECK (("published" IS NULL) = ("published_at" IS NULL)),
  CONSTRAINT "published_with_links" CHECK ("published" IS NULL OR coalesce(jsonb_array_length("published" -> 'links'), 0) > 0),
  -- Pages are made of these rows: whatever else may write here one day, no link runs a script.
  CONSTRAINT "links_to_the_web" CHECK (
    NOT jsonb_path_exists("links", '$[*] ? (!(@.url like_regex "^https?://"))')
    AND NOT jsonb_path_exists("published", '$.links[*] ? (!(@.url like_regex "^https?://"))')
  )
);
--> statement-breakpoint
CREATE INDEX "microsites_owner_id_created_at_id" ON "microsite"."microsites" ("owner_id", "created_at" DESC, "id" DESC);
--> statement-breakpoint
CREATE TABLE "microsite"."owners" (
  "id" text PRIMARY KEY
);
