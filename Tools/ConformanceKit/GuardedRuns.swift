import Apus
import GuardedDevice

/// Adds the device `guarded`, whose memory the host cannot read, without notes of what its engine lacks.
package func installGuardedDevice() {
  GuardedDevice.install()
  Devices.missing = .copySilently
}
