-- CreateEnum
CREATE TYPE "OrderState" AS ENUM ('OPEN', 'PAID', 'SENT');

-- CreateTable
CREATE TABLE "Order" (
    "id" SERIAL NOT NULL,
    "customerId" INTEGER NOT NULL,
    "state" "OrderState" NOT NULL DEFAULT 'OPEN',

    CONSTRAINT "Order_pkey" PRIMARY KEY ("id")
);

-- Ten points for everybody who was there before the shop opened
UPDATE "Customer" SET "credit" = "credit" + 10;

-- AlterTable
ALTER TABLE "Customer" ADD COLUMN "phone" TEXT NOT NULL;

-- CreateIndex
CREATE INDEX "Order_customerId_idx" ON "Order"("customerId");

-- AddForeignKey
ALTER TABLE "Order" ADD CONSTRAINT "Order_customerId_fkey" FOREIGN KEY ("customerId") REFERENCES "Customer"("id");
