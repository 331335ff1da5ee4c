// Writes beside the page, which stays alive: it is told what to answer, and tells what it wrote.

import { Chat } from "./chat.js"

let chat
let isStopped = false

/** Lets messages of the page through. */
function breath() {
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resume()
    }
    port2.postMessage(null)
  })
}

async function write({ messages, options }) {
  isStopped = false
  const start = performance.now()
  let [first, count] = [0, 0]
  for (const text of chat.answer(messages, options)) {
    count++
    first ||= performance.now()
    postMessage({ kind: "text", text, count, reading: first - start, writing: performance.now() - first })
    await breath()
    if (isStopped) break
  }
  postMessage({ kind: "end" })
}

addEventListener("message", async ({ data }) => {
  try {
    if (data.kind === "load") {
      let told = 0
      chat = await Chat.fetch("./", (count, all) => {
        if (count - told < all / 200 && count < all) return
        told = count
        postMessage({ kind: "progress", count, all })
      })
      postMessage({ kind: "ready", context: chat.context })
    } else if (data.kind === "ask") {
      await write(data)
    } else if (data.kind === "stop") {
      isStopped = true
    }
  } catch (error) {
    postMessage({ kind: "error", message: error.message })
  }
})
