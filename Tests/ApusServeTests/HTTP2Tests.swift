import ApusServe
import Foundation
import Synchronization
import Testing

/// Whether this machine has the libraries of HTTP/2.
let hasHTTP2 = hasHTTP && HTTPServer.speaksHTTP2(overTLS: false)

@Suite(.enabled(if: hasHTTP2)) struct HTTP2Tests {
  private func wait(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      usleep(2000)
    }
    return false
  }

  @Test func oneConnectionTakesManyRequests() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let client = try #require(FrameClient(server.address))
    for n in 0..<20 {
      let stream = 2 * n + 1
      client.send(FrameClient.request(stream, "POST", "/echo", body: Array("request \(n)".utf8)))
      let answer = client.answer(stream)
      #expect(answer?.status == 200 && answer?.text == "request \(n)" && answer?.reset == nil)
    }
    let large = (0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    client.send(FrameClient.request(41, "POST", "/echo", body: large))
    #expect(client.answer(41)?.body == large)
    client.send(FrameClient.request(43, "GET", "/head?a=1&b=x%20y+z&c", [("x-one", "first")]))
    #expect(client.answer(43)?.text == "a=1;b=x y z;c=;first")
    client.send(FrameClient.request(45, "GET", "/he%61d"))
    #expect(client.answer(45)?.text == "-")
    client.send(FrameClient.request(47, "GET", "/none"))
    #expect(client.answer(47)?.status == 404)
    client.send(FrameClient.request(49, "HEAD", "/later"))
    #expect(client.answer(49)?.body.isEmpty == true)
    #expect(wait { server.pending == 0 })
  }

  @Test func requestsDoNotWaitForEachOther() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    let client = try #require(FrameClient(server.address))
    client.send(FrameClient.request(1, "GET", "/wait") + FrameClient.request(3, "GET", "/later"))
    client.send(FrameClient.request(5, "POST", "/echo", body: Array("third".utf8)))
    #expect(client.answer(5)?.text == "third")
    #expect(client.answer(3)?.text == "later")
    for exchange in handler.waiting.withLock({ $0 }) { exchange.answer(HTTPAnswer(text: "first")) }
    #expect(client.answer(1)?.text == "first")
    client.send(FrameClient.request(7, "GET", "/stream"))
    #expect(client.answer(7)?.text == (0...5).map { "data: {\"n\":\($0)}\n\n" }.joined())
  }

  @Test func bothVersionsOnOnePort() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let old = try #require(LoopClient(server.address))
    #expect(old.ask("POST", "/echo", text: "old")?.text == "old")
    // What begins as the newer version does, and comes in parts.
    let slow = try #require(LoopClient(server.address))
    slow.send("PRI")
    usleep(5000)
    slow.send("VATE /none HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(slow.answer()?.status == 404)
    let client = try #require(LoopClient(server.address))
    for byte in FrameClient.preface + FrameClient.request(1, "GET", "/later") { client.send([byte]) }
    // The settings of the server come first.
    #expect(client.take(4)?.last == 4)
    #expect(LoopClient(server.address) != nil)
  }

  @Test func aClientThatGoesIsNoticed() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    do {
      let client = try #require(FrameClient(server.address))
      client.send(FrameClient.request(1, "GET", "/wait") + FrameClient.request(3, "GET", "/wait"))
      #expect(wait { handler.waiting.withLock { $0.count } == 2 })
      client.send(FrameClient.frame(3, stream: 1, bytes: [0, 0, 0, 8]))
      #expect(wait { handler.gone.load(ordering: .relaxed) == 1 })
      client.send(FrameClient.request(5, "GET", "/stream?endless"))
      #expect(wait { server.pending == 2 })
    }
    #expect(wait { handler.gone.load(ordering: .relaxed) == 3 })
    #expect(wait { server.pending == 0 })
    for exchange in handler.waiting.withLock({ $0 }) { exchange.answer(HTTPAnswer(text: "late")) }
  }

  @Test func whatIsTooLargeIsRefused() throws {
    var limits = HTTPLimits()
    limits.largestBody = 1000
    limits.largestHead = 8192
    let server = try HTTPServer(at: "127.0.0.1:0", limits: limits, handler: Scripted())
    func first(_ bytes: [UInt8]) throws -> FrameClient.Answer? {
      let client = try #require(FrameClient(server.address))
      client.send(bytes)
      let answer = client.answer(1)
      // The connection goes on.
      client.send(FrameClient.request(3, "POST", "/echo", body: [65]))
      #expect(client.answer(3)?.text == "A")
      return answer
    }
    let told = FrameClient.head("POST", "/echo", [("content-length", "1001")])
    #expect(try first(FrameClient.frame(1, flags: 4, stream: 1, bytes: told))?.status == 413)
    let body = [UInt8](repeating: 66, count: 1001)
    #expect(try first(FrameClient.request(1, "POST", "/echo", body: body))?.status == 413)
    #expect(try first(FrameClient.request(1, "POST", "/refused", body: body))?.status == 401)
    let long = [("x-long", String(repeating: "a", count: 9000))]
    #expect(try first(FrameClient.request(1, "GET", "/later", long))?.status == 431)
    #expect(wait { server.pending == 0 })
  }

  @Test func floodsAreCutOff() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    // Streams that are reset as soon as they are asked for.
    let resetting = try #require(FrameClient(server.address))
    for n in 0..<400 where resetting.goAway == nil {
      let stream = 2 * n + 1
      let reset = FrameClient.frame(3, stream: stream, bytes: [0, 0, 0, 8])
      if !resetting.send(FrameClient.request(stream, "GET", "/wait") + reset) { break }
    }
    resetting.readToTheEnd()
    #expect(resetting.goAway.map { $0 == 11 } ?? true)
    #expect(handler.waiting.withLock { $0.count } < 350)
    // A head without an end.
    let continuing = try #require(FrameClient(server.address))
    continuing.send(FrameClient.frame(1, flags: 1, stream: 1, bytes: FrameClient.head("GET", "/later")))
    for _ in 0..<1000 where !continuing.send(FrameClient.frame(9, stream: 1)) { break }
    continuing.readToTheEnd()
    #expect(continuing.goAway != 0)
    let pinging = try #require(FrameClient(server.address))
    for _ in 0..<5000 where !pinging.send(FrameClient.frame(6, bytes: [UInt8](repeating: 0, count: 8))) { break }
    pinging.readToTheEnd()
    #expect(pinging.goAway != 0)
    // More streams at once than there may be.
    let many = try #require(FrameClient(server.address))
    for n in 0..<300 { many.send(FrameClient.request(2 * n + 1, "GET", "/wait")) }
    #expect(many.answer(599)?.reset == 7)
    #expect(wait { handler.gone.load(ordering: .relaxed) > 0 })
  }

  @Test func whatIsSlowIsCutOff() throws {
    var limits = HTTPLimits()
    (limits.headTime, limits.bodyTime, limits.silence) = (0.2, 0.2, 0.2)
    let server = try HTTPServer(at: "127.0.0.1:0", limits: limits, handler: Scripted())
    // Nothing is asked.
    let idle = try #require(FrameClient(server.address))
    idle.readToTheEnd()
    #expect(idle.goAway == 0)
    // A head that does not end.
    let head = try #require(FrameClient(server.address))
    head.send(FrameClient.frame(1, stream: 1, bytes: FrameClient.head("GET", "/later")))
    #expect(head.answer(1) == nil)
    // A body that does not end.
    let body = try #require(FrameClient(server.address))
    body.send(FrameClient.frame(1, flags: 4, stream: 1, bytes: FrameClient.head("POST", "/echo")))
    #expect(body.answer(1)?.reset == 8)
    // An answer that is not taken.
    let deaf = try #require(LoopClient(server.address))
    deaf.send(
      Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + FrameClient.frame(4, bytes: [0, 4, 0, 0, 0, 0])
        + FrameClient.request(1, "POST", "/echo", body: Array("abc".utf8)))
    #expect(wait { server.pending == 1 } && wait { server.pending == 0 })
  }

  @Test func stoppingAnswersWhatWasAccepted() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    let clients = try (0..<10).map { _ in try #require(FrameClient(server.address)) }
    for client in clients {
      client.send(FrameClient.request(1, "GET", "/wait") + FrameClient.request(3, "GET", "/wait"))
    }
    #expect(wait { handler.waiting.withLock { $0.count } == 20 })
    let stopped = Atomic<Bool>(false)
    Thread.detachNewThread {
      server.stop(within: 10)
      stopped.store(true, ordering: .releasing)
    }
    usleep(250_000)
    for exchange in handler.waiting.withLock({ $0 }) { exchange.answer(HTTPAnswer(text: "done")) }
    for client in clients {
      #expect(client.answer(1)?.text == "done" && client.answer(3)?.text == "done")
      client.readToTheEnd()
      #expect(client.goAway == 0)
    }
    #expect(wait { stopped.load(ordering: .acquiring) })
    #expect(LoopClient(server.address) == nil)
  }

  /// Damaged sequences of frames do no harm; `APUS_FUZZ` says how many.
  @Test func damagedFrames() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    var generator = Numbers(state: 7)
    let good =
      FrameClient.preface + FrameClient.request(1, "POST", "/echo", body: Array("some text".utf8))
      + FrameClient.request(3, "GET", "/head?a=1", [("x-one", "first")])
      + FrameClient.frame(2, stream: 3, bytes: [0, 0, 0, 0, 1]) + FrameClient.frame(6, bytes: [1, 2, 3, 4, 5, 6, 7, 8])
      + FrameClient.frame(8, stream: 1, bytes: [0, 1, 0, 0]) + FrameClient.request(5, "GET", "/stream")
      + FrameClient.frame(3, stream: 5, bytes: [0, 0, 0, 8])
      + FrameClient.frame(1, stream: 7, bytes: FrameClient.pack([(":method", "GET")]))
      + FrameClient.frame(9, flags: 4, stream: 7, bytes: FrameClient.pack([(":path", "/later"), (":scheme", "http")]))
    let rounds = ProcessInfo.processInfo.environment["APUS_FUZZ"].flatMap { Int($0) } ?? 300
    for _ in 0..<rounds {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        // The first bytes stay mostly, since without them this is no HTTP/2.
        let place = Int.random(in: 24..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
          bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 24..<bytes.count, using: &generator))
        }
      }
      let client = try #require(LoopClient(server.address))
      client.send(bytes)
      client.finish()
    }
    let client = try #require(FrameClient(server.address))
    client.send(FrameClient.request(1, "POST", "/echo", body: Array("still there".utf8)))
    #expect(client.answer(1)?.text == "still there")
    #expect(wait { server.pending == 0 })
  }

  /// Random numbers that are the same each time (SplitMix64).
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}

/// Clients that are programs of their own, where they are there.
@Suite(.enabled(if: hasHTTP2)) struct HTTP2ClientTests {
  /// What a program writes, without its errors; nil where it is not there.
  private func run(_ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  private func hasCurl() -> Bool { run(["curl", "--version"])?.contains("HTTP2") ?? false }

  @Test func curl() throws {
    guard hasCurl() else { return }
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let url = "http://\(server.address)"
    #expect(run(["curl", "-s", "--http2-prior-knowledge", "-w", "%{http_version}", "\(url)/later"]) == "later2")
    // One that asks to change over is answered in the version that it speaks.
    #expect(run(["curl", "-s", "--http2", "-w", "%{http_version}", "\(url)/later"]) == "later1.1")
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(repeating: 97, count: 5_000_000).write(to: file)
    let sent = run([
      "curl", "-s", "--http2-prior-knowledge", "--data-binary", "@\(file.path)", "-w", "%{size_download}", "-o",
      "/dev/null", "\(url)/echo",
    ])
    #expect(sent == "5000000")
  }

  @Test(.enabled(if: HTTPServer.speaksHTTP2(overTLS: true))) func curlWithTLS() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (key, chain) = ("\(folder)/key.pem", "\(folder)/chain.pem")
    let made = run([
      "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
      "-out", chain, "-subj", "/CN=localhost", "-days", "2",
    ])
    guard hasCurl(), made != nil else { return }
    let certificate = HTTPCertificate(
      chain: try String(contentsOfFile: chain, encoding: .utf8), key: try String(contentsOfFile: key, encoding: .utf8))
    let server = try HTTPServer(at: "127.0.0.1:0", certificate: certificate, handler: Scripted())
    let url = "https://\(server.address)"
    #expect(run(["curl", "-sk", "-w", "%{http_version}", "\(url)/later"]) == "later2")
    #expect(run(["curl", "-sk", "--http1.1", "-w", "%{http_version}", "\(url)/later"]) == "later1.1")
    #expect(run(["curl", "-sk", "\(url)/stream"]) == (0...5).map { "data: {\"n\":\($0)}\n\n" }.joined())
    // What is no TLS does no harm.
    LoopClient(server.address)?.send("GET / HTTP/1.1\r\n\r\n")
    LoopClient(server.address)?.send([22, 3, 1, 0, 4, 1, 0, 0, 200])
    #expect(run(["curl", "-sk", "\(url)/later"]) == "later")
    #expect(throws: (any Error).self) {
      try HTTPServer(
        at: "127.0.0.1:0", certificate: HTTPCertificate(chain: "none", key: "none"), handler: Scripted())
    }
  }
}
