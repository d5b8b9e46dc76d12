CREATE TABLE "auth"."erasures" (
  "user_id" uuid NOT NULL,
  "service" text NOT NULL,
  "requested_at" timestamptz NOT NULL,
  "done_at" timestamptz,
  PRIMARY KEY ("user_id", "service")
);
