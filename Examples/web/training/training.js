// What the page and its test share: the digits, and the steps of training over them.

/** Trains the module `training.wasm` on the pictures of `digits.bin`: 64 pixels from 0 to 16 and the digit, one after the other. */
export class Training {
  /** How many pictures are kept for the test; they come last. */
  static tested = 360
  #model
  #bytes
  #order
  #place = 0

  constructor(model, bytes) {
    this.#model = model
    this.#bytes = bytes
    this.batch = model.about("step").inputs[1].size
    this.count = Math.floor(bytes.length / 65)
    this.reset()
  }

  /** How many steps there have been, and passes over the training pictures. */
  steps = 0
  epochs = 0

  /** Begins anew. */
  reset() {
    this.#model.reset()
    this.#order = Array.from({ length: this.count - Training.tested }, (_, i) => i)
    this.steps = this.epochs = this.#place = 0
  }

  /** The pixels of a picture, from 0 to 1. */
  pixels(i) { return Float32Array.from(this.#bytes.subarray(65 * i, 65 * i + 64), (v) => v / 16) }

  /** The digit of a picture. */
  digit(i) { return this.#bytes[65 * i + 64] }

  /** A step with the next pictures, in their order at first and mixed after every pass; gives their loss. */
  step(rate) {
    if (this.#place + this.batch > this.#order.length) {
      this.epochs++
      this.#place = 0
      for (let i = this.#order.length - 1; i > 0; i--) {
        const j = Math.floor(Math.random() * (i + 1));
        [this.#order[i], this.#order[j]] = [this.#order[j], this.#order[i]]
      }
    }
    const chosen = this.#order.slice(this.#place, this.#place + this.batch)
    this.#place += this.batch
    const x = new Float32Array(64 * this.batch)
    chosen.forEach((i, k) => x.set(this.pixels(i), 64 * k))
    this.steps++
    return this.#model.call("step", x, Int32Array.from(chosen, (i) => this.digit(i)), [rate])[0][0]
  }

  /** The scores of the ten digits for the pixels of a picture. */
  scores(pixels) { return this.#model.call("look", pixels)[0] }

  /** The digit that is seen in a picture. */
  seen(pixels) {
    const scores = this.scores(pixels)
    return scores.indexOf(Math.max(...scores))
  }

  /** The share of the test pictures that are recognised. */
  accuracy() {
    let right = 0
    for (let i = this.count - Training.tested; i < this.count; i++) right += this.seen(this.pixels(i)) === this.digit(i)
    return right / Training.tested
  }
}
