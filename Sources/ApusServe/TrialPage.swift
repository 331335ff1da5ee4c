/// The page at `/`, on which models are tried by hand. It asks the server by the Open Inference Protocol.
let trialPage = """
  <!doctype html>
  <html lang="en"><head><meta charset="utf-8"><title>apus serve</title>
  <style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  textarea, pre { width: 100%; box-sizing: border-box; font: 13px/1.4 monospace; }
  textarea { height: 14rem; } pre { background: #f4f4f4; padding: .7rem; overflow: auto; max-height: 24rem; }
  </style></head><body>
  <h1>Models</h1>
  <p>Key, where the server asks for one: <input id="key" type="password" autocomplete="off"></p>
  <p><select id="models"></select> <button id="load">Reload the list</button></p>
  <pre id="metadata"></pre>
  <p>The request, in the Open Inference Protocol:</p>
  <textarea id="request" spellcheck="false"></textarea>
  <p><button id="send">Send</button> <span id="time"></span></p>
  <pre id="answer"></pre>
  <script>
  const at = id => document.getElementById(id);
  const headers = () => at("key").value ? { Authorization: "Bearer " + at("key").value } : {};
  async function list() {
    const answer = await fetch("/v2/repository/index", { method: "POST", body: '{"ready":true}', headers: headers() });
    const rows = await answer.json();
    at("models").replaceChildren(...(Array.isArray(rows) ? rows : []).map(row => {
      const option = document.createElement("option");
      option.value = "/v2/models/" + encodeURIComponent(row.name) + "/versions/" + row.version;
      option.textContent = row.name + " " + row.version;
      return option;
    }));
    if (!Array.isArray(rows)) at("metadata").textContent = JSON.stringify(rows, null, 1);
    await show();
  }
  async function show() {
    if (!at("models").value) return;
    const metadata = await (await fetch(at("models").value, { headers: headers() })).json();
    at("metadata").textContent = JSON.stringify(metadata, null, 1);
    const inputs = (metadata.inputs || []).map(input => {
      const shape = input.shape.map(size => size < 0 ? 1 : size);
      const count = shape.reduce((a, b) => a * b, 1);
      const one = input.datatype === "BYTES" ? "" : input.datatype === "BOOL" ? false : 0;
      return { name: input.name, datatype: input.datatype, shape, data: Array(Math.min(count, 100000)).fill(one) };
    });
    at("request").value = JSON.stringify({ inputs });
  }
  at("load").onclick = list;
  at("models").onchange = show;
  at("send").onclick = async () => {
    const start = performance.now();
    try {
      const request = { method: "POST", body: at("request").value, headers: headers() };
      const answer = await fetch(at("models").value + "/infer", request);
      at("answer").textContent = JSON.stringify(await answer.json(), null, 1);
    } catch (error) { at("answer").textContent = error; }
    at("time").textContent = (performance.now() - start).toFixed(1) + " ms";
  };
  list();
  </script></body></html>
  """
