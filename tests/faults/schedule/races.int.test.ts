import { expect, inject, test } from "vitest"
import { bundleProgram } from "../whatsapp/bundle.ts"
import { deathsAt, runRaces } from "./world.ts"

const binary = () => {
  const provided = inject("natsServer")
  if ("missing" in provided) throw new Error(provided.missing)
  return provided.path
}

/** `npm run faults -- schedule` does thousands, with kills at each of its points. */
const races = 20

test("what jobs send over WhatsApp is seen by each recipient once, and not once their cancellation or change was acknowledged, though the system is killed", async () => {
  const program = await bundleProgram()
  try {
    const { breaches, ...report } = await runRaces({
      program: program.path,
      binary: binary(),
      on: "whatsapp",
      seed: 1,
      people: 15,
      races,
      recipients: 2,
      deaths: deathsAt(["call-off-told"], 1, 1)
    })
    console.log(JSON.stringify(report))
    expect(breaches).toEqual([])
    expect(report.races).toBeGreaterThanOrEqual(races)
    expect(report.shown).toBeGreaterThan(0)
  } finally {
    program.remove()
  }
}, 300_000)
