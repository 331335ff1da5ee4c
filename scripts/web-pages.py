#!/usr/bin/env python3
"""Shows the pages of Examples/web to a headless browser, uses them as a visitor does, and says what it finds.

usage: web-pages.py [--pictures FOLDER] [PAGE...]     (needs chromium or google-chrome, and node 20 or later)

Pages are training, sentences, chat, threads (the chat in an isolated page) and missing (a page without its model). Those whose models are not there are passed over;
scripts/web-models.sh makes them.
"""
import argparse
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Examples", "web")
# What a visitor does, and how the page then must be: [action in the page, condition that comes true within so many seconds].
PAGES = {
    "training": ("training/", [
        ["document.getElementById('run').click()", "parseInt(document.getElementById('state').textContent.slice(5)) > 200", 60],
        ["document.getElementById('run').click()", "/[89]\\d\\.\\d % of/.test(document.getElementById('state').textContent)", 5],
    ], "document.getElementById('state').textContent", []),
    "sentences": ("sentences/", [
        ["", "document.querySelectorAll('#found li').length === 10", 60],
        ["document.getElementById('asked').value = 'I need a raincoat.';"
         "document.getElementById('asked').dispatchEvent(new Event('input'))",
         "/umbrella|rain/.test(document.querySelector('#found li')?.textContent)", 10],
    ], "document.querySelector('#found li').textContent + ' | ' + document.getElementById('time').textContent",
        ["sentences/sentences.wasm.weights"]),
    "chat": ("chat/", [
        ["document.getElementById('load').click()", "!document.getElementById('form').hidden", 120],
        ["document.getElementById('temperature').value = 0; document.getElementById('send').click()",
         "document.getElementById('stop').disabled && document.querySelector('.assistant')?.textContent.length > 5", 120],
        ["document.getElementById('asked').value = 'Write a long story about a cat.'; document.getElementById('send').click()",
         "document.querySelectorAll('.assistant')[1]?.textContent.length > 40", 60],
        ["document.getElementById('stop').click()", "document.getElementById('stop').disabled", 5],
    ], "document.querySelector('.assistant').textContent + ' | ' + document.getElementById('speed').textContent",
        ["chat/chat.wasm.weights"]),
    "threads": ("isolated/chat/", [
        ["document.getElementById('load').click()", "!document.getElementById('form').hidden", 120],
        ["document.getElementById('temperature').value = 0; document.getElementById('asked').value = 'Write a story about a cat.';"
         "document.getElementById('maxTokens').value = 60; document.getElementById('send').click()",
         "document.getElementById('stop').disabled && document.querySelector('.assistant')?.textContent.length > 5", 120],
    ], "document.querySelector('.assistant').textContent.slice(0, 60) + ' | ' + document.getElementById('speed').textContent",
        ["chat/chat-threads.wasm"]),
    "missing": ("none/sentences/", [
        ["", "document.getElementById('state').textContent.includes('scripts/web-models.sh')", 20],
    ], "document.getElementById('state').textContent", []),
}
# Drives the browser through its pipe of messages (--remote-debugging-pipe), which needs no package.
DRIVER = r"""
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
const { browser, profile, address, steps, says, picture, sizes } = JSON.parse(process.argv[2])
const child = spawn(browser, ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
  `--user-data-dir=${profile}`], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] })
let [count, rest] = [0, Buffer.alloc(0)]
const waiting = new Map()
const errors = []
child.stdio[4].on("data", (data) => {
  rest = Buffer.concat([rest, data])
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const message = JSON.parse(rest.subarray(0, end).toString())
    rest = rest.subarray(end + 1)
    waiting.get(message.id)?.(message)
    if (message.method === "Runtime.exceptionThrown") errors.push(message.params.exceptionDetails.exception?.description)
  }
})
let sessionId
const ask = (method, params = {}) => new Promise((done, fail) => {
  const id = ++count
  waiting.set(id, (message) => message.error ? fail(new Error(message.error.message)) : done(message.result))
  child.stdio[3].write(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }) + "\0")
})
const evaluate = async (expression) => (await ask("Runtime.evaluate", { expression, returnByValue: true })).result?.value
const pause = (time) => new Promise((done) => setTimeout(done, time))
const show = (width, height) => ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 500 })
let failure
try {
  const { targetId } = await ask("Target.createTarget", { url: "about:blank" })
  ;({ sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true }))
  await ask("Runtime.enable")
  await ask("Page.enable")
  await show(...sizes[0])
  await ask("Page.navigate", { url: address })
  await pause(500)
  for (const [action, condition, seconds] of steps) {
    if (action) await evaluate(action + "; 0")
    const end = Date.now() + 1000 * seconds
    while (!(await evaluate(condition))) {
      if (Date.now() > end) throw new Error(`within ${seconds} s this did not come true: ${condition}; the page says: ${await evaluate("document.body.innerText.slice(0, 400)")}`)
      await pause(50)
    }
  }
  for (const size of sizes) {
    await show(...size)
    await pause(200)
    const wide = await evaluate("document.documentElement.scrollWidth")
    if (wide > size[0]) throw new Error(`the page is ${wide} wide in a window of ${size[0]}`)
    if (picture) writeFileSync(`${picture}-${size[0]}.png`, Buffer.from((await ask("Page.captureScreenshot")).data, "base64"))
  }
  if (errors.length) throw new Error(errors.join("\n"))
  console.log(await evaluate(says))
} catch (error) { failure = error }
const ended = new Promise((done) => child.on("exit", done))
child.kill()
await ended
if (failure) { console.log("wrong: " + failure.message); process.exit(1) }
process.exit(0)
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def end_headers(self):
        if self.path.startswith("/isolated/"):
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def translate_path(self, path):
        path = path.removeprefix("/isolated")
        # Under none/ the files that are made are not there.
        if path.startswith("/none/"):
            made = (".wasm", ".weights", "vocab.txt", "tokens.json")
            path = "/not-there" if path.endswith(made) else path[len("/none"):]
        return super().translate_path(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", help="a folder for pictures of the pages, on a desk and on a telephone")
    parser.add_argument("pages", nargs="*")
    given = parser.parse_args()
    browser = next((b for b in ("chromium", "chromium-browser", "google-chrome") if shutil.which(b)), None)
    if not browser or not shutil.which("node"):
        sys.exit("web-pages: chromium or google-chrome and node are needed")
    if any(page not in PAGES for page in given.pages):
        sys.exit(f"web-pages: pages are {', '.join(PAGES)}")
    if given.pictures:
        os.makedirs(given.pictures, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=ROOT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wrong = 0
    for page in given.pages or PAGES:
        path, steps, says, needs = PAGES[page]
        if not all(os.path.exists(os.path.join(ROOT, name)) for name in needs):
            print(f"{page}: passed over, its model is not there")
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            told = {
                "browser": browser, "profile": profile, "address": f"http://127.0.0.1:{server.server_port}/{path}", "steps": steps,
                "says": says, "picture": given.pictures and os.path.join(given.pictures, page), "sizes": [[1000, 760], [390, 760]],
            }
            driver = os.path.join(profile, "driver.mjs")
            with open(driver, "w", encoding="utf-8") as file:
                file.write(DRIVER)
            run = subprocess.run(["node", driver, json.dumps(told)], capture_output=True, text=True, timeout=400)
        print(f"{page}: {run.stdout.strip() or run.stderr.strip()}")
        wrong += run.returncode != 0
    sys.exit(wrong)


main()
