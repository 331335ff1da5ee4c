import Apus
import Examples
import Foundation
import Testing

/// Pipelines that keep a worse model out of service.
@Suite struct PipelineExamplesTests {
  @Test func aModelThatIsWorseOnOneIslandStaysOutOfService() throws {
    var example = PenguinPipeline()
    example.folder = FileManager.default.temporaryDirectory.appendingPathComponent("penguins-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: example.folder) }
    let outcome = try example.run()
    #expect(outcome.pushed == [true, false, true])
    #expect(outcome.accuracies[0] > 0.95)
    // In whole the second model is good enough.
    #expect(outcome.accuracies[1] > 0.9)
    // The third run is the first: only the comparison with the model in service is new, and putting it there.
    #expect(outcome.doneAgain == 2)
    let versions = try FileManager.default.contentsOfDirectory(atPath: outcome.served).filter { Int($0) != nil }
    #expect(versions == ["1"])
  }

  @Test func digitsThatWereTurnedStayOutOfService() throws {
    var example = DigitsPipeline()
    example.epochs = 4
    let outcome = try example.run()
    #expect(outcome.pushed == [true, false])
    #expect(outcome.accuracies[0] > 0.9)
    #expect(outcome.accuracies[1] > 0.8)
  }
}
