// What goes to a worker, or comes from one, in few messages: all that came up in one turn of the event loop goes together.
// The first of a turn decides when: at its end, which is soon, and when nothing more can be added to it.
// Rule: one message is under way at a time, so they arrive in order.

export class Outbox<Item> {
  #items: Item[] = []
  #isSending = false
  /** Sends some of the items from the beginning of the list, and says how many they were. */
  readonly #send: (items: readonly Item[]) => Promise<number>

  constructor(send: (items: readonly Item[]) => Promise<number>) {
    this.#send = send
  }

  get isEmpty(): boolean {
    return this.#items.length === 0 && !this.#isSending
  }

  add(item: Item): void {
    this.#items.push(item)
    if (this.#isSending) return
    this.#isSending = true
    setImmediate(() => void this.#sendAll())
  }

  /** Takes back what was not sent yet; `false` if it was. */
  withdraw(item: Item): boolean {
    const at = this.#items.indexOf(item)
    if (at >= 0) this.#items.splice(at, 1)
    return at >= 0
  }

  async #sendAll(): Promise<void> {
    while (this.#items.length > 0) {
      const items = this.#items
      this.#items = []
      const sent = await this.#send(items)
      if (sent < items.length) this.#items = [...items.slice(sent), ...this.#items]
    }
    this.#isSending = false
  }
}
