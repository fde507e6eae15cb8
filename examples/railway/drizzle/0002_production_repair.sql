-- Production has the tables but not the journal: every deploy stops in 0000. This file adds what is
-- missing there. Written at night, and put here by a script whose String.replace() made one dollar
-- sign of every two.

-- Nobody can sign in without this table. (Columns copied from the one in production, which was
-- made by hand in a dashboard before there were migrations.)
CREATE TABLE IF NOT EXISTS "users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" varchar(320) NOT NULL,
	"username" varchar(40) NOT NULL,
	"password_hash" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "password_hash" text NOT NULL;
--> statement-breakpoint

-- The calendar needs these.
DO $
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'content' AND column_name = 'planned_for'
  ) THEN
    ALTER TABLE "content" ADD COLUMN "planned_for" date;
  END IF;
END $;
--> statement-breakpoint
ALTER TABLE "content"
  ADD COLUMN IF NOT EXISTS "pinned" boolean DEFAULT false NOT NULL,
  ADD COLUMN IF NOT EXISTS "sort_order" integer DEFAULT 0 NOT NULL,
  ADD COLUMN IF NOT EXISTS "last_synced_at" timestamp with time zone;
--> statement-breakpoint

-- Two foreign keys that the first migration forgot.
DO $
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM information_schema.table_constraints
    WHERE table_schema = 'public' AND table_name = 'approvals'
      AND constraint_name = 'approvals_reviewer_id_users_id_fk'
  ) THEN
    ALTER TABLE "approvals" ADD CONSTRAINT "approvals_reviewer_id_users_id_fk"
      FOREIGN KEY ("reviewer_id") REFERENCES "users"("id") ON DELETE CASCADE;
  END IF;
END $;
--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN IF NOT EXISTS "plan_code" varchar(30);
--> statement-breakpoint
DO $
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM information_schema.table_constraints
    WHERE table_schema = 'public' AND table_name = 'workspaces'
      AND constraint_name = 'workspaces_plan_code_plans_code_fk'
  ) THEN
    ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_plan_code_plans_code_fk"
      FOREIGN KEY ("plan_code") REFERENCES "plans"("code");
  END IF;
END $;
--> statement-breakpoint

-- The dashboard reads by these.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "content_author_id_idx" ON "content" ("author_id");
--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "content_metrics_slot_id_idx" ON "content_metrics" ("slot_id");
--> statement-breakpoint

-- Rows that the application expects.
INSERT INTO "plans" ("code", "label", "monthly_posts") VALUES
  ('free', 'Free', 10),
  ('team', 'Team', 500)
ON CONFLICT ("code") DO UPDATE SET "label" = excluded."label", "monthly_posts" = excluded."monthly_posts";
--> statement-breakpoint
INSERT INTO "best_times" ("kind", "topic", "hours") VALUES
  ('instagram', 'food', ARRAY[8, 12, 18]),
  ('linkedin', 'careers', ARRAY[7, 17]),
  ('tiktok', 'music', ARRAY[16, 21])
ON CONFLICT ("kind", "topic") DO NOTHING;
