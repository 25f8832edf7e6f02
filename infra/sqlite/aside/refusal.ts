/** Something is not done to a database, for what was asked and not for how the file is. */
export class Refusal extends Error {
  readonly reason: "invalid" | "refused"
  constructor(reason: "invalid" | "refused", message: string) {
    super(message)
    this.reason = reason
  }
}
