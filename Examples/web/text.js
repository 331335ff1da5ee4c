// Texts as numbers of tokens and back, as published models cut them: WordPiece (BERT and its kin) and bytes in pairs (GPT-2, SmolLM2).

/** Words in pieces, as BERT without upper case has them: accents are dropped, ideographs and punctuation stand alone. */
export class WordPiece {
  #ids = new Map()
  #special
  /** The longest words that are looked at, in characters. */
  static longest = 100

  /** `vocabulary` has the pieces in their order, those inside of words with ## in front. */
  constructor(vocabulary) {
    vocabulary.forEach((piece, id) => this.#ids.set(piece, id))
    for (const name of ["[UNK]", "[CLS]", "[SEP]"]) {
      if (!this.#ids.has(name)) throw new Error(`apus: the vocabulary has no ${name}: it is not one of BERT`)
    }
    this.#special = splitter(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].filter((name) => this.#ids.has(name)))
  }

  /** The vocabulary of a text with a piece in each line. */
  static parse(text) { return new WordPiece(text.replace(/\r?\n$/, "").split(/\r?\n/)) }

  /** The numbers of a text's pieces between [CLS] and [SEP]; at most `length` of them altogether. */
  encode(text, length = Infinity) {
    const ids = []
    for (const part of text.split(this.#special)) {
      if (this.#ids.has(part) && part.startsWith("[") && this.#special.test(part)) ids.push(this.#ids.get(part))
      else for (const word of words(part)) this.#pieces(word, ids)
    }
    return [this.#ids.get("[CLS]"), ...ids.slice(0, Math.max(0, length - 2)), this.#ids.get("[SEP]")]
  }

  #pieces(word, ids) {
    const letters = Array.from(word)
    const found = []
    for (let start = 0; start < letters.length && letters.length <= WordPiece.longest;) {
      let end = letters.length
      const piece = () => (start > 0 ? "##" : "") + letters.slice(start, end).join("")
      while (end > start && !this.#ids.has(piece())) end--
      if (end === start) break
      found.push(this.#ids.get(piece()))
      start = end
      if (start === letters.length) {
        ids.push(...found)
        return
      }
    }
    ids.push(this.#ids.get("[UNK]"))
  }
}

/** The words and signs of a text, plain. */
function words(text) {
  const clean = text
    .replace(/[\0\ufffd\p{Cf}\p{Co}]|(?![\t\n\r])\p{Cc}/gu, "").replace(/\p{White_Space}/gu, " ")
    .replace(/[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu, " $& ")
    .normalize("NFD").replace(/\p{Mn}/gu, "")
  // Letter by letter, since a sigma at the end of a word is none of its own.
  const plain = Array.from(clean, (letter) => letter.toLowerCase()).join("")
  return plain.match(/[\p{P}$+<=>^`|~]|[^\s\p{P}$+<=>^`|~]+/gu) ?? []
}

/** Texts as bytes that are joined in pairs, the most frequent first. */
export class BytePairs {
  #ids = new Map()
  #ranks = new Map()
  #bytes
  #special
  #known = new Map()
  #separatesDigits

  /**
   * `tokens` has the texts of the tokens in their order and `merges` the pairs, both with a letter for each byte as GPT-2 writes them;
   * `special` has the tokens that texts contain as they stand. With `separatesDigits` every digit is a token.
   */
  constructor({ tokens, merges, special = [], separatesDigits = false }) {
    tokens.forEach((token, id) => this.#ids.set(token, id))
    merges.forEach((pair, rank) => this.#ranks.set(pair, rank))
    const places = new Map(letters.map((letter, byte) => [letter, byte]))
    const own = new Set(special)
    this.#bytes = tokens.map((token) =>
      own.has(token) ? new TextEncoder().encode(token) : Uint8Array.from(token, (letter) => places.get(letter) ?? 63))
    this.#special = splitter(special)
    this.#separatesDigits = separatesDigits
    this.special = new Set(special.map((token) => this.#ids.get(token)))
  }

  /** The number of a token by its text; undefined where there is none. */
  id(token) { return this.#ids.get(token) }

  /** The numbers of a text's tokens. */
  encode(text) {
    const ids = []
    for (const part of text.split(this.#special)) {
      const id = this.#ids.get(part)
      if (id !== undefined && this.special.has(id)) ids.push(id)
      else if (part) for (const word of this.#words(part)) ids.push(...this.#joined(word))
    }
    return ids
  }

  /** The text of tokens; those that are special are left out. */
  decode(ids) {
    const decoder = this.decoder()
    return ids.map((id) => decoder.next(id)).join("") + decoder.end()
  }

  /** Gives the text of one token after the other: characters of several tokens come with the last of them. */
  decoder() {
    const decoder = new TextDecoder()
    return {
      next: (id) => this.special.has(id) ? "" : decoder.decode(this.#bytes[id] ?? new Uint8Array(), { stream: true }),
      end: () => decoder.decode(),
    }
  }

  #words(text) {
    const parts = this.#separatesDigits ? text.split(/(\p{N})/u).filter((part) => part) : [text]
    return parts.flatMap((part) => part.match(
      /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu) ?? [])
  }

  #joined(word) {
    const found = this.#known.get(word)
    if (found) return found
    let parts = Array.from(new TextEncoder().encode(word), (byte) => letters[byte])
    while (parts.length > 1) {
      let [best, place] = [Infinity, -1]
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = this.#ranks.get(`${parts[i]} ${parts[i + 1]}`)
        if (rank < best) [best, place] = [rank, i]
      }
      if (place < 0) break
      const [left, right] = [parts[place], parts[place + 1]]
      const next = []
      for (let i = 0; i < parts.length; i++) {
        if (parts[i] === left && parts[i + 1] === right) next.push(left + parts[++i])
        else next.push(parts[i])
      }
      parts = next
    }
    const ids = parts.map((part) => this.#ids.get(part)).filter((id) => id !== undefined)
    if (this.#known.size > 10000) this.#known.clear()
    this.#known.set(word, ids)
    return ids
  }
}

/** Messages `{ role, content }` as the text that models with ChatML's marks go on from. */
export function chatML(messages, { system } = {}) {
  const first = system && messages[0]?.role !== "system" ? [{ role: "system", content: system }] : []
  return [...first, ...messages].map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join("")
    + "<|im_start|>assistant\n"
}

/**
 * A token drawn by its logits: the most likely one where the temperature is 0, else one of the fewest whose probabilities come to
 * `topP`. `random` gives numbers from 0 to below 1.
 */
export function sample(logits, { temperature = 0, topP = 1, random = Math.random } = {}) {
  let best = 0
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i
  if (!(temperature > 0)) return best
  // What is a millionth as likely as the best does not count.
  const least = logits[best] - temperature * 14
  const likely = []
  for (let i = 0; i < logits.length; i++) {
    if (logits[i] >= least) likely.push([Math.exp((logits[i] - logits[best]) / temperature), i])
  }
  likely.sort((a, b) => b[0] - a[0])
  const all = likely.reduce((sum, [share]) => sum + share, 0)
  let [count, sum] = [0, 0]
  while (count < likely.length && (count === 0 || sum < topP * all)) sum += likely[count++][0]
  let rest = random() * sum
  for (let i = 0; i < count; i++) {
    rest -= likely[i][0]
    if (rest < 0) return likely[i][1]
  }
  return best
}

/** The letters that stand for bytes: printable ones for themselves, others from U+0100 on. */
const letters = (() => {
  const isPlain = (byte) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPlain(byte) ? byte : next++))
})()

/** What splits a text at special tokens and keeps these; the longest first. */
function splitter(tokens) {
  if (tokens.length === 0) return /(?!)/
  const escaped = [...tokens].sort((a, b) => b.length - a.length).map((t) => t.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  return new RegExp(`(${escaped.join("|")})`, "u")
}
