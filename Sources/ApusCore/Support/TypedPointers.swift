// Short names for the element types of kernels.

extension UnsafeMutableRawPointer {
  package var f32: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
  package var f64: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }
  package var i64: UnsafeMutablePointer<Int64> { assumingMemoryBound(to: Int64.self) }
}
