-- One row for all instances: when the alert rules were evaluated last, and what each said when it was told.
CREATE TABLE "analytics"."alerts" (
  "is_only_row" boolean PRIMARY KEY DEFAULT true CHECK ("is_only_row"),
  "claimed_at" timestamptz NOT NULL,
  "states" jsonb NOT NULL
);
--> statement-breakpoint
INSERT INTO "analytics"."alerts" ("claimed_at", "states") VALUES ('-infinity', '[]');
