import Apus
import ApusCore

/// Every operation that cases may name: those of the core and of the layers above it.
package let knownOperations = Registry.standard
