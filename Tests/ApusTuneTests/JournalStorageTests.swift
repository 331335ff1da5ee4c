import ApusCore
import ApusTrain
import ApusTune
import Foundation
import TestSupport
import Testing

/// Journal files: what Optuna wrote, and lines that are not whole.
@Suite struct JournalStorageTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.file("study.log") }

  private func append(_ text: String) { put(contents(of: path) + Array(text.utf8), at: path) }

  private func study(_ storage: JournalStorage) throws -> Study {
    try Study("s", storage: storage, sampler: RandomTrialSampler(seed: 1), ifExists: .resume)
  }

  @Test func whatOptunaWroteIsRead() throws {
    put(contents(of: SQLiteStorageTests.recorded + "/journal.log"), at: path)
    let storage = try JournalStorage(path)
    #expect(try storage.studies().map(\.name) == ["journal", "journal-multi", "journal-conditional"])
    let study = try Study(loading: "journal", from: storage)
    let trials = try study.trials
    #expect(trials.count == 12)
    // The order of reporting, and the sign of a zero, are those of the lines.
    #expect(trials[1].reports.map(\.step) == [0, 7, 3, 100_000, 2, 1])
    #expect(trials[1].reports.last?.value.sign == .minus)
    #expect(trials[1].values == [.infinity] && trials[1].params == ["x": 99.0, "k": 5])
    #expect(try study.bestTrial.number == 6)
    let multi = try Study(loading: "journal-multi", from: storage)
    #expect(try multi.metricNames == ["f", "g"] && multi.bestTrials.count == 2)
  }

  @Test func anIncompleteLineAtTheEndIsDropped() throws {
    let storage = try JournalStorage(path)
    try study(storage).optimize(trials: 2) { try $0.suggest("x", 0...1.0) }
    let whole = contents(of: path)
    append("{\"op_code\":4,\"worker_id\":\"killed\",\"stu")
    let other = try JournalStorage(path)
    #expect(try study(other).trials.count == 2)
    try study(other).optimize(trials: 1) { try $0.suggest("x", 0...1.0) }
    #expect(try study(storage).trials.map(\.state) == [.complete, .complete, .complete])
    #expect(Array(contents(of: path).prefix(whole.count)) == whole)
    #expect(!String(decoding: contents(of: path), as: UTF8.self).contains("killed"))
    #expect(folder.names == ["study.log"])
  }

  @Test func linesThatAreNoneAreNamed() throws {
    try study(JournalStorage(path)).optimize(trials: 1) { try $0.suggest("x", 0...1.0) }
    let whole = contents(of: path)
    let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").count
    for (line, parts) in [
      ("{\"op_code\":", "is not JSON"), ("{\"op_code\":99,\"worker_id\":\"w\"}", "operation 99 is unknown"),
      ("{\"op_code\":7,\"worker_id\":\"w\",\"trial_id\":0,\"step\":1.5,\"intermediate_value\":1}", "'step'"),
      ("{\"op_code\":6,\"worker_id\":\"w\",\"trial_id\":0,\"state\":9,\"values\":null}", "state 9 is unknown"),
      ("[]", "'op_code'"), ("", "is not JSON"),
    ] {
      put(whole, at: path)
      let storage = try JournalStorage(path)
      append(line + "\n")
      for _ in 0..<2 {
        let mistake = Mistake(line, .format, "line \(lines + 1) cannot be read", parts) { try storage.studies() }
        #expect(mistake.complaint() == nil)
      }
      let fresh = Mistake(line, .format, "line \(lines + 1) cannot be read") { try JournalStorage(path) }
      #expect(fresh.complaint() == nil)
    }
  }

  @Test func linesThatDoNotFitHaveNoEffect() throws {
    let storage = try JournalStorage(path)
    try study(storage).optimize(trials: 1) { try $0.suggest("x", 0...1.0) }
    append(
      """
      {"op_code":0,"worker_id":"w","study_name":"s","directions":[2]}
      {"op_code":7,"worker_id":"w","trial_id":0,"step":1,"intermediate_value":5.0}
      {"op_code":8,"worker_id":"w","trial_id":77,"user_attr":{"a":1}}
      {"op_code":10,"worker_id":"w","trial_ids":[0]}
      {"op_code":1,"worker_id":"w","study_id":5}

      """)
    let record = try study(storage).trials[0]
    #expect(record.reports.isEmpty && record.state == .complete)
    #expect(try storage.studies().map(\.directions) == [[.minimize]])
  }
}
