import Testing

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// What processes compute together, against what one computes: this program is started again under each launcher that is here.

@Suite(.serialized, .enabled(if: caseName == nil && !Launcher.all.isEmpty)) struct DistributedTests {
  private func expectSuccess(_ ended: Ended) {
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test(arguments: Launcher.all, [2, 3, 4]) func collectives(_ launcher: Launcher, _ ranks: Int) throws {
    if launcher.kind == .mpich, ranks == 4 { return }
    expectSuccess(try launcher.run("collectives", ranks: ranks))
  }

  /// Ranks that say to be on hosts of their own send messages as between hosts.
  @Test(arguments: Launcher.all) func collectivesBetweenHosts(_ launcher: Launcher) throws {
    expectSuccess(try launcher.run("collectives", ranks: 3, environment: ["APUS_TEST_APART": "1"]))
    expectSuccess(try launcher.run("large messages", ranks: 2, environment: ["APUS_TEST_APART": "1"]))
  }

  @Test(arguments: Launcher.all) func asynchronous(_ launcher: Launcher) throws {
    expectSuccess(try launcher.run("asynchronous", ranks: 3))
  }

  @Test(arguments: Launcher.all) func groups(_ launcher: Launcher) throws {
    expectSuccess(try launcher.run("groups", ranks: 4))
  }

  @Test(arguments: Launcher.all) func manySmallCollectivesDoNotGrow(_ launcher: Launcher) throws {
    expectSuccess(try launcher.run("many", ranks: 2))
  }

  @Test(arguments: Launcher.all) func mismatchesSayBothSides(_ launcher: Launcher) throws {
    expectSuccess(try launcher.run("mismatch", ranks: 3, environment: ["APUS_DISTRIBUTED_DEBUG": "1"]))
  }

  @Test(arguments: Launcher.all) func hangsEndTheProgram(_ launcher: Launcher) throws {
    let ended = try launcher.run("hang", ranks: 3, environment: ["APUS_DISTRIBUTED_TIMEOUT": "1"])
    #expect(ended.status != 0)
    #expect(ended.output.contains("allReduce(sum) of float32[1], number 2 of group 'world', has not ended within 1 s"))
    let missing = ended.output.split(separator: "\n").first {
      $0.hasPrefix("  rank 1 (") && $0.contains("has not called it")
    }
    #expect(missing?.contains("its last was number 1, barrier") == true, "\(ended.output)")
  }

  @Test(arguments: Launcher.all) func stoppedRanksAreMissing(_ launcher: Launcher) throws {
    let ended = try launcher.run("stopped", ranks: 2, environment: ["APUS_DISTRIBUTED_TIMEOUT": "1"])
    #expect(ended.status != 0)
    #expect(ended.output.contains("is missing: it does not answer"), "\(ended.output)")
  }

  /// A failure of one rank ends all: the others wait for it in a barrier.
  @Test(arguments: Launcher.all) func failuresEndAll(_ launcher: Launcher) throws {
    let ended = try launcher.run("failure", ranks: 2)
    #expect(ended.status != 0)
    #expect(!ended.output.contains("has not ended within"), "\(ended.output)")
  }

  /// Where the library belongs to another launcher, each process would believe to be alone.
  @Test func otherLibrariesAreRefused() throws {
    guard Launcher.all.count == 2 else { return }
    for launcher in Launcher.all {
      let other = launcher.kind == .openMPI ? "libmpich.so.12" : "libmpi.so.40"
      expectSuccess(try launcher.run("refused", ranks: 2, environment: ["APUS_TEST_LIBRARY": other]))
    }
  }
}

@Suite(.serialized, .enabled(if: caseName == nil)) struct OneProcessTests {
  @Test func needsNoLibrary() throws {
    let ended = try runAlone("alone")
    #expect(ended.status == 0, "\(ended.output)")
  }

  @Test func saysWhatIsMissing() throws {
    let ended = try runAlone(
      "missing", environment: ["APUS_MPI": "off", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"])
    #expect(ended.status == 0, "\(ended.output)")
  }
}

/// What a process does that one of the tests above started.
@Suite(.enabled(if: caseName != nil)) struct Worker {
  @Test func work() throws {
    if getenv("APUS_TEST_APART") != nil, let rank = getenv("OMPI_COMM_WORLD_RANK") ?? getenv("PMI_RANK") {
      setenv("APUS_DISTRIBUTED_HOST", "host\(String(cString: rank))", 1)
    }
    switch caseName {
    case "collectives": try Cases.collectives()
    case "large messages": try Cases.largeMessages()
    case "asynchronous": try Cases.asynchronous()
    case "groups": try Cases.groups()
    case "many": try Cases.many()
    case "mismatch": try Cases.mismatch()
    case "hang": try Cases.hang()
    case "stopped": try Cases.stopped()
    case "failure": try Cases.failure()
    case "refused": Cases.refused()
    case "alone": try Cases.alone()
    case "missing": Cases.missing()
    // Faults.
    case "stoppedAtTheEnd": try Cases.stoppedAtTheEnd()
    case "failed pass": try Cases.failedPass()
    case "silent": try Cases.silent()
    case "lateEnd": try Cases.lateEnd()
    case "lateDestruction": try Cases.lateDestruction()
    case "messages compared": try Cases.messagesCompared()
    case "checkpoint report": try Cases.checkpointReport()
    // Local SGD.
    case "localSGD": try Cases.localSGD()
    // Meshes, distributed tensors, tensor and context parallelism
    case "gradients of collectives": try Cases.gradientsOfCollectives()
    case "distributed tensors": try Cases.distributedTensors()
    case "layers divided": try Cases.layersDivided()
    case "models divided": try Cases.modelsDivided()
    case "positions divided": try Cases.positionsDivided()
    // Pipelines and experts.
    case "pipelines": try Cases.pipelines()
    case "data pipelines": try Cases.dataPipelines()
    case "language pipelines": try Cases.languagePipelines()
    case "experts": try Cases.experts()
    case "model experts": try Cases.modelExperts()
    // Data-parallel training.
    case "dataParallel": try Cases.dataParallel()
    case "dataParallelPeer": try Cases.dataParallelPeer()
    case "dataParallelRules": try Cases.dataParallelRules()
    case "dataParallelJoin": try Cases.dataParallelJoin()
    case "dataParallelTrainer": try Cases.dataParallelTrainer()
    case "dataParallelMistakes": try Cases.dataParallelMistakes()
    case "dataParallelSpeed": try Cases.dataParallelSpeed()
    // Sharding.
    case "sharding": try Cases.sharding()
    case "shardingDetails": try Cases.shardingDetails()
    case "shardedSave": try Cases.shardedSave()
    case "shardedResume": try Cases.shardedResume()
    case "shardedSaving": try Cases.shardedSaving()
    // Combined meshes, trainers that divide, plans of models.
    case "combined sharding": try Cases.combinedSharding()
    case "combined pipelines": try Cases.combinedPipelines()
    case "divided trainers": try Cases.dividedTrainers()
    case "plans of models": try Cases.plansOfModels()
    case "combined experts": try Cases.combinedExperts()
    case "peers": try Cases.peers()
    // Planning.
    case "planLink": try Cases.planLink()
    case "planProfile": try Cases.planProfile()
    case "planRows": try Cases.planRows()
    case "planCompare": try Cases.planCompare()
    default: Issue.record("there is no case '\(caseName ?? "")'")
    }
  }
}
