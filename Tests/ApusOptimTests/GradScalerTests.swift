import Apus
import TestSupport
import Testing

/// The values are PyTorch 2.15's, `torch.amp.GradScaler("cpu")`.
@Suite struct GradScalerTests {
  /// Gradients of a parameter of two elements after `scale(loss).backward()`.
  private func pass(_ scaler: GradScaler, _ p: Tensor, _ factor: Double) {
    p.grad = nil
    scaler.scale((p * factor).sum()).backward()
  }

  @Test func theScaleGrowsAndBacksOff() {
    let p = parameter(Tensor([1.0, 2.0], dtype: .float32))
    let optimizer = SGD([p], lr: 0.5)
    let scaler = GradScaler(initScale: 1024, growthInterval: 3)
    var scales: [Double] = []
    var made: [Bool] = []
    for i in 0..<12 {
      pass(scaler, p, i == 5 ? .infinity : 1)
      made.append(scaler.step(optimizer))
      scaler.update()
      scales.append(scaler.getScale())
    }
    #expect(scales == [1024, 1024, 2048, 2048, 2048, 1024, 1024, 1024, 2048, 2048, 2048, 4096])
    #expect(made == (0..<12).map { $0 != 5 })
    let found: [Double] = p.array(as: Double.self)
    #expect(found == [-4.5, -3.5])
  }

  @Test func gradientsAreUnscaledOnce() {
    let p = parameter(Tensor([1.0, 2.0], dtype: .float32))
    let optimizer = SGD([p], lr: 1)
    let scaler = GradScaler()
    #expect(scaler.getScale() == 65536)
    pass(scaler, p, 3)
    #expect(p.grad?.array(as: Double.self) == [3 * 65536, 3 * 65536])
    scaler.unscale_(optimizer)
    #expect(p.grad?.array(as: Double.self) == [3, 3])
    scaler.step(optimizer)
    #expect(p.array(as: Double.self) == [-2, -1])
    scaler.update(8)
    #expect(scaler.getScale() == 8)
  }

  /// A sum of finite gradients beyond the range of float32 is no infinite gradient.
  @Test func largeGradientsAreFinite() {
    let p = parameter(Tensor([1.0, 2.0], dtype: .float32))
    let scaler = GradScaler(initScale: 1)
    pass(scaler, p, 3e38)
    #expect(scaler.step(SGD([p], lr: 1e-38)))
  }

  @Test func whatIsNotEnabledDoesNothing() {
    let p = parameter(Tensor([1.0, 2.0], dtype: .float32))
    let scaler = GradScaler(enabled: false)
    pass(scaler, p, 1)
    scaler.step(SGD([p], lr: 1))
    scaler.update()
    #expect(p.array(as: Double.self) == [0, 1] && scaler.getScale() == 1 && scaler.stateDict().isEmpty)
  }

  @Test func theStateIsPyTorchs() throws {
    let p = parameter(Tensor([1.0], dtype: .float32))
    let scaler = GradScaler(initScale: 512, growthFactor: 4, backoffFactor: 0.25, growthInterval: 7)
    pass(scaler, p, 1)
    scaler.step(SGD([p], lr: 1))
    scaler.update()
    let state = scaler.stateDict()
    #expect(state.names.sorted() == ["_growth_tracker", "backoff_factor", "growth_factor", "growth_interval", "scale"])
    let other = GradScaler()
    try other.loadStateDict(state)
    #expect(other.getScale() == 512 && other.growthFactor == 4 && other.backoffFactor == 0.25)
    #expect(other.growthInterval == 7 && other.stateDict()["_growth_tracker"]?.item() == 1)
    #expect(throws: TensorError.self) { try other.loadStateDict(["scale": Tensor(1.0)]) }
  }

  @Test func mistakesSayWhatToDo() {
    let p = parameter(Tensor([1.0], dtype: .float32))
    let optimizer = SGD([p], lr: 1)
    func message(_ body: () -> Void) -> String {
      do {
        try withErrors(body)
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(message { GradScaler().step(optimizer) }.contains("scale(loss)"))
    #expect(message { _ = GradScaler(growthFactor: 1) }.contains("above 1"))
    let scaler = GradScaler()
    pass(scaler, p, 1)
    #expect(message { scaler.update() }.contains("no step()"))
    scaler.unscale_(optimizer)
    #expect(message { scaler.unscale_(optimizer) }.contains("already"))
    scaler.step(optimizer)
    #expect(message { scaler.step(optimizer) }.contains("already"))
    #expect(message { scaler.unscale_(optimizer) }.contains("after step()"))
    let half = parameter(Tensor([1.0], dtype: .float16))
    let fresh = GradScaler(initScale: 2)
    pass(fresh, half, 1)
    #expect(message { fresh.unscale_(SGD([half], lr: 1)) }.contains("float16"))
  }
}
