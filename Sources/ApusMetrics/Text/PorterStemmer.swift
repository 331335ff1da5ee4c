/// The stems of English words by the algorithm of Porter (1980), with the extensions of NLTK: irregular words, and rules for
/// short words and those in -ied, -y, -alli, -fulli, -logi.
struct PorterStemmer {
  private static let irregular = [
    "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news", "innings": "inning",
    "inning": "inning", "outings": "outing", "outing": "outing", "cannings": "canning", "canning": "canning",
    "howe": "howe", "proceed": "proceed", "exceed": "exceed", "succeed": "succeed",
  ]

  private typealias Letters = [Character]

  /// A suffix, what takes its place, and what must hold of the rest.
  private struct Rule {
    let suffix: Letters
    let replacement: Letters
    let condition: (Letters) -> Bool

    init(_ suffix: String, _ replacement: String, _ condition: @escaping (Letters) -> Bool = { _ in true }) {
      (self.suffix, self.replacement, self.condition) = (Letters(suffix), Letters(replacement), condition)
    }
  }

  func stem(_ word: String) -> String {
    let word = word.lowercased()
    if let known = Self.irregular[word] { return known }
    if word.count <= 2 { return word }
    var letters = Letters(word)
    for step in [Self.plural, Self.past, Self.lastY, Self.double, Self.full, Self.remainder, Self.lastE, Self.lastL] {
      letters = step(letters)
    }
    return String(letters)
  }

  // MARK: Letters

  /// Whether each letter is a consonant; y is one at the start and after a vowel.
  private static func consonants(_ word: Letters) -> [Bool] {
    var flags: [Bool] = []
    for letter in word {
      switch letter {
      case "a", "e", "i", "o", "u": flags.append(false)
      case "y": flags.append(!(flags.last ?? false))
      default: flags.append(true)
      }
    }
    return flags
  }

  /// How often a vowel is followed by a consonant.
  private static func measure(_ word: Letters) -> Int {
    let flags = consonants(word)
    return zip(flags, flags.dropFirst()).count { !$0 && $1 }
  }

  private static func hasMeasure(_ word: Letters) -> Bool { measure(word) > 0 }
  private static func hasLargeMeasure(_ word: Letters) -> Bool { measure(word) > 1 }

  private static func endsDouble(_ word: Letters) -> Bool {
    word.count >= 2 && word[word.count - 1] == word[word.count - 2] && (consonants(word).last ?? false)
  }

  /// Consonant, vowel, consonant other than w, x, y; or a word of a vowel and a consonant.
  private static func endsShort(_ word: Letters) -> Bool {
    let flags = consonants(word)
    if word.count == 2 { return !flags[0] && flags[1] }
    guard word.count >= 3, let last = word.last, !"wxy".contains(last) else { return false }
    return Array(flags.suffix(3)) == [true, false, true]
  }

  private static func ends(_ word: Letters, _ suffix: String) -> Bool {
    word.suffix(suffix.count).elementsEqual(suffix)
  }

  /// By the first rule whose suffix the word has.
  private static func apply(_ word: Letters, _ rules: [Rule]) -> Letters {
    for rule in rules where word.suffix(rule.suffix.count) == rule.suffix[...] {
      let rest = Array(word.dropLast(rule.suffix.count))
      return rule.condition(rest) ? rest + rule.replacement : word
    }
    return word
  }

  // MARK: Steps

  private static func plural(_ word: Letters) -> Letters {
    if ends(word, "ies"), word.count == 4 { return Array(word.dropLast()) }
    return apply(word, [Rule("sses", "ss"), Rule("ies", "i"), Rule("ss", "ss"), Rule("s", "")])
  }

  private static func past(_ word: Letters) -> Letters {
    if ends(word, "ied") { return Array(word.dropLast(word.count == 4 ? 1 : 2)) }
    if ends(word, "eed") { return hasMeasure(Array(word.dropLast(3))) ? Array(word.dropLast()) : word }
    for suffix in ["ed", "ing"] where ends(word, suffix) {
      let rest = Array(word.dropLast(suffix.count))
      guard consonants(rest).contains(false) else { continue }
      for (ending, replacement) in [("at", "ate"), ("bl", "ble"), ("iz", "ize")] where ends(rest, ending) {
        return rest.dropLast(2) + Letters(replacement)
      }
      if endsDouble(rest) { return "lsz".contains(rest[rest.count - 1]) ? rest : Array(rest.dropLast()) }
      return measure(rest) == 1 && endsShort(rest) ? rest + ["e"] : rest
    }
    return word
  }

  private static func lastY(_ word: Letters) -> Letters {
    apply(word, [Rule("y", "i") { $0.count > 1 && (consonants($0).last ?? false) }])
  }

  private static func double(_ word: Letters) -> Letters {
    if ends(word, "alli"), hasMeasure(Array(word.dropLast(4))) { return double(Array(word.dropLast(2))) }
    let endings = [
      ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
      ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
      ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
      ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ]
    let logi = Rule("logi", "log") { _ in hasMeasure(Array(word.dropLast(3))) }
    return apply(word, endings.map { Rule($0, $1, hasMeasure) } + [logi])
  }

  private static func full(_ word: Letters) -> Letters {
    let endings = [
      ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ]
    return apply(word, endings.map { Rule($0, $1, hasMeasure) })
  }

  private static func remainder(_ word: Letters) -> Letters {
    func rule(_ suffix: String) -> Rule { Rule(suffix, "", hasLargeMeasure) }
    let first = ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"].map(rule)
    let ion = Rule("ion", "") { hasLargeMeasure($0) && "st".contains($0[$0.count - 1]) }
    return apply(word, first + [ion] + ["ou", "ism", "ate", "iti", "ous", "ive", "ize"].map(rule))
  }

  private static func lastE(_ word: Letters) -> Letters {
    guard word.last == "e" else { return word }
    let rest = Array(word.dropLast())
    return measure(rest) > 1 || measure(rest) == 1 && !endsShort(rest) ? rest : word
  }

  private static func lastL(_ word: Letters) -> Letters {
    apply(word, [Rule("ll", "l") { _ in hasLargeMeasure(Array(word.dropLast())) }])
  }
}
