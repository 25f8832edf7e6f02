/** A process manager small enough to be seen through: it answers every deletion of a message with a mute. */
import { Effect } from "effect"
import { MuteChat } from "../../../contracts/commands.ts"
import type { Payload } from "../../../contracts/command.ts"
import type { Fact } from "../../../contracts/event.ts"
import { ChatId, KeyId, MessageKey, PersonId } from "../../../contracts/ids.ts"
import { KeyRevoked } from "../../../contracts/account.ts"
import { MessageRevoked } from "../../../contracts/message.ts"
import { Muted, Unmuted } from "../../../contracts/policy.ts"
import { collection } from "../../../infra/actor/collection.ts"
import {
  type ActError,
  answer,
  type Performed,
  processManager,
  type Reason,
  type Self
} from "../../../infra/actor/process-manager.ts"
import type { StateReader, Work } from "../../../infra/actor/state.ts"

export const chat = (number: number) => ChatId.make(`cchat${String(number).padStart(4, "0")}`)

/** An input. Its number stands in the log as the moment of the deletion. */
export const input = (where: number, number: number) =>
  MessageRevoked({
    chat: chat(where),
    message: MessageKey.make(String(number).padStart(40, "0")),
    sender: PersonId.make("p0example0"),
    revokedAt: number
  })

/** The output for the input of a sequence. */
export const output = (where: ChatId, sequence: number) =>
  Muted({ chat: where, until: sequence, by: "system" })

/** A fact that the toy states, and that it neither owns nor listens to. */
export const unheard = KeyRevoked({
  key: KeyId.make("01941f29-7c00-7000-8000-000000000002"),
  by: "system",
  at: 0
})

/** The numbers of the inputs of a chat, in the order in which they were folded. */
export const heard = collection<ReadonlyArray<number>>("heard")
/** The last output of a chat. */
export const done = collection<number>("done")

export type Published = Fact<typeof Muted | typeof Unmuted | typeof KeyRevoked>

export const reasonOf = (work: Work): Reason => ({ cause: work.cause, correlation: work.correlation })
export const sequenceOf = (work: Work): number => Number(work.key.split("/")[1])

/** Appends the output of a piece of work. */
export const speak = (work: Work, self: Self<Published>) =>
  self
    .append(reasonOf(work), work.key, [output(ChatId.make(work.lane), sequenceOf(work))])
    .pipe(Effect.as(undefined))

export interface ToyOptions {
  /** What folding an input does to the actor, where it does harm. */
  readonly poison?: (number: number) => boolean
  readonly work?: (number: number) => Partial<Work>
  readonly perform?: (work: Work, self: Self<Published>) => Effect.Effect<Performed, ActError>
  readonly slots?: ReadonlyArray<number>
  /** Runs in the lane of a command, before its fact. */
  readonly beforeAnswer?: (state: StateReader) => Effect.Effect<void>
}

export const makeToy = (options: ToyOptions = {}) =>
  processManager({
    name: "verdict",
    version: 1,
    owns: ["policy"],
    listens: [MessageRevoked, Muted, Unmuted],
    publishes: [Muted, Unmuted, KeyRevoked],
    slots: options.slots ?? [4, 4],
    evolve: (state, event) => {
      switch (event.type) {
        case "message.revoked": {
          const { chat: where, revokedAt: number } = event.data
          if (options.poison?.(number) === true) throw new Error(`the input ${number} is poison`)
          state.put(heard, where, [...(state.get(heard, where) ?? []), number])
          const chain = { cause: event.id, correlation: event.correlation ?? event.id }
          return state.open({
            key: `answer/${event.sequence}`,
            kind: "answer",
            priority: 0,
            lane: where,
            due: 0,
            ...chain,
            ...options.work?.(number)
          })
        }
        case "policy.muted":
          if (options.poison?.(-event.data.until) === true)
            throw new Error(`the mute ${event.data.until} is poison`)
          state.put(done, event.data.chat, event.data.until)
          return state.close(`answer/${event.data.until}`)
        case "policy.unmuted":
          return state.put(done, event.data.chat, 0)
      }
    },
    perform: options.perform ?? speak,
    answers: [
      answer(
        MuteChat,
        (payload) => payload.chat,
        Effect.fnUntraced(function* (
          payload: Payload<typeof MuteChat>,
          self: Self<Published>,
          reason: Reason
        ) {
          if (options.beforeAnswer !== undefined) yield* options.beforeAnswer(self.state)
          const { sequence } = yield* self.append(reason, "answer", [Muted(payload)])
          yield* self.folded(sequence)
          return { generation: self.generation, sequence }
        })
      )
    ]
  })
