// What the page's worker and its test share: a conversation with a language model.

import { load, sharesMemory } from "../apus.js"
import { BytePairs, chatML, sample } from "../text.js"

/** Answers with the module `chat.wasm` and the tokens of `tokens.json`. */
export class Chat {
  #model
  #tokens
  #chunk
  #ends
  /** The tokens whose keys and values the module keeps. */
  #kept = []

  constructor(model, tokens) {
    this.#model = model
    this.#tokens = tokens
    this.#chunk = model.about("read").inputs[0].size
    this.context = model.state[0].shape[2]
    this.#ends = new Set(["<|im_end|>", "<|endoftext|>"].map((token) => tokens.id(token)))
  }

  /** Fetches the module, its weights and its tokens from a folder; it runs on several threads where the page may share memory. */
  static async fetch(folder, progress) {
    const threads = sharesMemory() ? Math.min(8, Math.max(1, navigator.hardwareConcurrency ?? 1)) : 1
    const file = async (name) => {
      const response = await fetch(folder + name)
      if (!response.ok) throw new Error(`${name} is not there. It is made by scripts/web-models.sh (of this checkout), which fetches the language model.`)
      return response
    }
    const [module, weights, tokens] = await Promise.all([
      threads > 1 ? "chat-threads.wasm" : "chat.wasm", "chat.wasm.weights", "tokens.json"].map(file))
    return new Chat(await load(module, { weights, progress, threads }), new BytePairs(await tokens.json()))
  }

  /** The tokens of a conversation up to where the model answers; early messages are left out where there is no room for all. */
  prompt(messages, { system, maxTokens = 256 } = {}) {
    const room = this.context - Math.min(maxTokens, this.context >> 1)
    for (let first = 0; first < messages.length; first += 2) {
      const ids = this.#tokens.encode(chatML(messages.slice(first), { system }))
      if (ids.length <= room) return ids
    }
    throw new Error(`The message is too long: there is room for ${room} tokens.`)
  }

  /** Reads the tokens that are not kept yet and gives the scores of what follows them. */
  read(ids) {
    let place = 0
    while (place < this.#kept.length && place < ids.length - 1 && this.#kept[place] === ids[place]) place++
    this.#kept.length = place
    while (place < ids.length - 1) {
      const count = Math.min(this.#chunk, ids.length - 1 - place)
      // A few tokens go one by one, and so do those at the end of the context, behind which nothing may be filled up.
      if (count >= 6 && place + this.#chunk <= this.context) {
        const part = new Int32Array(this.#chunk)
        part.set(ids.slice(place, place + count))
        this.#model.call("read", part, [place])
        place += count
      } else {
        this.#model.call("next", [ids[place]], [place])
        place++
      }
    }
    const [scores] = this.#model.call("next", [ids[place]], [place])
    this.#kept = ids.slice()
    return scores
  }

  /** The tokens that follow `ids`, as they come, up to an end, `maxTokens` or the end of the context. */
  * tokens(ids, { maxTokens = 256, ...options } = {}) {
    ids = ids.slice()
    for (let count = 0; count < maxTokens && ids.length < this.context; count++) {
      const id = sample(this.read(ids), options)
      if (this.#ends.has(id)) return
      ids.push(id)
      yield id
    }
  }

  /** The pieces of the answer to `{ role, content }` messages, as they come. */
  * answer(messages, options = {}) {
    const decoder = this.#tokens.decoder()
    for (const id of this.tokens(this.prompt(messages, options), options)) yield decoder.next(id)
    yield decoder.end()
  }
}
