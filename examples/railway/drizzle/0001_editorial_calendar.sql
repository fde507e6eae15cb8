ALTER TYPE "public"."content_status" ADD VALUE 'archived';--> statement-breakpoint
ALTER TABLE "content" ADD COLUMN "planned_for" date;--> statement-breakpoint
ALTER TABLE "content" ADD COLUMN "reviewer_id" uuid;--> statement-breakpoint
ALTER TABLE "content" DROP COLUMN "old_slug";--> statement-breakpoint
ALTER TABLE "projects" RENAME COLUMN "title" TO "name";--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_username_unique" UNIQUE("username");--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "tags" ADD CONSTRAINT "tags_workspace_id_label_unique" UNIQUE("workspace_id","label");
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "content" ADD CONSTRAINT "content_reviewer_id_users_id_fk" FOREIGN KEY ("reviewer_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
ALTER TABLE "content_metrics" ADD CONSTRAINT "content_metrics_likes_check" CHECK ("content_metrics"."likes" >= 0);--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "content_planned_for_idx" ON "content" USING btree ("planned_for");
