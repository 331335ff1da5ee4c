import Testing

// Training on several processes: this program is started again under mpirun.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct DataParallelTests {
  private func expectSuccess(_ ended: Ended) {
    #expect(ended.status == 0, "\(ended.output)")
  }

  private var launcher: Launcher? { Launcher.all.first }

  @Test(arguments: [2, 3, 4]) func lossesAreThoseOfOneProcess(_ ranks: Int) throws {
    guard let launcher else { return }
    expectSuccess(try launcher.run("dataParallel", ranks: ranks))
  }

  @Test(arguments: [2, 3]) func lossesAreThoseOfPyTorch(_ ranks: Int) throws {
    guard let launcher else { return }
    expectSuccess(try launcher.run("dataParallelPeer", ranks: ranks))
  }

  @Test(arguments: Launcher.all) func gradientsFollowTheRules(_ launcher: Launcher) throws {
    expectSuccess(try launcher.run("dataParallelRules", ranks: 3))
  }

  @Test func unevenInputsAreJoined() throws {
    guard let launcher else { return }
    expectSuccess(try launcher.run("dataParallelJoin", ranks: 3))
  }

  @Test(arguments: [2, 3]) func trainersTrainTogether(_ ranks: Int) throws {
    guard let launcher else { return }
    expectSuccess(try launcher.run("dataParallelTrainer", ranks: ranks))
  }

  @Test func aMistakeOfOneProcessEndsTheRunInAll() throws {
    guard let launcher else { return }
    expectSuccess(try launcher.run("dataParallelMistakes", ranks: 3))
  }
}
