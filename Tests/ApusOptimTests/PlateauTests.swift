import Apus
import Testing

@Suite struct PlateauTests {
  @Test(arguments: [ReduceLROnPlateau.Mode.min, .max])
  func whatIsNotANumberIsNoProgress(mode: ReduceLROnPlateau.Mode) {
    let optimizer = SGD([parameter(Tensor([1.0]))], lr: 1)
    let schedule = ReduceLROnPlateau(optimizer, mode: mode, factor: 0.5, patience: 1)
    // PyTorch: a NaN at the start is not the best value, and counts as a bad epoch.
    schedule.step(.nan)
    #expect(optimizer.lr == 1 && schedule.best == (mode == .min ? .infinity : -.infinity))
    schedule.step(.nan)
    #expect(optimizer.lr == 0.5)
    schedule.step(3)
    #expect(schedule.best == 3)
  }
}
