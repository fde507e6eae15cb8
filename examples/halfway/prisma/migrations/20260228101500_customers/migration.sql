-- CreateTable
CREATE TABLE IF NOT EXISTS "Customer" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "credit" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Customer_pkey" PRIMARY KEY ("id")
);
