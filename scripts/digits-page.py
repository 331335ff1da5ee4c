#!/usr/bin/env python3
"""Shows the page of Examples/web/digits to a headless browser, which draws a digit there, and says what it finds.

usage: digits-page.py [PICTURE.png]     (needs chromium or google-chrome)
"""
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Examples", "web")
# Strokes of digits on the page's paper of 280 x 280 points.
STROKES = {
    1: [[(110, 90), (150, 50), (150, 230)]],
    3: [[(90, 60), (150, 40), (190, 80), (140, 130), (190, 180), (150, 235), (85, 215)]],
    7: [[(80, 55), (200, 55), (130, 235)]],
}
DRAW = """
<script type="module">
const strokes = %s
const paper = document.getElementById("paper")
const send = (kind, [x, y]) => {
  const box = paper.getBoundingClientRect()
  paper.dispatchEvent(new PointerEvent(kind, { clientX: box.left + x, clientY: box.top + y, buttons: 1, pointerId: 1 }))
}
paper.setPointerCapture = () => {}
const timer = setInterval(() => {
  if (document.getElementById("answer").textContent === "\\u2026") return
  clearInterval(timer)
  for (const [first, ...rest] of strokes) {
    send("pointerdown", first)
    for (const place of rest) send("pointermove", place)
  }
}, 50)
</script>
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    digit = 3

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path != "/digits/drawn.html":
            return super().do_GET()
        with open(os.path.join(ROOT, "digits", "index.html"), encoding="utf-8") as file:
            strokes = [[list(place) for place in stroke] for stroke in STROKES[Handler.digit]]
            text = file.read().replace("</html>", DRAW % strokes + "</html>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(text)


def main():
    browser = next((b for b in ("chromium", "chromium-browser", "google-chrome") if shutil.which(b)), None)
    if not browser:
        sys.exit("digits-page: neither chromium nor google-chrome is there")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=ROOT))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wrong = 0
    for digit in STROKES:
        Handler.digit = digit
        with tempfile.TemporaryDirectory() as profile:
            command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
                       "--window-size=760,560", "--virtual-time-budget=5000"]
            address = f"http://127.0.0.1:{server.server_port}/digits/drawn.html"
            page = subprocess.run(command + ["--dump-dom", address], capture_output=True, text=True, timeout=120).stdout
            if len(sys.argv) > 1 and digit == 3:
                subprocess.run(command + [f"--screenshot={sys.argv[1]}", address], capture_output=True, timeout=120)
        found = re.search(r'<p id="answer">(.*?)</p>', page)
        answer = found.group(1) if found else "the page says nothing"
        print(f"drawn {digit}: {answer}")
        wrong += f"This is a {digit} " not in answer
    sys.exit(wrong)


main()
