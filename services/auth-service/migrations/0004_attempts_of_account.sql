CREATE INDEX "attempts_account" ON "auth"."attempts" ("account" text_pattern_ops);
