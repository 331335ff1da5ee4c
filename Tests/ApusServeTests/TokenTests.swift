import Apus
import ApusServe
import Foundation
import Testing

/// Signed tokens, as `hmac` of Python and the `openssl` command signed them.
@Suite(.enabled(if: hasHTTP)) struct TokenTests {
  private static let secret = "0123456789abcdef0123456789abcdef"
  private static let publicKey = """
    -----BEGIN PUBLIC KEY-----
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApE0jSzFhqTVGlAIe3Ja4
    q3t9DbHOkEoZbkJz2G3rcXD2UxishTCxQKm69p+Z41kNrhlhWaM8WcErPVJsTffm
    SySsKM2TkhNBoUR9rRmXs2yht3lCHC69G2L9hFoW5wNyxvZcPd5VvnGWv2FY566J
    VB15qbktNYWR0T9PHY5d3j52K4+vZt8cn0fJbE3i8xviRF20U0jU0NYloFtqM2Nn
    JGKPPjYK0AqDOKYQcAvKwHB+Af006KaaUTT+yf7WjYc+FzABXze3fzOBdbpPOtjq
    ryFTuocaEwbwK3NwOjz0j3ogZXqyuz/F4lw+FNamvXFKNcv3iyFP7xtCewK+31L2
    CQIDAQAB
    -----END PUBLIC KEY-----
    """
  private static let tokens: [String: String] = [
    "good": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjo0MTAyNDQ0ODAwfQ.t0zmYp-4_q5wknI6xumG7d_dOV3yb0ON_8RRLaYXrm8",
    "expired": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjoxMzAwODE5MzgwfQ.ed9Rgqq3NSf0ISwfAPYRYricfT3yHYxCDTeDPkcbuyk",
    "early": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjo0MTAyNDQ0ODAwLCJuYmYiOjQxMDI0NDQwMDB9.Frof1rwppdaio1fHDrdOMzHK53nqJfqut9zVUwA0f3"
      + "c",
    "noexp": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "X0.6CAljRyPjBm58MX5ARwbjWJS2488esuafgIr_knzgbU",
    "issuer": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoib3RoZXIiLCJhdWQiOlsieCIsImFwd"
      + "XMiXSwiZXhwIjo0MTAyNDQ0ODAwfQ.vMeqCxS4Sm8-r2SFUwakFX0ReIR8wb4TtscyIARvu4Q",
    "audience": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOiJvdGhlciIsImV4c"
      + "CI6NDEwMjQ0NDgwMH0.yd-GCAF0lzAoLp3ErwICw0AzIod0czMINIL3Ekuuokw",
    "unsigned": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiXSwiZXhwIjo0MTAyND"
      + "Q0ODAwfQ.lINAGSwpOE32amHobe-BqYZ9k-vIxnGPc_HNxXEPBGE",
    "other": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjo0MTAyNDQ0ODAwfQ.-8a_8XV2Rs3xVYXgKAfFPnDvg7ALtoIe2qAGNrt6AX4",
    "rsa": "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjo0MTAyNDQ0ODAwfQ.XkrKmmWERC-pvxpcJjcWe4D5OPFFiGYk0hpAMB4ylLUumakUESyNLZaT5uZdBKdl"
      + "B93SJQGt83PQgvVSPkkzZBTyCLNzl-qfOEjnb-pHuQA9DLSly7udstkefzfEe_hgytm3HPVlSWcFyV6A6hpWB5uZCs"
      + "bzRvsFDN6-qEpyzc3ka8o4ojZu2uTxfqyhHbZ4CZo8RVOkn9hiX_3hdFRQEJLEXqh0uYeKVO3Mpq4-UpHUg3_oEgRD"
      + "2ig2Mn9NFx38q9-XKvKurdOL1lLkj1XspJKPlwvCWVgpTbDTWHa_ZH88G-u04wfVTfJV-KfLYMK8iKQneGwvQKqr-F"
      + "sVRgOH2Q",
    "confused": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjo0MTAyNDQ0ODAwfQ.0klqW28qDxzNjU3IK73HGBVjWyYX3g4WibLh2gYuZpM",
    "confused2": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIiwiaXNzIjoibWUiLCJhdWQiOlsieCIsImFwdXMiX"
      + "SwiZXhwIjo0MTAyNDQ0ODAwfQ.-sgqepJb5pEglKhb8PlYjmuaE19EmBu-WWoOBPc5gyY",
  ]

  /// The status and the words that a request with each of these tokens gets.
  private func ask(_ rules: TokenRules, _ models: ServedModels, _ names: [String]) throws -> [(Int, String)] {
    let server = try models.start { $0.tokens = rules }
    return try names.map { name in
      let token = Self.tokens[name] ?? name
      let client = try #require(LoopClient(server.address))
      let answer = client.ask("GET", "/v2/models/pair", headers: ["Authorization": "Bearer \(token)"])
      return (answer?.status ?? 0, answer?.text ?? "")
    }
  }

  @Test func secrets() throws {
    let models = try ServedModels()
    try models.write(Self.secret + "\n", to: "keys/secret")
    let rules = TokenRules(keyFile: models.file("keys/secret"), issuer: "me", audience: "apus")
    let good = Self.tokens["good"] ?? ""
    let parts = good.split(separator: ".").map(String.init)
    let wrong: [(String, String)] = [
      ("expired", "expired"), ("early", "not valid yet"), ("noexp", "time of expiry"), ("issuer", "issuer is not 'me'"),
      ("audience", "not for 'apus'"), ("unsigned", "algorithm is not HS256"), ("other", "signature is wrong"),
      ("rsa", "algorithm is not HS256"), (parts[0] + "." + parts[1] + ".", "signature is wrong"),
      (parts[0] + "." + parts[1], "no JSON Web Token"), ("a.b.c", "no JSON Web Token"), ("...", "no JSON Web Token"),
      (String(good.dropLast(4)), "signature is wrong"), (String(repeating: "x.", count: 10000), "more than"),
      ("plain", "a key is needed"), ("", "a key is needed"),
    ]
    let answers = try ask(rules, models, ["good"] + wrong.map(\.0))
    #expect(answers[0].0 == 200)
    for (answer, (name, words)) in zip(answers.dropFirst(), wrong) {
      #expect(answer.0 == 401 && answer.1.contains(words), "\(name.prefix(40)): \(answer)")
    }
  }

  /// A token that is signed with the text of the public key as its secret is none.
  @Test func publicKeys() throws {
    let models = try ServedModels()
    try models.write(Self.publicKey + "\n", to: "keys/key.pem")
    let rules = TokenRules(keyFile: models.file("keys/key.pem"))
    #expect(try ask(rules, models, ["rsa", "confused", "confused2", "good"]).map(\.0) == [200, 401, 401, 401])
    let rsa = Self.tokens["rsa"] ?? ""
    let changed = rsa.replacingOccurrences(of: String(rsa.suffix(20)), with: String(repeating: "A", count: 20))
    #expect(try ask(rules, models, [changed]).map(\.0) == [401])
  }

  @Test func keysAndTokensStandBesideEachOther() throws {
    let models = try ServedModels()
    try models.write(Self.secret, to: "keys/secret")
    try models.write("plain.key.1 tester\n", to: "keys/keys")
    let server = try models.start {
      $0.tokens = TokenRules(keyFile: models.file("keys/secret"))
      $0.keys = models.file("keys/keys")
    }
    for (key, status) in [("plain.key.1", 200), (Self.tokens["good"] ?? "", 200), ("plain.key.2", 401), ("", 401)] {
      let headers = key.isEmpty ? [:] : ["X-API-Key": key]
      #expect(LoopClient(server.address)?.ask("GET", "/v2/models/pair", headers: headers)?.status == status)
    }
  }

  @Test func filesThatAreNoKeys() throws {
    let models = try ServedModels()
    try models.write("short", to: "keys/short")
    try models.write("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", to: "keys/broken")
    for (name, words) in [("short", "32 bytes"), ("broken", "no public key"), ("missing", "missing")] {
      let error = #expect(throws: TensorError.self) {
        try models.start { $0.tokens = TokenRules(keyFile: models.file("keys/\(name)")) }
      }
      #expect(error.map { "\($0)".contains(words) } ?? false, "\(String(describing: error))")
    }
  }
}
