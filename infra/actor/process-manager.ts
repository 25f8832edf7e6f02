/**
 * Declaring a process manager: an actor with one active instance per account, whose state is a pure fold
 * of the facts it listens to and of its own. What it listens to, publishes and answers is declared here;
 * publishing anything else does not compile.
 */
import type { Effect, Scope } from "effect"
import type { AnyEvent, EventName } from "../../contracts/catalogue.ts"
import type { CommandType, Refused } from "../../contracts/command.ts"
import type { Context, Writer } from "../../contracts/contexts.ts"
import type { Fact, Recorded } from "../../contracts/event.ts"
import type { Appended, AppendError, LogEvent, LogUnavailable } from "../event-log/event-log.ts"
import type { Lease, LeaseLost } from "../leases/leases.ts"
import type { State, StateReader, Work } from "./state.ts"

export type ActError = AppendError | LeaseLost

/** Why what runs beside an actor's work ended. */
export interface BesideError {
  readonly _tag: string
  readonly message: string
}

/** Why something is done: the id of the event or request behind it, and of the first of its chain. */
export interface Reason {
  readonly cause: string
  readonly correlation: string
}

/** A fact with the cause and part that its id follows from. */
export interface Caused<Published> {
  readonly cause: string
  readonly part: string
  readonly fact: Published
}

/** What an actor may do while it performs work or answers a command. */
export interface Self<Published> {
  readonly state: StateReader
  /**
   * Appends facts that stand or fall together, expecting its boundaries to be as they were folded when this
   * attempt began. The ids follow from the reason and `part`, so that doing it again changes nothing. Answers
   * when they are durable.
   */
  readonly append: (
    reason: Reason,
    part: string,
    facts: readonly [Published, ...ReadonlyArray<Published>]
  ) => Effect.Effect<Appended, ActError>
  /**
   * Appends facts that were found out together and each have a cause of their own, in one commit. Their
   * ids follow from those causes.
   */
  readonly appendEach: (
    reason: Reason,
    facts: readonly [Caused<Published>, ...ReadonlyArray<Caused<Published>>]
  ) => Effect.Effect<Appended, ActError>
  /**
   * Appends the outcome of something that has already happened outside. It expects nothing of its
   * boundary: an outcome must not be lost to a race.
   */
  readonly record: (reason: Reason, part: string, fact: Published) => Effect.Effect<Appended, ActError>
  /** Waits until the state holds everything up to a sequence of its own. */
  readonly folded: (sequence: number) => Effect.Effect<void>
  /** Waits until the state holds all events of these names that are in the log by now: each is one that it listens to. */
  readonly upToDate: (events: ReadonlyArray<EventName>) => Effect.Effect<void, LogUnavailable>
  /**
   * What `make` comes to with a state that holds all events of these names that were in the log when this was asked. The
   * log is asked while it is made; where there is more to be known, or the state changed meanwhile, it is made once more.
   */
  readonly knowing: <A, E, R>(
    events: ReadonlyArray<EventName>,
    make: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | LogUnavailable, R>
  /** The event at a sequence, which the state may speak of instead of holding what it says. */
  readonly event: (sequence: number) => Effect.Effect<LogEvent | undefined, LogUnavailable>
  readonly generation: string
}

/**
 * What performing a piece of work came to: its facts are in the log, or its lane should wait until `later`, a
 * moment that may be infinitely far. `orWoken` ends the wait as soon as what runs beside the work wakes it.
 * `everywhere` says that all work of its priority should wait, in whichever lane: the first of it is asked again.
 */
export type Performed =
  | { readonly later: number; readonly orWoken?: true; readonly everywhere?: never }
  | { readonly later: number; readonly everywhere: true; readonly orWoken?: never }
  | undefined

/** What an actor's connection to the outside acts through, for as long as the actor holds its lease. */
export interface Beside<Published> {
  /** Begins one attempt at something; after a conflict, begin again. */
  readonly begin: () => Self<Published>
  /** Runs while nothing else is done in a lane. */
  readonly within: <A, E, R>(lane: string, effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  readonly state: StateReader
  readonly lease: Lease
  /** Whatever waits until it is woken may be done now. */
  readonly wake: () => void
}

/** A command that the actor answers: in the lane that it concerns, on a state folded to that lane's end. */
export interface Answerer<Published, R> {
  readonly command: CommandType
  readonly lane: (payload: never, state: StateReader) => string
  readonly handle: (
    payload: never,
    self: Self<Published>,
    reason: Reason
  ) => Effect.Effect<unknown, Refused | ActError, R>
}

export interface ProcessManager<Listens extends AnyEvent, Publishes extends AnyEvent, R> {
  readonly name: Writer
  /** The version of the state's shape: another one makes it be folded anew. */
  readonly version: number
  /** The contexts it is the writer of. They are read whole, so that expectations are right. */
  readonly owns: ReadonlyArray<Context>
  readonly listens: ReadonlyArray<Listens>
  readonly publishes: ReadonlyArray<Publishes>
  /** Nobody waits for what it folds: whatever somebody waits for goes first, for some tens of milliseconds. */
  readonly unhurried?: true
  /** Whether somebody waits for what is done about an event: it is folded at once. */
  readonly hurries?: (event: Recorded<Listens>) => boolean
  /**
   * Whether what comes of an event comes within some milliseconds and is folded here, too: then they are folded one after
   * the other, and whoever makes the second is not held up by the first.
   */
  readonly awaitsNext?: (event: Recorded<Listens>) => boolean
  /** How much work of each priority may be under way at once. */
  readonly slots: ReadonlyArray<number>
  /** Folds one event. Deterministic, and without effect on anything but the state. */
  readonly evolve: (state: State, event: Recorded<Listens>) => void
  /** Does one piece of open work. Its outcome is facts, which close it when they are folded. */
  readonly perform: (work: Work, self: Self<Fact<Publishes>>) => Effect.Effect<Performed, ActError, R>
  readonly answers: ReadonlyArray<Answerer<Fact<Publishes>, R>>
  /**
   * What runs beside the work while the lease is held and the log is folded, such as a connection to the
   * outside. When it fails, the actor ends and is started again.
   */
  readonly beside?: (own: Beside<Fact<Publishes>>) => Effect.Effect<never, BesideError, R | Scope.Scope>
}

/** Declares a process manager; see `actors/verdict/actor.ts` for one. */
export const processManager = <const Listens extends AnyEvent, const Publishes extends AnyEvent, R = never>(
  definition: ProcessManager<Listens, Publishes, R>
): ProcessManager<Listens, Publishes, R> => definition

/**
 * Declares how a command is answered: in which lane, and by what. The handler runs alone in its lane; a
 * conflict with another writer makes it run again.
 */
export const answer = <C extends CommandType, Published, R = never>(
  command: C,
  lane: (payload: C["payload"]["Type"], state: StateReader) => string,
  handle: (
    payload: C["payload"]["Type"],
    self: Self<Published>,
    reason: Reason
  ) => Effect.Effect<C["answer"]["Type"], Refused | ActError, R>
): Answerer<Published, R> => ({ command, lane, handle })
