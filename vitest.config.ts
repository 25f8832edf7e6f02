import { defineConfig } from "vitest/config"

/** Tests of whole systems and long ones, and those that replace a module or look at what loading one does. */
const alone = [
  "tests/{bench,e2e,faults,fuzz}/**/*.test.ts",
  "tests/**/*.e2e.test.ts",
  "tests/actors/backup/places/no-links.int.test.ts",
  "tests/actors/backup/verify/sweep-guards.unit.test.ts",
  "tests/actors/whatsapp/session/hush.unit.test.ts"
]

export default defineConfig({
  test: {
    globalSetup: ["tests/setup/nats-server.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    // One more than the cores of a small machine: many tests wait for a server more than for the processor.
    maxWorkers: 3,
    // By name in this order: at the end no worker waits for one that has just begun with a long file.
    projects: [
      { extends: true, test: { name: "alone", include: alone } },
      {
        extends: true,
        // To load what they test takes most of them longer than to test it.
        test: { name: "shared", include: ["tests/**/*.test.ts"], exclude: alone, isolate: false }
      }
    ]
  }
})
