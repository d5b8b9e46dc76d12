ALTER TABLE "qr"."codes" DROP CONSTRAINT "codes_type_check";
--> statement-breakpoint
ALTER TABLE "qr"."codes" ADD CONSTRAINT "codes_type_check" CHECK ("type" IN ('url', 'wifi', 'vcard', 'microsite'));
--> statement-breakpoint
ALTER TABLE "qr"."codes" ALTER COLUMN "destination_url" DROP NOT NULL;
--> statement-breakpoint
ALTER TABLE "qr"."codes" ADD COLUMN "content" jsonb;
--> statement-breakpoint
ALTER TABLE "qr"."codes" ADD CONSTRAINT "codes_lead_or_hold" CHECK (("destination_url" IS NULL) = ("type" IN ('wifi', 'vcard')) AND ("content" IS NULL) = ("type" = 'url'));
--> statement-breakpoint
DROP INDEX "qr"."codes_owner_id_created_at";
--> statement-breakpoint
CREATE INDEX "codes_owner_id_created_at_id" ON "qr"."codes" ("owner_id", "created_at" DESC, "id" DESC);
