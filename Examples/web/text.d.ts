/** Words in pieces, as BERT without upper case has them. */
export class WordPiece {
  /** The longest words that are looked at, in characters. */
  static longest: number
  /** `vocabulary` has the pieces in their order, those inside of words with ## in front. */
  constructor(vocabulary: readonly string[])
  /** The vocabulary of a text with a piece in each line. */
  static parse(text: string): WordPiece
  /** The numbers of a text's pieces between [CLS] and [SEP]; at most `length` of them altogether. */
  encode(text: string, length?: number): number[]
}

/** What a tokeniser of byte pairs is made of. */
export interface BytePairTokens {
  /** The texts of the tokens in their order, with a letter for each byte as GPT-2 writes them. */
  tokens: readonly string[]
  /** Pairs that are joined, the most frequent first: two texts and a space between. */
  merges: readonly string[]
  /** Tokens that texts contain as they stand. */
  special?: readonly string[]
  /** Whether every digit is a token. */
  separatesDigits?: boolean
}

/** Gives the text of one token after the other: characters of several tokens come with the last of them. */
export interface TokenDecoder {
  next(id: number): string
  end(): string
}

/** Texts as bytes that are joined in pairs, as GPT-2 and SmolLM2 have them. */
export class BytePairs {
  /** The numbers of special tokens. */
  readonly special: ReadonlySet<number>
  constructor(tokens: BytePairTokens)
  /** The number of a token by its text; undefined where there is none. */
  id(token: string): number | undefined
  /** The numbers of a text's tokens. */
  encode(text: string): number[]
  /** The text of tokens; those that are special are left out. */
  decode(ids: readonly number[]): string
  decoder(): TokenDecoder
}

/** A message of a conversation. */
export interface Message {
  role: "system" | "user" | "assistant"
  content: string
}

/** Messages as the text that models with ChatML's marks go on from; `system` stands first where no message of the system does. */
export function chatML(messages: readonly Message[], options?: { system?: string }): string

/** How a token is drawn. */
export interface Sampling {
  /** 0 is the most likely one. */
  temperature?: number
  /** The share of probability that is drawn from, the most likely ones first. */
  topP?: number
  /** Numbers from 0 to below 1. */
  random?: () => number
}

/** A token drawn by its logits. */
export function sample(logits: ArrayLike<number>, options?: Sampling): number
