/// Who has which page of a ``PagedCache``, and which tokens it holds. Pages whose texts have ended stay as long as nobody needs them: a text
/// that begins as another one takes its pages over.
///
/// Pages with known tokens form a tree: a page is found by the page before it and its own tokens, so that equal tokens behind different
/// beginnings are never mixed up.
package struct PagePool {
  private struct Page {
    /// How many texts have it.
    var users = 0
    /// Whether it is in the tree.
    var isKnown = false
    var parent: Int32 = PagePool.root
    var tokens: [Int] = []
    /// Known pages behind it.
    var children: [Int32] = []
    /// When it was last given back.
    var stamp = 0
  }

  private struct Key: Hashable {
    let parent: Int32
    let tokens: [Int]
  }

  /// A beginning of a text that pages hold.
  package struct Match {
    /// Whole pages, which the text shares.
    package var pages: [Int32] = []
    /// A page whose first rows go on as the text does, to be copied, and how many rows they are.
    package var partial: (page: Int32, rows: Int)?
  }

  package static let root: Int32 = -1
  private let rows: Int
  private var pages: [Page]
  private var free: [Int32]
  private var known: [Key: Int32] = [:]
  private var beginnings: [Int32] = []
  private var clock = 0
  /// Known pages that no text has.
  package private(set) var idleCount = 0

  /// - Parameters:
  ///   - count: how many pages there are.
  ///   - rows: how many tokens a page holds.
  package init(count: Int, rows: Int) {
    self.rows = rows
    pages = Array(repeating: Page(), count: count)
    free = (0..<Int32(count)).reversed()
  }

  package var count: Int { pages.count }

  /// How many pages can be had.
  package var availableCount: Int { free.count + idleCount }

  /// A page that nobody has; of those that are kept for later texts the one that was not used for longest. Nil where texts have all.
  package mutating func allocate() -> Int32? {
    if free.isEmpty { forgetOldest() }
    guard let page = free.popLast() else { return nil }
    pages[Int(page)].users = 1
    return page
  }

  /// Another text has the page too.
  package mutating func retain(_ page: Int32) {
    if pages[Int(page)].users == 0 { idleCount -= 1 }
    pages[Int(page)].users += 1
  }

  /// A text gives its pages back, in their order.
  package mutating func release(_ table: [Int32]) {
    // What lies further back is forgotten first.
    for page in table.reversed() {
      pages[Int(page)].users -= 1
      guard pages[Int(page)].users == 0 else { continue }
      if pages[Int(page)].isKnown {
        clock += 1
        pages[Int(page)].stamp = clock
        idleCount += 1
      } else {
        free.append(page)
      }
    }
  }

  /// What there is of the beginning of `tokens`, up to `limit` of them. The pages are not taken yet.
  package func match(_ tokens: [Int], limit: Int) -> Match {
    var result = Match()
    var parent = Self.root
    var place = 0
    while place + rows <= limit, let page = known[Key(parent: parent, tokens: Array(tokens[place..<place + rows]))] {
      result.pages.append(page)
      parent = page
      place += rows
    }
    let rest = tokens[place..<max(place, limit)]
    for child in parent == Self.root ? beginnings : pages[Int(parent)].children {
      let common = zip(pages[Int(child)].tokens, rest).prefix { $0 == $1 }.count
      if common > result.partial?.rows ?? 0 { result.partial = (child, common) }
    }
    return result
  }

  /// Says what a page holds, behind `parent`.
  /// - Returns: the page that is to be used: another one, which the text has now instead, where one with these tokens was known.
  package mutating func learn(_ page: Int32, parent: Int32, _ tokens: [Int]) -> Int32 {
    if pages[Int(page)].isKnown { return page }
    let key = Key(parent: parent, tokens: tokens)
    if let found = known[key] {
      retain(found)
      release([page])
      return found
    }
    known[key] = page
    pages[Int(page)].isKnown = true
    pages[Int(page)].parent = parent
    pages[Int(page)].tokens = tokens
    if parent == Self.root { beginnings.append(page) } else { pages[Int(parent)].children.append(page) }
    return page
  }

  private mutating func forgetOldest() {
    var oldest: Int?
    for i in pages.indices where pages[i].isKnown && pages[i].users == 0 && pages[i].children.isEmpty {
      if oldest.map({ pages[i].stamp < pages[$0].stamp }) ?? true { oldest = i }
    }
    guard let oldest else { return }
    let page = pages[oldest]
    known[Key(parent: page.parent, tokens: page.tokens)] = nil
    if page.parent == Self.root {
      beginnings.removeAll { $0 == Int32(oldest) }
    } else {
      pages[Int(page.parent)].children.removeAll { $0 == Int32(oldest) }
    }
    pages[oldest] = Page()
    idleCount -= 1
    free.append(Int32(oldest))
  }
}
