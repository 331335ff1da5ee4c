// Drawings as the network's pictures: 8 x 8 pixels from 0 to 1, each the share of a block of 4 x 4 finer ones that is inked.

/** The picture of `ink`, `size * size` numbers from 0 to 1: what is drawn fills a square, as in the data. */
export function picture(ink, size) {
  let [left, right, top, bottom] = [size, -1, size, -1]
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (ink[y * size + x] < 0.5) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  const pixels = new Float32Array(64)
  if (right < 0) return pixels
  const height = bottom - top + 1
  const width = Math.max(right - left + 1, height * 0.8)
  const center = (left + right + 1) / 2
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const column = Math.floor(center - width / 2 + (x + 0.5) / 32 * width)
      const row = Math.floor(top + (y + 0.5) / 32 * height)
      if (column < 0 || column >= size || row < 0 || row >= size) continue
      pixels[(y >> 2) * 8 + (x >> 2)] += (ink[row * size + column] >= 0.5 ? 1 : 0) / 16
    }
  }
  return pixels
}

/** Probabilities of logits. */
export function softmax(logits) {
  const top = Math.max(...logits)
  const terms = Array.from(logits, (v) => Math.exp(v - top))
  const sum = terms.reduce((a, b) => a + b, 0)
  return terms.map((v) => v / sum)
}
