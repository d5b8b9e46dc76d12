CREATE TABLE "auth"."attempts" (
  "account" text PRIMARY KEY,
  "attempts" integer NOT NULL,
  "since" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE INDEX "attempts_since" ON "auth"."attempts" ("since");
