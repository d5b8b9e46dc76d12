ALTER TABLE "auth"."refresh_tokens" ADD COLUMN "rotated_at" timestamptz;
