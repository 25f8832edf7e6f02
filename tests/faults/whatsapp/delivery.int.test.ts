import { expect, test } from "vitest"
import { everyOutgoing } from "./points.ts"
import { runScenario } from "./scenario.ts"
import { toldWorld } from "./told-world.ts"

/** How often each point is hit; `npm run faults -- whatsapp` hits them among ten thousand messages. */
const killsEach = Number(process.env["WADJET_FAULTS_KILLS"] ?? 1)
const saidPerLife = 8
/** While the server reads a message: half of them are taken then, the others are lost. */
const shots = 2

test("whatever kills it between a verdict and WhatsApp's answer, everybody sees every warning once", async () => {
  const world = await toldWorld(4)
  try {
    const report = await runScenario({
      world,
      deaths: everyOutgoing(killsEach),
      shots,
      rounds: 0,
      saidPerLife
    })
    console.log(JSON.stringify(report))
    expect(report.breaches).toEqual([])
    expect(report.kills).toEqual(everyOutgoing(killsEach))
    expect(report.shot).toBe(shots)
    // Of what was taken or lost nobody could know: it was said again, under the id that it had.
    expect(report.repeats).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
}, 600_000)
