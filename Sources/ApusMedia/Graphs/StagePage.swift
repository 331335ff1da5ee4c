import ApusCore
import ApusFormats

/// Writes the way of a graph through a compiler as a page: what each pass did, with the graph after it as a picture and as text.
/// Arrow keys go from pass to pass, a click on a picture shows it in its full size. The page is one file and needs nothing else.
/// - Throws: where the file cannot be written.
public func writePage(of stages: [GraphStage], title: String = "Compiled graph", to path: String) throws {
  try replaceFile(at: path) { file in try file.write(Array(stagePage(stages, title).utf8)) }
}

private func stagePage(_ stages: [GraphStage], _ title: String) -> String {
  let tabs = stages.enumerated().map { i, stage in
    "<button data-stage=\"\(i)\"><b>\(escaped(stage.title))</b><span>\(escaped(stage.note))</span></button>"
  }
  let views = stages.enumerated().map { i, stage in
    "<section data-stage=\"\(i)\"><div class=\"picture\">\(stage.diagram.svg())</div>"
      + "<pre>\(escaped(stage.text))</pre></section>"
  }
  return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(escaped(title))</title>
    <style>
    * { box-sizing: border-box } body { margin: 0; font: 14px/1.45 system-ui, sans-serif; color: #222; display: flex; height: 100vh }
    nav { width: 19rem; overflow: auto; border-right: 1px solid #ddd; background: #f7f7f7; padding: 1rem 0 }
    h1 { font-size: 1.05rem; margin: 0 1rem 0.8rem } main { flex: 1; overflow: auto }
    button { display: block; width: 100%; text-align: left; border: 0; border-left: 4px solid transparent; background: none;
      padding: 0.5rem 1rem; font: inherit; cursor: pointer }
    button span { display: block; color: #666; font-size: 0.85rem } button.chosen { background: #fff; border-left-color: #7a3fa0 }
    section { display: none; padding: 1rem } section.chosen { display: block }
    .picture { overflow: auto; border: 1px solid #eee; background: #fff } svg { display: block; margin: auto; max-width: 100%; height: auto; cursor: zoom-in }
    .whole svg { max-width: none; cursor: zoom-out }
    pre { font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; background: #fafafa; border: 1px solid #eee; padding: 0.8rem;
      overflow: auto }
    @media (max-width: 50rem) { body { display: block } nav { width: auto; border: 0 } }
    </style></head>
    <body><nav><h1>\(escaped(title))</h1>\(tabs.joined(separator: "\n"))</nav><main>\(views.joined(separator: "\n"))</main>
    <script>
    const count = \(stages.count)
    let chosen = 0
    function show(stage) {
      chosen = Math.max(0, Math.min(count - 1, stage))
      for (const part of document.querySelectorAll("[data-stage]"))
        part.classList.toggle("chosen", part.dataset.stage == chosen)
    }
    for (const tab of document.querySelectorAll("button")) tab.onclick = () => show(+tab.dataset.stage)
    for (const picture of document.querySelectorAll(".picture"))
      picture.onclick = () => picture.classList.toggle("whole")
    document.onkeydown = event => {
      if (event.key == "ArrowDown" || event.key == "ArrowRight") show(chosen + 1)
      if (event.key == "ArrowUp" || event.key == "ArrowLeft") show(chosen - 1)
    }
    show(0)
    </script></body></html>

    """
}
