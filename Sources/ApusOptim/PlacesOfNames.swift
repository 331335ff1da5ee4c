// PyTorch's modules as places of names: `optim.Adam(...)`, `optim.lrScheduler.StepLR(...)`, `swaUtils.AveragedModel(...)`.

import ApusCore
import ApusNN

/// `torch.optim`.
public enum optim {
  public typealias SGD = ApusOptim.SGD
  public typealias Adam = ApusOptim.Adam
  public typealias AdamW = ApusOptim.AdamW
  public typealias Adamax = ApusOptim.Adamax
  public typealias NAdam = ApusOptim.NAdam
  public typealias RAdam = ApusOptim.RAdam
  public typealias Adagrad = ApusOptim.Adagrad
  public typealias Adadelta = ApusOptim.Adadelta
  public typealias RMSprop = ApusOptim.RMSprop
  public typealias Rprop = ApusOptim.Rprop
  public typealias ASGD = ApusOptim.ASGD
  public typealias LBFGS = ApusOptim.LBFGS
  public typealias Adafactor = ApusOptim.Adafactor
  public typealias Muon = ApusOptim.Muon
  public typealias SparseAdam = ApusOptim.SparseAdam
  public typealias Optimizer = ApusOptim.Optimizer
  public typealias swaUtils = ApusOptim.swaUtils

  /// `torch.optim.lr_scheduler`.
  public enum lrScheduler {
    public typealias LRScheduler = ApusOptim.LRScheduler
    public typealias LambdaLR = ApusOptim.LambdaLR
    public typealias MultiplicativeLR = ApusOptim.MultiplicativeLR
    public typealias StepLR = ApusOptim.StepLR
    public typealias MultiStepLR = ApusOptim.MultiStepLR
    public typealias ConstantLR = ApusOptim.ConstantLR
    public typealias LinearLR = ApusOptim.LinearLR
    public typealias ExponentialLR = ApusOptim.ExponentialLR
    public typealias PolynomialLR = ApusOptim.PolynomialLR
    public typealias CosineAnnealingLR = ApusOptim.CosineAnnealingLR
    public typealias CosineAnnealingWarmRestarts = ApusOptim.CosineAnnealingWarmRestarts
    public typealias CyclicLR = ApusOptim.CyclicLR
    public typealias OneCycleLR = ApusOptim.OneCycleLR
    public typealias SequentialLR = ApusOptim.SequentialLR
    public typealias ChainedScheduler = ApusOptim.ChainedScheduler
    public typealias ReduceLROnPlateau = ApusOptim.ReduceLROnPlateau
  }
}

/// `torch.optim.swa_utils`.
public enum swaUtils {
  public typealias AveragedModel<Model: Module> = ApusOptim.AveragedModel<Model>
  public typealias SWALR = ApusOptim.SWALR

  /// ``ApusOptim/updateBN(_:_:device:)``.
  public static func updateBN<Model: Layer>(_ loader: some Sequence<Tensor>, _ model: Model, device: Device? = nil) {
    ApusOptim.updateBN(loader, model, device: device)
  }
  /// ``ApusOptim/updateBN(_:_:device:)`` with batches of inputs and targets.
  public static func updateBN<Model: Layer, Target>(
    _ loader: some Sequence<(Tensor, Target)>, _ model: Model, device: Device? = nil
  ) {
    ApusOptim.updateBN(loader, model, device: device)
  }
  /// ``ApusOptim/getEmaAvgFn(_:)``.
  public static func getEmaAvgFn(_ decay: Double = 0.999) -> (Tensor, Tensor, Int) -> Tensor {
    ApusOptim.getEmaAvgFn(decay)
  }
  /// ``ApusOptim/getEmaMultiAvgFn(_:)``.
  public static func getEmaMultiAvgFn(_ decay: Double = 0.999) -> ([Tensor], [Tensor], Int) -> [Tensor] {
    ApusOptim.getEmaMultiAvgFn(decay)
  }
  /// ``ApusOptim/getSwaAvgFn()``.
  public static func getSwaAvgFn() -> (Tensor, Tensor, Int) -> Tensor { ApusOptim.getSwaAvgFn() }
  /// ``ApusOptim/getSwaMultiAvgFn()``.
  public static func getSwaMultiAvgFn() -> ([Tensor], [Tensor], Int) -> [Tensor] { ApusOptim.getSwaMultiAvgFn() }
}

extension nn {
  /// `torch.nn.utils`: what is done to the gradients and the parameters of a model.
  public enum utils {
    /// ``ApusOptim/clipGradNorm(_:maxNorm:normType:errorIfNonfinite:)``.
    @discardableResult
    public static func clipGradNorm_(
      _ parameters: [Tensor], _ maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
    ) -> Tensor {
      clipGradNorm(parameters, maxNorm: maxNorm, normType: normType, errorIfNonfinite: errorIfNonfinite)
    }
    /// ``ApusOptim/clipGradNorm(_:maxNorm:normType:errorIfNonfinite:)``.
    @discardableResult
    public static func clipGradNorm_(
      _ parameters: [Tensor], maxNorm: Double, normType: Double = 2, errorIfNonfinite: Bool = false
    ) -> Tensor {
      clipGradNorm(parameters, maxNorm: maxNorm, normType: normType, errorIfNonfinite: errorIfNonfinite)
    }
    /// ``ApusOptim/clipGradValue(_:clipValue:)``.
    public static func clipGradValue_(_ parameters: [Tensor], _ clipValue: Double) {
      clipGradValue(parameters, clipValue: clipValue)
    }
    /// ``ApusOptim/clipGradValue(_:clipValue:)``.
    public static func clipGradValue_(_ parameters: [Tensor], clipValue: Double) {
      clipGradValue(parameters, clipValue: clipValue)
    }
    /// ``ApusNN/parametrize``.
    public typealias parametrize = ApusNN.parametrize
    /// ``ApusNN/parametrizations``.
    public typealias parametrizations = ApusNN.parametrizations
    /// ``ApusNN/prune``.
    public typealias prune = ApusNN.prune

    /// ``ApusNN/weightNorm(_:name:dim:)``.
    @discardableResult
    public static func weightNorm<M: Module>(_ module: M, name: String = "weight", dim: Int? = 0) -> M {
      ApusNN.weightNorm(module, name: name, dim: dim)
    }
    /// ``ApusNN/removeWeightNorm(_:name:)``.
    @discardableResult
    public static func removeWeightNorm<M: Module>(_ module: M, name: String = "weight") -> M {
      ApusNN.removeWeightNorm(module, name: name)
    }
    /// ``ApusNN/spectralNorm(_:name:nPowerIterations:eps:dim:)``.
    @discardableResult
    public static func spectralNorm<M: Module>(
      _ module: M, name: String = "weight", nPowerIterations: Int = 1, eps: Double = 1e-12, dim: Int? = nil
    ) -> M {
      ApusNN.spectralNorm(module, name: name, nPowerIterations: nPowerIterations, eps: eps, dim: dim)
    }
    /// ``ApusNN/removeSpectralNorm(_:name:)``.
    @discardableResult
    public static func removeSpectralNorm<M: Module>(_ module: M, name: String = "weight") -> M {
      ApusNN.removeSpectralNorm(module, name: name)
    }
    /// ``ApusOptim/parametersToVector(_:)``.
    public static func parametersToVector(_ parameters: [Tensor]) -> Tensor { ApusOptim.parametersToVector(parameters) }
    /// ``ApusOptim/vectorToParameters(_:_:)``.
    public static func vectorToParameters(_ vector: Tensor, _ parameters: [Tensor]) {
      ApusOptim.vectorToParameters(vector, parameters)
    }
  }
}
