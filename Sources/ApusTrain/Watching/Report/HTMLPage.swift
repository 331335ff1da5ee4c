/// A page that is one HTML file and loads nothing else.
/// - Parameters:
///   - title: in the window and above the page, as plain text.
///   - style: the style sheet.
///   - main: what stands below the title, as HTML.
///   - behind: what stands behind the page's main part, as HTML.
///   - script: the program of the page; empty for none.
package func htmlPage(title: String, style: String, main: String, behind: String = "", script: String = "") -> String {
  """
  <!DOCTYPE html>
  <html lang="en">
  <head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>\(escapedHTML(title))</title>
  <style>
  \(style)
  </style>
  </head>
  <body>
  <main>
  <h1>\(escapedHTML(title))</h1>
  \(main)
  </main>
  \(behind.isEmpty ? "" : behind + "\n")\(script.isEmpty ? "" : "<script>\n\(script)\n</script>\n")</body>
  </html>

  """
}
