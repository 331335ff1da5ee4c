import ApusServe
import Foundation
import Synchronization
import Testing

/// Whether this machine has the library that speaks HTTP.
let hasHTTP: Bool = (try? HTTPServer(at: "127.0.0.1:0", handler: Scripted())) != nil

/// Answers by its path.
final class Scripted: HTTPHandler {
  let waiting = Mutex<[HTTPExchange]>([])
  let gone = Atomic<Int>(0)

  func refusal(of head: HTTPHead) -> HTTPAnswer? {
    head.path == "/refused" ? HTTPAnswer(status: 401, text: "no") : nil
  }

  func handle(_ exchange: HTTPExchange) {
    let request = exchange.request
    switch request.head.path {
    case "/echo": exchange.answer(HTTPAnswer(headers: [HTTPField("X-Method", request.head.method)], body: request.body))
    case "/head":
      let text = request.head.query.map { "\($0.name)=\($0.value)" } + [request.head.header("x-one") ?? "-"]
      exchange.answer(HTTPAnswer(text: text.joined(separator: ";"), type: "text/plain"))
    case "/later":
      Thread.detachNewThread {
        usleep(2000)
        exchange.answer(HTTPAnswer(text: "later"))
      }
    case "/wait":
      exchange.whenClientGoes { self.gone.add(1, ordering: .relaxed) }
      waiting.withLock { $0.append(exchange) }
    case "/stream":
      let stream = exchange.stream(headers: [HTTPField("Content-Type", "text/event-stream")])
      exchange.whenClientGoes { self.gone.add(1, ordering: .relaxed) }
      Thread.detachNewThread {
        var n = 0
        while stream.event("{\"n\":\(n)}"), n < 5 || request.head.query.first?.name == "endless" {
          n += 1
          usleep(1000)
        }
        stream.close()
      }
    default: exchange.answer(HTTPAnswer(status: 404, text: "{}"))
    }
  }
}

@Suite(.enabled(if: hasHTTP)) struct HTTPServerTests {
  private func wait(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2000 {
      if condition() { return true }
      usleep(2000)
    }
    return false
  }

  @Test func oneConnectionTakesManyRequests() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let client = try #require(LoopClient(server.address))
    for n in 0..<20 {
      let answer = client.ask("POST", "/echo", text: "request \(n)")
      #expect(answer?.status == 200 && answer?.text == "request \(n)" && answer?.headers["x-method"] == "POST")
    }
    let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(client.ask("POST", "/echo", body: large)?.body == large)
    #expect(client.ask("GET", "/head?a=1&b=x%20y", headers: ["X-One": "first"])?.text == "a=1;b=x y;first")
    #expect(client.ask("GET", "/none")?.status == 404)
    #expect(client.ask("GET", "/later")?.text == "later")
  }

  @Test func aBodyInChunks() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let client = try #require(LoopClient(server.address))
    client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
    #expect(client.answer()?.text == "abcdefg")
  }

  @Test func answersInParts() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let client = try #require(LoopClient(server.address))
    let answer = client.ask("GET", "/stream")
    #expect(answer?.headers["content-type"] == "text/event-stream")
    #expect(answer?.text == (0...5).map { "data: {\"n\":\($0)}\n\n" }.joined())
    // The connection goes on.
    #expect(client.ask("GET", "/later")?.text == "later")
  }

  @Test func aClientThatGoesIsNoticed() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    do {
      let client = try #require(LoopClient(server.address))
      client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(wait { handler.waiting.withLock { $0.count } == 1 })
      let reader = try #require(LoopClient(server.address))
      reader.send("GET /stream?endless HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = reader.head()
      #expect(reader.chunk()?.isEmpty == false)
      withExtendedLifetime(client) {}
    }
    #expect(wait { handler.gone.load(ordering: .relaxed) == 2 })
    #expect(wait { server.pending == 0 })
    // An answer that nobody waits for does no harm.
    for exchange in handler.waiting.withLock({ $0 }) {
      #expect(exchange.isOver)
      exchange.answer(HTTPAnswer(text: "late"))
    }
  }

  @Test func whatIsTooLargeIsRefusedBeforeItIsRead() throws {
    var limits = HTTPLimits()
    limits.largestBody = 1000
    limits.largestHead = 8192
    let server = try HTTPServer(at: "127.0.0.1:0", limits: limits, handler: Scripted())
    let client = try #require(LoopClient(server.address))
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
    #expect(client.answer()?.status == 413)
    let second = try #require(LoopClient(server.address))
    second.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n")
    #expect(second.answer()?.status == 401)
    let third = try #require(LoopClient(server.address))
    third.send("GET / HTTP/1.1\r\nX-Long: \(String(repeating: "a", count: 20000))\r\n\r\n")
    #expect(third.answer().map { $0.status >= 400 } ?? true)
    let fourth = try #require(LoopClient(server.address))
    fourth.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n")
    fourth.send(String(repeating: "b", count: 0x800) + "\r\n0\r\n\r\n")
    #expect(fourth.answer()?.status == 413)
    let endless = try #require(LoopClient(server.address))
    endless.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "10000\r\n" + String(repeating: "c", count: 0x10000) + "\r\n"
    #expect(!(0..<100).allSatisfy { _ in endless.send(Array(chunk.utf8)) })
    #expect(try #require(LoopClient(server.address)).ask("POST", "/echo", text: "still there")?.text == "still there")
  }

  @Test func aHeadByteByByteIsCutOff() throws {
    var limits = HTTPLimits()
    limits.headTime = 0.2
    limits.bodyTime = 0.2
    let server = try HTTPServer(at: "127.0.0.1:0", limits: limits, handler: Scripted())
    for start in ["GET /echo HTTP/1.1\r\nX-Slow: ", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"] {
      let client = try #require(LoopClient(server.address))
      client.send(start)
      var sent = 0
      while client.send([97]), sent < 90 {
        sent += 1
        usleep(10_000)
      }
      #expect(sent < 90)
    }
  }

  @Test func stoppingAnswersWhatWasAccepted() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    let clients = try (0..<20).map { _ in try #require(LoopClient(server.address)) }
    for client in clients { client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n") }
    #expect(wait { handler.waiting.withLock { $0.count } == 20 })
    let stopped = Atomic<Bool>(false)
    Thread.detachNewThread {
      server.stop(within: 10)
      stopped.store(true, ordering: .releasing)
    }
    usleep(150_000)
    for exchange in handler.waiting.withLock({ $0 }) { exchange.answer(HTTPAnswer(text: "done")) }
    for client in clients {
      let answer = client.answer()
      #expect(answer?.text == "done" && answer?.headers["connection"]?.lowercased() == "close")
    }
    #expect(wait { stopped.load(ordering: .acquiring) })
    #expect(LoopClient(server.address) == nil)
  }

  @Test func stoppingDoesNotWaitForever() throws {
    let handler = Scripted()
    let server = try HTTPServer(at: "127.0.0.1:0", handler: handler)
    let client = try #require(LoopClient(server.address))
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(wait { handler.waiting.withLock { $0.count } == 1 })
    server.stop(within: 0.1)
    #expect(client.answer()?.status ?? 503 == 503)
  }

  @Test(arguments: ["", "8000", "127.0.0.1", "127.0.0.1:x", ":80", "127.0.0.1:70000", "no.such.host.invalid:80"])
  func aWrongAddress(_ address: String) {
    #expect(throws: (any Error).self) { try HTTPServer(at: address, handler: Scripted()) }
  }

  @Test func manyClientsAtOnce() throws {
    let server = try HTTPServer(at: "127.0.0.1:0", handler: Scripted())
    let right = Atomic<Int>(0)
    let address = server.address
    DispatchQueue.concurrentPerform(iterations: 8) { n in
      let clients = (0..<8).compactMap { _ in LoopClient(address) }
      for round in 0..<20 {
        for client in clients { client.send("GET \(round % 2 == 0 ? "/later" : "/echo") HTTP/1.1\r\nHost: a\r\n\r\n") }
        for client in clients where client.answer()?.status == 200 { right.add(1, ordering: .relaxed) }
      }
    }
    #expect(right.load(ordering: .relaxed) == 8 * 8 * 20)
  }
}
