#!/usr/bin/env bash
# Prepares this machine for Apus: checks the Swift toolchain and installs the libraries that make it faster and that it reads
# compressed files, pictures and sounds with.
#
# Only the toolchain is needed. Everything else is worth having: what cannot be installed here is named, and Apus uses its
# own portable kernels instead, and refuses files that need a library which is not there. Running it again changes nothing and takes no time. With --once, what failed within the last
# day is not tried again. With --tests, what only the tests need is installed too. APUS_SKIP_SETUP=1 skips everything.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { echo "setup: $*"; }

if [ "${APUS_SKIP_SETUP:-}" = 1 ]; then exit 0; fi

check_swift() {
  local found
  if ! command -v swift >/dev/null 2>&1; then
    say "Swift is missing; install Swift 6.1 or newer from https://www.swift.org/install/linux/" >&2
    exit 1
  fi
  found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  local major=${found% *} minor=${found#* }
  if [ -z "$found" ]; then
    say "the version of $(command -v swift) could not be found out; Swift 6.1 or newer is needed" >&2
  elif [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 1 ]; }; then
    say "Swift $major.$minor is too old; install Swift 6.1 or newer from https://www.swift.org/install/linux/" >&2
    exit 1
  fi
}

has_library() {
  local file
  for file in {/usr,}/lib{64,/x86_64-linux-gnu,/aarch64-linux-gnu,}/"$1"; do
    if [ -e "$file" ]; then return 0; fi
  done
  # ldconfig is often outside the path of users.
  PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep -qF "$1"
}

has_opencl() { compgen -G "/etc/OpenCL/vendors/*.icd" >/dev/null && has_library libOpenCL.so.1; }

# Installs Debian packages, if this user may do so without being asked for a password.
install_packages() {
  local as_root=() tried
  if ! command -v apt-get >/dev/null 2>&1; then
    say "missing: $*; apt-get is not here, please install them with this system's package manager"
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "missing: $*; this user may not install packages, run: sudo apt-get install $*"
      return 1
    fi
    as_root=(sudo -n)
  fi
  say "installing $* with apt-get"
  for tried in first updated; do
    if "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1; then
      changed=1
      return 0
    fi
    if [ "$tried" = first ]; then "${as_root[@]+"${as_root[@]}"}" apt-get update -q >>"$log" 2>&1; fi
  done
  say "apt-get could not install $*; its last words were:"
  tail -n 3 "$log" | sed 's/^/setup:   /'
  return 1
}

has_onednn() {
  [ -n "${APUS_ONEDNN:-}" ] || [ -e .apus/onednn/lib/libdnnl.so.3 ]
}

# What files need, library and Debian package: compression (gzip, PNG, zip; zstd; Parquet's codecs), JPEG, WebP, sounds; studies; serving.
format_libraries="libz.so.1:zlib1g libdeflate.so.0:libdeflate0 libzstd.so.1:libzstd1
  libbrotlidec.so.1:libbrotli1 libturbojpeg.so.0:libturbojpeg0 libwebp.so.7:libwebp7 libsndfile.so.1:libsndfile1
  libsqlite3.so.0:libsqlite3-0 libmicrohttpd.so.12:libmicrohttpd12 libnghttp2.so.14:libnghttp2-14"

# Installs those that are missing: together, and one by one where a package is not known to this system.
install_format_libraries() {
  local pair missing=() package failed=0
  for pair in $format_libraries; do
    has_library "${pair%%:*}" || missing+=("${pair##*:}")
  done
  if [ "${#missing[@]}" = 0 ]; then return 0; fi
  if install_packages "${missing[@]}"; then return 0; fi
  if [ "${#missing[@]}" = 1 ]; then return 1; fi
  # Where nothing may be installed, the list has been told and trying each would tell it again.
  if ! command -v apt-get >/dev/null 2>&1; then return 1; fi
  if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then return 1; fi
  for package in "${missing[@]}"; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      install_packages "$package" || failed=1
    else
      say "this system has no package $package; what needs it is refused"
    fi
  done
  return "$failed"
}

changed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

check_swift

# The package of gRPC's C core is called after the version of its interface.
install_grpc() {
  local package
  for package in libgrpc29 libgrpc29t64 libgrpc10; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      install_packages "$package"
      return
    fi
  done
  say "this system has no package of gRPC; models are served over HTTP alone"
  return 1
}

# Without a network or the rights, each attempt would cost the time of a refusal.
stamp=.apus/setup-failed
once=0 tests=0
for argument in "$@"; do
  case "$argument" in
  --once) once=1 ;;
  --tests) tests=1 ;;
  *) say "$argument is no option; there are --once and --tests" >&2 && exit 2 ;;
  esac
done
if [ "$once" = 1 ] && [ -n "$(find "$stamp" -mmin -1440 2>/dev/null)" ]; then exit 0; fi

complete=1
if ! has_library libgomp.so.1; then install_packages libgomp1 || complete=0; fi
install_format_libraries || complete=0
if [ -z "${APUS_GRPC:-}" ] && ! has_library libgrpc.so; then install_grpc || complete=0; fi
# The build on OpenMP shares its threads with everything else; another one that is there already serves too.
if [ -z "${APUS_LAPACK:-}" ] && ! has_library libopenblas.so.0; then
  install_packages libopenblas0-openmp || complete=0
fi
# The processor as an OpenCL device, on which the kernels of graphics cards are tested.
if [ "$tests" = 1 ] && [ -z "${APUS_OPENCL:-}" ] && ! has_opencl; then
  install_packages ocl-icd-libopencl1 pocl-opencl-icd || complete=0
fi
# Processes that compute together.
if [ "$tests" = 1 ] && ! has_library libmpi.so.40; then
  install_packages openmpi-bin || complete=0
fi
if ! has_onednn && [ -x scripts/setup-onednn.sh ]; then
  if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] && ! python3 -m pip --version >/dev/null 2>&1; then
    install_packages python3-pip || complete=0
  fi
  scripts/setup-onednn.sh
  if has_onednn; then changed=1; else complete=0; fi
fi

if [ "$complete" = 1 ]; then
  rm -f "$stamp"
  if [ "$changed" = 1 ]; then say "done"; elif [ "$once" = 0 ]; then say "everything is there"; fi
else
  mkdir -p .apus 2>/dev/null && touch "$stamp"
  say "Apus works without what is missing, on slower kernels of its own or without some formats of files; \`make setup\`"
  say "tries again"
fi
exit 0
