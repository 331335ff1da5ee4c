// What the page and its test share: sentences as vectors.

import { load } from "../apus.js"
import { WordPiece } from "../text.js"

/** Makes vectors of length 1 of sentences, by the module `sentences.wasm` and the pieces of `vocab.txt`. */
export class Sentences {
  #model
  #pieces
  /** How many tokens the module's functions take, from few to many. */
  #lengths

  constructor(model, pieces) {
    this.#model = model
    this.#pieces = pieces
    this.#lengths = model.functions.map((name) => Number(name.replace("embed", ""))).sort((a, b) => a - b)
  }

  /** Fetches the module, its weights and its vocabulary from a folder. */
  static async fetch(folder, progress) {
    const file = async (name) => {
      const response = await fetch(folder + name)
      if (!response.ok) throw new Error(`${name} is not there. It is made by scripts/web-models.sh (of this checkout), which fetches the encoder.`)
      return response
    }
    const [module, weights, vocabulary] = await Promise.all(["sentences.wasm", "sentences.wasm.weights", "vocab.txt"].map(file))
    return new Sentences(await load(module, { weights, progress }), WordPiece.parse(await vocabulary.text()))
  }

  /** The vector of a sentence; of a long one, of its beginning. */
  embed(text) {
    const longest = this.#lengths.at(-1)
    const ids = this.#pieces.encode(text, longest)
    const length = this.#lengths.find((length) => length >= ids.length)
    const [padded, mask] = [new Int32Array(length), new Int32Array(length)]
    padded.set(ids)
    mask.fill(1, 0, ids.length)
    return this.#model.call(`embed${length}`, padded, mask)[0]
  }
}

/** How near two vectors of length 1 are: from -1 to 1. */
export function cosine(a, b) { return a.reduce((sum, v, i) => sum + v * b[i], 0) }
