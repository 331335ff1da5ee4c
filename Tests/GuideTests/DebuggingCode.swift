import Apus
import TestSupport
import Testing

/// The sessions of the guide to debugging.
@Suite struct DebuggingCode {
  /// What the library says of a mistake.
  private static func message(_ body: () throws -> Void) -> String {
    do {
      try withErrors { try withWarnings(.silent, body) }
      return ""
    } catch {
      return "\(error)"
    }
  }

  private static func planted() -> (MixerNet, Tensor) {
    manualSeed(0)
    let model = MixerNet()
    // One of the layers begins with zeros.
    noGrad {
      model.blocks[13].fc.weight.zero_()
      model.blocks[13].fc.bias.zero_()
    }
    return (model, randn([8, 16]))
  }

  @Test func aPlantedFaultIsFound() {
    let (model, x) = Self.planted()
    let eager = Self.message {
      detectAnomaly {
        let loss = model(x).pow(2).mean()
        loss.backward()
      }
    }
    #expect(eager.hasPrefix("backward: Function 'SqrtBackward0' returned nan values in its 0th output"), "\(eager)")
    #expect(eager.contains("in module MixerNet.blocks.13"), "\(eager)")

    let optimizer = SGD(model.parameters(), lr: 0.01)
    let compiled = Self.message {
      let step = compile { (x: Tensor) in
        optimizer.zeroGrad()
        let loss = model(x).pow(2).mean()
        loss.backward()
        optimizer.step()
        return loss.detach()
      }
      detectAnomaly { _ = step(x) }
    }
    #expect(compiled.hasPrefix("backward: Function 'SqrtBackward0' returned nan values in its 0th output"))
    #expect(compiled.contains("in module MixerNet.blocks.13"), "\(compiled)")

    noGrad { model.blocks[7].fc.weight.assign(full([16, 16], Double.infinity)) }
    let forward = Self.message {
      checkNumerics {
        _ = model(x)
      }
    }
    #expect(forward.hasPrefix("checkNumerics: ") && forward.contains("MixerNet.blocks.7"), "\(forward)")
    let one = Self.message {
      let h = checkNumerics(model.blocks[7].fc(x), "the seventh layer")
      _ = h
    }
    #expect(one.hasPrefix("checkNumerics: the seventh layer: found"), "\(one)")
  }

  @Test func shapesAreToldWithThePath() {
    let text = Self.message { _ = DeepNet()(randn([4, 32])) }
    #expect(
      text == "linear: a weight of shape [32, 96] takes inputs of shape [..., 96], and found [4, 32] "
        + "(in module DeepNet.encoder.layers.0.attn.out)")
    do {
      try withErrors { _ = DeepNet()(randn([4, 32])) }
    } catch let error as TensorError {
      print(error.message, error.backtrace)
    } catch {}
  }

  @Test func leaksAreFound() {
    let model = Sequential(Linear(64, 64), ReLU(), Linear(64, 1))
    var losses: [Tensor] = []
    let (_, growth) = trackAllocations {
      for _ in 0..<100 {
        let loss = model(randn([32, 64])).pow(2).mean()
        loss.backward()
        losses.append(loss)
      }
    }
    print(growth)
    #expect(growth.advice?.contains("100 results of MeanBackward0") == true)

    recordMemoryHistory()
    let before = liveTensors()
    losses.append(ones(1000))
    print(liveTensors().growth(since: before))
    recordMemoryHistory(false)
  }

  @Test func valuesAndGraphsAreShown() throws {
    let model = Sequential(Linear(4, 8), Tanh(), Linear(8, 1))
    let loss = model(randn([3, 4])).pow(2).mean()
    let temporary = TemporaryFolder()
    let folder = temporary.path
    let picture = graph(of: loss, params: model.namedParameters())
    print(picture.text)
    try picture.write(to: folder + "/loss.svg")
    dump(model[0].weight)
    withExtendedLifetime(temporary) {}

    model[0].registerForwardHook { module, inputs, output in print(module, output.std().item()) }
    let h = model(randn([3, 4]))
    h.registerHook { gradient in print("gradient of h:", gradient.abs().amax().item()) }
    h.sum().backward()

    let data = TensorDataset(randn([8, 4]), randn([8, 1]))
    let trainer = Trainer(model, optimizer: SGD(model.parameters(), lr: 0.1), loss: MSELoss())
    trainer.showsProgress = false
    trainer.detectAnomaly = true
    try withWarnings(.silent) { _ = try trainer.fit(DataLoader(data, batchSize: 4), epochs: 1) }
  }
}

final class Mixer: Layer {
  let norm = LayerNorm(16)
  let fc = Linear(16, 16)

  func forward(_ x: Tensor) -> Tensor {
    let h = fc(norm(x)).tanh()
    let length = (h * h).sum([-1], keepDim: true).sqrt()
    return x + h / (length + 1)
  }
}

final class MixerNet: Layer {
  let blocks = (0..<20).map { _ in Mixer() }
  let head = Linear(16, 1)

  func forward(_ x: Tensor) -> Tensor { head(blocks.reduce(x) { $1($0) }) }
}

private final class DeepAttention: Layer {
  let qkv = Linear(32, 96)
  let out = Linear(96, 32)

  func forward(_ x: Tensor) -> Tensor {
    let all = qkv(x)
    let (q, k, v) = (all[0..., ..<32], all[0..., 32..<64], all[0..., 64...])
    return out((q.matmul(k.mT) / 32.0.squareRoot()).softmax(-1).matmul(v))
  }
}

private final class DeepLayer: Layer {
  let attn = DeepAttention()
  let norm = LayerNorm(32)
  func forward(_ x: Tensor) -> Tensor { norm(x + attn(x)) }
}

private final class DeepEncoder: Layer {
  let layers = [DeepLayer(), DeepLayer()]
  func forward(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
}

private final class DeepNet: Layer {
  let encoder = DeepEncoder()
  func forward(_ x: Tensor) -> Tensor { encoder(x) }
}
