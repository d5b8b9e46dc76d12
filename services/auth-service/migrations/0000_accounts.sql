CREATE SCHEMA IF NOT EXISTS "auth";
--> statement-breakpoint
CREATE TABLE "auth"."users" (
  "id" uuid PRIMARY KEY,
  "email" text NOT NULL UNIQUE,
  "name" text,
  "password_hash" text NOT NULL,
  "plan" text NOT NULL DEFAULT 'free' CHECK ("plan" IN ('free', 'pro', 'business')),
  "created_at" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."refresh_tokens" (
  "family" uuid PRIMARY KEY,
  "user_id" uuid NOT NULL REFERENCES "auth"."users" ("id") ON DELETE CASCADE,
  "secret_hash" text NOT NULL,
  "expires_at" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE INDEX "refresh_tokens_user_id" ON "auth"."refresh_tokens" ("user_id");
