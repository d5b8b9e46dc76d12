ALTER TABLE "qr"."codes" ADD COLUMN "color" text CHECK ("color" ~ '^[0-9a-f]{6}$');
--> statement-breakpoint
ALTER TABLE "qr"."codes" ADD COLUMN "level" text CHECK ("level" IN ('L', 'M', 'Q', 'H'));
--> statement-breakpoint
ALTER TABLE "qr"."codes" ADD COLUMN "forwards_query" boolean NOT NULL DEFAULT false;
